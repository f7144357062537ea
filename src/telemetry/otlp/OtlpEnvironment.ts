/**
 * The standard variables of OpenTelemetry for exports over OTLP, read in one place for all three signals: endpoint, headers,
 * timeouts. Without an endpoint nothing is sent.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export type Environment = Readonly<Record<string, string | undefined>>

export type Signal = "traces" | "logs" | "metrics"

/** Where one signal is sent, and how. Times are milliseconds; files are paths. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
  readonly gzip: boolean
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
}

/** The URL that a signal is sent to; undefined if it is not exported. */
export const endpointOf = (environment: Environment, signal: Signal): string | undefined => {
  if (environment["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true") return undefined
  const name = signal.toUpperCase()
  const exporters = environment[`OTEL_${name}_EXPORTER`]?.trim()
  if (exporters && !exporters.split(",").some((exporter) => exporter.trim().toLowerCase() === "otlp")) return undefined
  const own = environment[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`]?.trim()
  if (own) return own
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim()
  return base ? `${base.replace(/\/+$/, "")}/v1/${signal}` : undefined
}

/** Where and how a signal is sent; the variable of the signal has precedence over the common one. */
export const targetOf = (environment: Environment, signal: Signal): OtlpTarget | undefined => {
  const url = endpointOf(environment, signal)
  if (url === undefined) return undefined
  const own = (name: string) =>
    environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`]?.trim() ||
    environment[`OTEL_EXPORTER_OTLP_${name}`]?.trim() ||
    undefined
  return {
    url,
    headers: {
      ...keyValues(environment["OTEL_EXPORTER_OTLP_HEADERS"]),
      ...keyValues(environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]),
    },
    timeout: positive(own("TIMEOUT")) ?? 10_000,
    gzip: own("COMPRESSION")?.toLowerCase() === "gzip",
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
  }
}

/** Settings of the environment that are not supported, as texts for warnings at start-up. */
export const unsupported = (environment: Environment): ReadonlyArray<string> =>
  (["traces", "logs", "metrics"] as const).flatMap((signal) => {
    if (endpointOf(environment, signal) === undefined) return []
    const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_PROTOCOL`
    const name = environment[own]?.trim() ? own : "OTEL_EXPORTER_OTLP_PROTOCOL"
    const protocol = environment[name]?.trim().toLowerCase()
    return protocol === undefined || protocol === "" || protocol === "http/protobuf"
      ? []
      : [
          `${name}=${protocol}: ${signal} are sent as http/protobuf, the only supported protocol; set the endpoint for it`,
        ]
  })

/** A URL for logs: without user, password and query. */
export const withoutSecrets = (url: string): string => {
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
