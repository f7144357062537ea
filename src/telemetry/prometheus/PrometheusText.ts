/**
 * The two text formats of Prometheus: 0.0.4, and OpenMetrics 1.0 for scrapers that prefer it. Rendering is lazy, sample by
 * sample, so that the caller can let other work run between chunks of a large registry.
 */

import type { Attributes } from "../meter/Attributes.ts"
import { validName } from "./MetricName.ts"

export type Format = "text" | "openmetrics"

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram" | "summary" | "info"
  /** The word at the end of the name, before `_total`; absent when the name has no unit. */
  readonly unit?: string | undefined
  readonly samples: Iterable<Sample>
}

/** A number; or sum and count, with the counts between the boundaries for a histogram (one more count than boundaries). */
export type SampleValue =
  | number
  | {
      readonly sum: number
      readonly count: number
      readonly buckets?: { readonly boundaries: ReadonlyArray<number>; readonly counts: ReadonlyArray<number> }
    }

export interface Sample {
  /** As `labelText` gives it: without braces. */
  readonly labels: string
  readonly value: SampleValue
}

export const contentTypes: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
}

const rendered = new WeakMap<object, string>()

/**
 * `a="1",b="2"`: keys made valid, values escaped; values of keys that become the same are joined with `;`. The text is
 * remembered per object, so attribute objects must not be changed afterwards.
 */
export const labelText = (attributes: Readonly<Record<string, unknown>>): string => {
  const known = rendered.get(attributes)
  if (known !== undefined) return known
  const labels = new Map<string, string>()
  for (const [key, value] of Object.entries(attributes)) {
    const name = validName(key)
    const earlier = labels.get(name)
    labels.set(name, earlier === undefined ? String(value) : `${earlier};${String(value)}`)
  }
  const text = [...labels].map(([name, value]) => `${name}="${escapeValue(value)}"`).join(",")
  rendered.set(attributes, text)
  return text
}

/** Samples whose attributes are all different, from attribute sets and values. */
export const samplesOf = function* (
  points: Iterable<{ readonly attributes: Attributes; readonly value: SampleValue }>,
): Generator<Sample> {
  for (const { attributes, value } of points) yield { labels: labelText(attributes), value }
}

/** The text, family by family and sample by sample. Families without samples are left out. */
export const render = function* (families: Iterable<Family>, format: Format): Generator<string> {
  for (const family of families) {
    let header: string | undefined = familyHeader(family, format)
    for (const sample of family.samples) {
      if (header !== undefined) yield header
      header = undefined
      yield sampleText(family, sample, format)
    }
  }
  if (format === "openmetrics") yield "# EOF\n"
}

/**
 * OpenMetrics wants `_total` on every counter, and the family named without it. Counters of earlier operators have no
 * `_total`; they are of type `unknown` there, so that their series keep their names. No `_created` samples: Prometheus would store
 * each as a series of its own, and the two formats would not have the same series.
 */
const familyHeader = ({ name, help, type, unit }: Family, format: Format): string => {
  if (format === "text") {
    return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type === "info" ? "gauge" : type}\n`
  }
  const suffix = type === "counter" ? "_total" : type === "info" ? "_info" : ""
  const known = name.endsWith(suffix)
  const family = known && suffix !== "" ? name.slice(0, -suffix.length) : name
  const unitLine = unit !== undefined && family.endsWith(`_${unit}`) ? `# UNIT ${family} ${unit}\n` : ""
  return `# HELP ${family} ${escapeValue(help)}\n# TYPE ${family} ${known ? type : "unknown"}\n${unitLine}`
}

const sampleText = ({ name }: Family, { labels, value }: Sample, format: Format): string => {
  const braced = labels === "" ? "" : `{${labels}}`
  if (typeof value === "number") return `${name}${braced} ${numberText(value)}\n`
  let text = ""
  if (value.buckets !== undefined) {
    const { boundaries, counts } = value.buckets
    const bucket = labels === "" ? `${name}_bucket{` : `${name}_bucket{${labels},`
    const bounds = boundTexts(boundaries, format)
    let cumulative = 0
    for (let index = 0; index < boundaries.length; index++) {
      cumulative += counts[index] ?? 0
      text += bucket + bounds[index]! + cumulative + "\n"
    }
    text += `${bucket}le="+Inf"} ${value.count}\n`
  }
  return `${text}${name}_sum${braced} ${numberText(value.sum)}\n${name}_count${braced} ${value.count}\n`
}

const bounded: Readonly<Record<Format, WeakMap<object, ReadonlyArray<string>>>> = {
  text: new WeakMap(),
  openmetrics: new WeakMap(),
}

/** The ends of the bucket lines up to the number, as the Go client writes them: `1` in text, `1.0` in OpenMetrics. */
const boundTexts = (boundaries: ReadonlyArray<number>, format: Format): ReadonlyArray<string> => {
  const known = bounded[format].get(boundaries)
  if (known !== undefined) return known
  const point = (boundary: number) => (format === "openmetrics" && Number.isInteger(boundary) ? ".0" : "")
  const texts = boundaries.map((boundary) => `le="${numberText(boundary)}${point(boundary)}"} `)
  bounded[format].set(boundaries, texts)
  return texts
}

const numberText = (value: number): string => {
  if (value === Infinity) return "+Inf"
  if (value === -Infinity) return "-Inf"
  return String(value)
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
const escapeValue = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')
