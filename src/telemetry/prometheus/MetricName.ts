/**
 * How the name of an instrument becomes the name of a Prometheus series. The rules are those of OpenTelemetry's
 * "Prometheus and OpenMetrics Compatibility" and of Prometheus' own OTLP receiver, so that a scraped and a pushed
 * series have one name.
 */

/** UCUM units that Prometheus spells out. Other units keep their spelling; annotations like `{pod}` are dropped. */
const unitWords: Readonly<Record<string, string>> = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  "%": "percent",
}

/**
 * Any text as a valid name of a Prometheus metric or label (`[a-zA-Z_][a-zA-Z0-9_]*`): every other character becomes `_`,
 * a leading digit gets `_` before it, and the empty text is `_`. A valid name stays as it is. Colons are replaced as well:
 * they belong to recording rules.
 */
export const validName = (text: string): string => {
  const name = text.replace(/[^a-zA-Z0-9_]/g, "_")
  return name === "" || /^[0-9]/.test(name) ? `_${name}` : name
}

export type PrometheusType = "counter" | "gauge" | "histogram"

/**
 * The Prometheus name of an OpenTelemetry metric: valid characters, no runs of `_`, the unit as a word (`1` is `ratio` on
 * gauges) unless the name has it already, `_total` on counters.
 */
export const prometheusName = (name: string, unit: string, type: PrometheusType): string => {
  const base = validName(name).replace(/_{2,}/g, "_")
  const word = unitWord(unit, type)
  const stem = type === "counter" && base.endsWith("_total") ? base.slice(0, -"_total".length) : base
  const withUnit = word === undefined || stem === word || stem.endsWith(`_${word}`) ? stem : `${stem}_${word}`
  return type === "counter" ? `${withUnit}_total` : withUnit
}

/** The unit as the word at the end of the name of a series; nothing for counts. */
export const unitWord = (unit: string, type: PrometheusType): string | undefined => {
  if (unit === "" || unit.startsWith("{")) return undefined
  if (unit === "1") return type === "gauge" ? "ratio" : undefined
  return unitWords[unit] ?? validName(unit)
}
