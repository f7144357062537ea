/**
 * The standard variables of OpenTelemetry for exports over OTLP, read in one place for all three signals. Without an endpoint nothing is
 * sent: the default endpoint of the specification, localhost, is of no use in a cluster.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */

export type Environment = Readonly<Record<string, string | undefined>>

export type Signal = "traces" | "logs" | "metrics"

export const signals = ["traces", "logs", "metrics"] as const satisfies ReadonlyArray<Signal>

export const protocols = ["http/protobuf", "http/json", "grpc"] as const

export type Protocol = (typeof protocols)[number]

/** Where one signal is sent, and how. Times are milliseconds; files are paths. */
export interface OtlpTarget {
  readonly signal: Signal
  readonly protocol: Protocol
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** For one export, with the immediate retries of OpenTelemetry's exporter. */
  readonly timeout: number
  readonly gzip: boolean
  /** Only gRPC to an address without scheme asks for it: without TLS. */
  readonly insecure: boolean
  readonly certificateFile: string | undefined
  readonly clientCertificateFile: string | undefined
  readonly clientKeyFile: string | undefined
}

/** How much is kept and how often it is sent (`OTEL_BSP_…` for traces, `OTEL_BLRP_…` for logs). */
export interface OtlpBatching {
  /** Records that may wait; further ones are dropped. */
  readonly queueSize: number
  readonly batchSize: number
  /** Milliseconds that a record waits at most while its batch is not full. */
  readonly delay: number
  /** Milliseconds for which a batch is retried. */
  readonly patience: number
}

/** The specification has half a minute; a Collector that is moved to another node may be away for longer. */
const defaultPatience = 240_000

/** The value of a variable, the one of the signal before the common one. */
export const settingOf = (environment: Environment, signal: Signal, name: string): string | undefined =>
  variableOf(environment, signal, name)[1]

/** The variable that applies, and its value. */
export const variableOf = (environment: Environment, signal: Signal, name: string) => {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`
  const variable = environment[own]?.trim() ? own : `OTEL_EXPORTER_OTLP_${name}`
  return [variable, environment[variable]?.trim() || undefined] as const
}

/** `http/protobuf` also for a protocol that is not known. */
export const protocolOf = (environment: Environment, signal: Signal): Protocol => {
  const asked = settingOf(environment, signal, "PROTOCOL")?.toLowerCase()
  return protocols.find((protocol) => protocol === asked) ?? "http/protobuf"
}

/** The URL that a signal is sent to; undefined if it is not exported. */
export const endpointOf = (environment: Environment, signal: Signal): string | undefined => {
  if (isDisabled(environment)) return undefined
  const exporters = exportersOf(environment, signal)
  if (exporters.length > 0 && !exporters.includes("otlp")) return undefined
  const own = environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]?.trim()
  if (own) return own
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim()
  if (!base) return undefined
  return protocolOf(environment, signal) === "grpc" ? base : `${base.replace(/\/+$/, "")}/v1/${signal}`
}

export const isDisabled = (environment: Environment): boolean =>
  environment["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true"

/** Empty: not set. */
export const exportersOf = (environment: Environment, signal: Signal): ReadonlyArray<string> =>
  (environment[`OTEL_${signal.toUpperCase()}_EXPORTER`] ?? "")
    .split(",")
    .map((exporter) => exporter.trim().toLowerCase())
    .filter((exporter) => exporter !== "")

/** Where and how a signal is sent; the variable of the signal has precedence over the common one. */
export const targetOf = (environment: Environment, signal: Signal): OtlpTarget | undefined => {
  const url = endpointOf(environment, signal)
  if (url === undefined) return undefined
  const own = (name: string) => settingOf(environment, signal, name)
  return {
    signal,
    protocol: protocolOf(environment, signal),
    url,
    headers: {
      ...keyValues(environment["OTEL_EXPORTER_OTLP_HEADERS"]),
      ...keyValues(environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]),
    },
    timeout: positive(own("TIMEOUT")) ?? 10_000,
    gzip: own("COMPRESSION")?.toLowerCase() === "gzip",
    insecure: own("INSECURE")?.toLowerCase() === "true",
    certificateFile: own("CERTIFICATE"),
    clientCertificateFile: own("CLIENT_CERTIFICATE"),
    clientKeyFile: own("CLIENT_KEY"),
  }
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor */
export const batchingOf = (environment: Environment, signal: "traces" | "logs"): OtlpBatching => {
  const prefix = signal === "traces" ? "OTEL_BSP" : "OTEL_BLRP"
  const queueSize = positive(environment[`${prefix}_MAX_QUEUE_SIZE`]) ?? 2048
  return {
    queueSize,
    batchSize: Math.min(queueSize, positive(environment[`${prefix}_MAX_EXPORT_BATCH_SIZE`]) ?? 512),
    delay: positive(environment[`${prefix}_SCHEDULE_DELAY`]) ?? (signal === "traces" ? 5_000 : 1_000),
    patience: positive(environment[`${prefix}_EXPORT_TIMEOUT`]) ?? defaultPatience,
  }
}

/** A URL for logs: without user, password and query. gRPC allows a host with a port instead. */
export const withoutSecrets = (url: string): string => {
  if (/^[\w.-]+:\d{1,5}$/.test(url)) return url
  try {
    const { protocol, host, pathname } = new URL(url)
    return host === "" ? "an endpoint without a host" : `${protocol}//${host}${pathname}`
  } catch {
    return "an endpoint that is not a URL"
  }
}

/** `a=1,b=2`, percent-encoded, as in `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_EXPORTER_OTLP_HEADERS`; invalid entries are left out. */
export const keyValues = (text: string | undefined): Record<string, string> => {
  const pairs: Record<string, string> = {}
  for (const entry of (text ?? "").split(",")) {
    const [, key, value] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(entry) ?? []
    if (!key || value === undefined) continue
    try {
      pairs[decodeURIComponent(key)] = decodeURIComponent(value)
    } catch {
      continue
    }
  }
  return pairs
}

/** A number above zero, or nothing. */
export const positive = (text: string | undefined): number | undefined => {
  const value = Number(text?.trim() || Number.NaN)
  return Number.isFinite(value) && value > 0 ? value : undefined
}
