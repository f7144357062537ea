/** What of OpenTelemetry's variables is unknown, contradictory, or not supported, and what happens instead. */

import {
  endpointOf,
  type Environment,
  exportersOf,
  isDisabled,
  keyValues,
  positive,
  protocolOf,
  protocols,
  type Signal,
  signals,
  variableOf,
  withoutSecrets,
} from "./OtlpEnvironment.ts"
import { samplerOf } from "./Sampler.ts"

/** Texts for warnings at start-up, each with the variable and what is done instead. None while the SDK is disabled. */
export const unsupported = (environment: Environment): ReadonlyArray<string> => {
  if (isDisabled(environment)) return []
  const perSignal = signals.flatMap((signal) => [
    ...exporterProblems(environment, signal),
    ...(endpointOf(environment, signal) === undefined ? [] : targetProblems(environment, signal)),
  ])
  const sampler = endpointOf(environment, "traces") === undefined ? undefined : samplerOf(environment).problem
  return [...new Set([...perSignal, ...(sampler === undefined ? [] : [sampler])])]
}

/** Metrics are always on `/metrics`, whether `prometheus` is in the list or not. */
const exporterProblems = (environment: Environment, signal: Signal): ReadonlyArray<string> => {
  const variable = `OTEL_${signal.toUpperCase()}_EXPORTER`
  const exporters = exportersOf(environment, signal)
  const known = signal === "metrics" ? ["otlp", "prometheus", "none"] : ["otlp", "none"]
  const unknown = exporters.filter((exporter) => !known.includes(exporter))
  return [
    ...unknown.map((exporter) => `${variable}=${exporter} is not supported: use ${known.join(" or ")}`),
    ...(exporters.includes("otlp") && endpointOf(environment, signal) === undefined
      ? [`${variable}=otlp without an endpoint: ${signal} are not exported; set OTEL_EXPORTER_OTLP_ENDPOINT`]
      : []),
  ]
}

interface Choice {
  readonly name: string
  readonly values: ReadonlyArray<string>
  /** What applies instead of an unknown value. */
  readonly instead: string
}

const choices: ReadonlyArray<Choice> = [
  { name: "PROTOCOL", values: protocols, instead: "http/protobuf is used" },
  { name: "COMPRESSION", values: ["gzip", "none"], instead: "exports are not compressed" },
  { name: "INSECURE", values: ["true", "false"], instead: "false is used" },
]

const metricChoices: ReadonlyArray<Choice> = [
  { name: "TEMPORALITY_PREFERENCE", values: ["cumulative", "delta", "lowmemory"], instead: "cumulative is used" },
  {
    name: "DEFAULT_HISTOGRAM_AGGREGATION",
    values: ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"],
    instead: "explicit_bucket_histogram is used",
  },
]

const targetProblems = (environment: Environment, signal: Signal): ReadonlyArray<string> => {
  const setting = (name: string) => variableOf(environment, signal, name)
  const problems: Array<string> = []
  for (const { name, values, instead } of [...choices, ...(signal === "metrics" ? metricChoices : [])]) {
    const [variable, value] = setting(name)
    if (value !== undefined && !values.includes(value.toLowerCase()))
      problems.push(`${variable}=${value} is not known: use ${values.join(", ")}; ${instead}`)
  }
  const [timeout, millis] = setting("TIMEOUT")
  if (millis !== undefined && positive(millis) === undefined)
    problems.push(`${timeout}=${millis} is not a number of milliseconds above zero; 10000 is used`)
  const [headers, pairs] = setting("HEADERS")
  if (
    pairs !== undefined &&
    Object.keys(keyValues(pairs)).length < pairs.split(",").filter((pair) => pair.trim()).length
  )
    problems.push(`${headers} has entries that are not key=value, percent-encoded; they are not sent`)
  const [certificate, certificateFile] = setting("CLIENT_CERTIFICATE")
  const [key, keyFile] = setting("CLIENT_KEY")
  if ((certificateFile === undefined) !== (keyFile === undefined))
    problems.push(
      `${certificateFile === undefined ? key : certificate} is set without its counterpart: both are needed`,
    )
  const url = endpointOf(environment, signal) ?? ""
  if (protocolOf(environment, signal) === "grpc") {
    if (/^https?:\/\/[^/]+\/./.test(url))
      problems.push(`${setting("ENDPOINT")[0]}: gRPC has no path; that of ${withoutSecrets(url)} is ignored`)
  } else if (!/^https?:\/\//i.test(url)) {
    problems.push(
      `${setting("ENDPOINT")[0]} is not a URL that begins with http:// or https://; ${signal} will not arrive`,
    )
  }
  return problems
}
