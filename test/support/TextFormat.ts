/**
 * A strict reader of Prometheus' text format 0.0.4: families in one piece, with names, suffixes, units and buckets as the format
 * (prometheus.io/docs/instrumenting/exposition_formats) and the naming rules want them of each type.
 */

export interface TextFamily {
  readonly name: string
  readonly type: string
  readonly unit: string | undefined
  readonly help: string | undefined
  /** By name and labels as they stand in the text. */
  readonly samples: ReadonlyMap<string, number>
}

const suffixes: Readonly<Record<string, ReadonlyArray<string>>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
}

const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const sampleLine = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:${label}(?:,${label})*)?\\})? (\\S+)$`)
const number = /^(?:[-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|Inf)|NaN)$/i

/** The families of a text, or the reasons why it is none. */
export const textFormat = (
  text: string,
): { readonly families: ReadonlyArray<TextFamily>; readonly wrong: ReadonlyArray<string> } => {
  const wrong: Array<string> = []
  const families = new Map<
    string,
    { -readonly [K in keyof TextFamily]: TextFamily[K] } & { samples: Map<string, number> }
  >()
  const seen = new Set<string>()
  let current: string | undefined
  if (!text.endsWith("\n")) wrong.push("the last line does not end")

  for (const line of text.split("\n").slice(0, -1)) {
    const [, keyword, family = "", rest = ""] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? []
    if (keyword !== undefined) {
      if (family !== current && families.has(family)) wrong.push(`${family} is in two pieces`)
      if (family !== current)
        families.set(family, { name: family, type: "untyped", unit: undefined, help: undefined, samples: new Map() })
      current = family
      const entry = families.get(family)!
      if (entry.samples.size > 0) wrong.push(`${keyword} of ${family} after its samples`)
      if (keyword === "TYPE") entry.type = rest
      else if (keyword === "HELP") entry.help = rest
      else entry.unit = rest
      continue
    }
    const [, name = "", labels = "", value = ""] = sampleLine.exec(line) ?? []
    const entry = current === undefined ? undefined : families.get(current)
    if (name === "" || !number.test(value)) wrong.push(`no sample: ${line}`)
    else if (entry === undefined) wrong.push(`${name} has no family`)
    else {
      const allowed = suffixes[entry.type] ?? []
      if (!allowed.some((suffix) => name === entry.name + suffix)) wrong.push(`${name} in ${entry.type} ${entry.name}`)
      if (seen.has(name + labels)) wrong.push(`${name}${labels} is there twice`)
      seen.add(name + labels)
      entry.samples.set(name + labels, Number(value.replace("Inf", "Infinity")))
    }
  }
  for (const family of families.values()) wrong.push(...familyProblems(family))
  const names = [...families.values()].flatMap(({ name, type }) =>
    (suffixes[type] ?? []).map((suffix) => name + suffix),
  )
  const clashes = names.filter((name, index) => names.indexOf(name) !== index)
  return { families: [...families.values()], wrong: [...wrong, ...clashes.map((name) => `${name} is in two families`)] }
}

const familyProblems = ({ name, type, unit, samples }: TextFamily): ReadonlyArray<string> => [
  ...(suffixes[type] === undefined ? [`${name} is of no type: ${type}`] : []),
  ...(unit !== undefined && !new RegExp(`_${unit}(_total)?$`).test(name)
    ? [`${name} does not end in its unit ${unit}`]
    : []),
  ...(type === "counter" && [...samples.values()].some((value) => !(value >= 0)) ? [`${name} counts below zero`] : []),
  ...(type === "histogram" ? bucketProblems(name, samples) : []),
]

/** Of each label set: buckets in order, counts that never fall, and `+Inf` equal to `_count`. */
const bucketProblems = (name: string, samples: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const last = new Map<string, { readonly bound: number; readonly count: number }>()
  for (const [series, value] of samples) {
    const [, rest = "", le = ""] = /_bucket\{(.*?),?le="([^"]*)"\}$/.exec(series) ?? []
    if (!series.startsWith(`${name}_bucket`)) continue
    if (!/^(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|\+Inf)$/.test(le)) wrong.push(`${series}: ${le} is not a float`)
    const before = last.get(rest) ?? { bound: -Infinity, count: 0 }
    const bound = Number(le.replace("+Inf", "Infinity"))
    if (bound <= before.bound || value < before.count) wrong.push(`${series} is out of order`)
    last.set(rest, { bound, count: value })
  }
  for (const [series, value] of samples) {
    if (!series.startsWith(`${name}_count`)) continue
    const { bound, count } = last.get(/\{(.*)\}$/.exec(series)?.[1] ?? "") ?? {}
    if (bound !== Infinity || value !== count) wrong.push(`${series} is not what +Inf says`)
  }
  return wrong
}
