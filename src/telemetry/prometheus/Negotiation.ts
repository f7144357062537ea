/** Content negotiation by the headers of a request (RFC 9110 §12): which text format, and whether it is compressed. Pure. */

import type { Format } from "./PrometheusText.ts"

interface Preference {
  /** In small letters, without parameters. */
  readonly value: string
  readonly parameters: Readonly<Record<string, string>>
  /** From 0 (not acceptable) to 1. */
  readonly quality: number
}

/** The entries of a header such as `text/plain;version=0.0.4;q=0.5, gzip`; invalid entries count as not acceptable. */
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

/** The quality of the first of the names that the header has: the most specific one comes first. */
const qualityOf = (found: ReadonlyArray<Preference>, ...names: ReadonlyArray<string>): number | undefined => {
  for (const name of names) {
    const same = found.filter(({ value }) => value === name)
    if (same.length > 0) return Math.max(...same.map(({ quality }) => quality))
  }
  return undefined
}

/** We write 1.0.0, which readers of 0.0.1 understand; a client that accepts only something newer gets plain text. */
const isSupported = ({ parameters: { version = "1.0.0" } }: Preference): boolean => ["1.0.0", "0.0.1"].includes(version)

/**
 * The format that the client prefers by the header `Accept`: OpenMetrics only if it is named, with a q-value no lower than that of
 * text; else text, even if the client accepts neither: a scrape that shows something is better than an error.
 */
export const negotiate = (accept: string | undefined): Format => {
  const found = preferences(accept)
  const open = qualityOf(found.filter(isSupported), "application/openmetrics-text") ?? 0
  const text = qualityOf(found, "text/plain", "text/*", "*/*") ?? 0
  return open > 0 && open >= text ? "openmetrics" : "text"
}

/** Whether the client accepts gzip by the header `Accept-Encoding`, with a q-value no lower than that of no compression. */
export const takesGzip = (acceptEncoding: string | undefined): boolean => {
  const found = preferences(acceptEncoding)
  const zipped = qualityOf(found, "gzip", "x-gzip", "*") ?? 0
  return zipped > 0 && zipped >= (qualityOf(found, "identity") ?? 0)
}
