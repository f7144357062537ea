/** What a client takes, by the headers of its request (RFC 9110 §12): which text format, and whether it is zipped. Pure. */

import type { Format } from "./PrometheusText.ts"

interface Preference {
  /** In small letters, without parameters. */
  readonly value: string
  readonly parameters: Readonly<Record<string, string>>
  /** From 0 (not wanted) to 1. */
  readonly quality: number
}

/** The entries of a header such as `text/plain;version=0.0.4;q=0.5, gzip`; what is broken counts as not wanted. */
const preferences = (header: string | undefined): ReadonlyArray<Preference> =>
  (header ?? "").split(",").flatMap((entry) => {
    const [value = "", ...rest] = entry.split(";").map((part) => part.trim().toLowerCase())
    if (value === "") return []
    const parameters = Object.fromEntries(
      rest.map((part) => {
        const [name = "", text = ""] = part.split("=")
        return [name.trim(), text.trim().replace(/^"(.*)"$/, "$1")]
      }),
    )
    const { q = "1" } = parameters
    const quality = /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(q) ? Number(q) : 0
    return [{ value, parameters, quality }]
  })

/** The quality of the first of the names that is there: the most specific one comes first. */
const qualityOf = (found: ReadonlyArray<Preference>, ...names: ReadonlyArray<string>): number | undefined => {
  for (const name of names) {
    const same = found.filter(({ value }) => value === name)
    if (same.length > 0) return Math.max(...same.map(({ quality }) => quality))
  }
  return undefined
}

/** We speak 1.0.0, which readers of 0.0.1 understand; a client that wants something newer only is better served with plain text. */
const spoken = ({ parameters: { version = "1.0.0" } }: Preference): boolean => ["1.0.0", "0.0.1"].includes(version)

/**
 * The format that the client likes best by the header `Accept`. OpenMetrics only for who names it and likes it no less than text; text
 * for everyone else, also for who takes neither: a scrape that shows something is better than a refusal.
 */
export const negotiate = (accept: string | undefined): Format => {
  const found = preferences(accept)
  const open = qualityOf(found.filter(spoken), "application/openmetrics-text") ?? 0
  const text = qualityOf(found, "text/plain", "text/*", "*/*") ?? 0
  return open > 0 && open >= text ? "openmetrics" : "text"
}

/** Whether the client takes gzip, by the header `Accept-Encoding`, and does not like it less than no compression. */
export const takesGzip = (acceptEncoding: string | undefined): boolean => {
  const found = preferences(acceptEncoding)
  const zipped = qualityOf(found, "gzip", "x-gzip", "*") ?? 0
  return zipped > 0 && zipped >= (qualityOf(found, "identity") ?? 0)
}
