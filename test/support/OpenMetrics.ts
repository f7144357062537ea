/**
 * A strict reader of OpenMetrics 1.0 text: families in one piece, with names, suffixes, units and buckets as the specification
 * (github.com/prometheus/OpenMetrics, "Text format" and "Metric types") wants them of each type.
 */

export interface OpenFamily {
  readonly name: string
  readonly type: string
  readonly unit: string | undefined
  readonly help: string | undefined
  /** By name and labels as they stand in the text. */
  readonly samples: ReadonlyMap<string, number>
}

const suffixes: Readonly<Record<string, ReadonlyArray<string>>> = {
  counter: ["_total", "_created"],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count", "_created"],
  info: ["_info"],
  summary: ["", "_sum", "_count", "_created"],
  unknown: [""],
}

const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const sampleLine = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:${label}(?:,${label})*)?\\})? (\\S+)$`)
const number = /^(?:[-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|Inf)|NaN)$/i

/** The families of a text, or the reasons why it is none. */
export const openMetrics = (
  text: string,
): { readonly families: ReadonlyArray<OpenFamily>; readonly wrong: ReadonlyArray<string> } => {
  const wrong: Array<string> = []
  const families = new Map<
    string,
    { -readonly [K in keyof OpenFamily]: OpenFamily[K] } & { samples: Map<string, number> }
  >()
  const seen = new Set<string>()
  let current: string | undefined
  if (!text.endsWith("# EOF\n") || text.indexOf("# EOF") !== text.length - 6) wrong.push("the end is not the one # EOF")

  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const [, keyword, family = "", rest = ""] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? []
    if (keyword !== undefined) {
      if (family !== current && families.has(family)) wrong.push(`${family} is in two pieces`)
      if (family !== current)
        families.set(family, { name: family, type: "unknown", unit: undefined, help: undefined, samples: new Map() })
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

const familyProblems = ({ name, type, unit, samples }: OpenFamily): ReadonlyArray<string> => [
  ...(suffixes[type] === undefined ? [`${name} is of no type: ${type}`] : []),
  ...(unit !== undefined && !name.endsWith(`_${unit}`) ? [`${name} does not end in its unit ${unit}`] : []),
  ...(["info", "unknown"].includes(type) && unit !== undefined ? [`${name} of type ${type} has a unit`] : []),
  ...(type === "counter" && [...samples.values()].some((value) => !(value >= 0)) ? [`${name} counts below zero`] : []),
  ...(type === "histogram" ? bucketProblems(name, samples) : []),
]

/** Buckets in order, counts that never fall, and `+Inf` equal to `_count`. */
const bucketProblems = (name: string, samples: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  let bound = -Infinity
  let count = 0
  for (const [series, value] of samples) {
    if (series.startsWith(`${name}_bucket`)) {
      const [, le = ""] = /le="([^"]*)"\}$/.exec(series) ?? []
      if (!/^(?:[-+]?\d+\.\d+|\d+(?:\.\d+)?e[-+]\d+|\+Inf)$/.test(le)) wrong.push(`${series}: ${le} is no float`)
      const next = Number(le.replace("+Inf", "Infinity"))
      if (next <= bound || value < count) wrong.push(`${series} is out of order`)
      ;[bound, count] = [next, value]
    } else if (series.startsWith(`${name}_count`)) {
      if (bound !== Infinity || value !== count) wrong.push(`${series} is not what +Inf says`)
      ;[bound, count] = [-Infinity, 0]
    }
  }
  return wrong
}
