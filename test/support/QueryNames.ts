/** Reads of PromQL just enough to hold it against the list of all series: which series with which labels, and which labels it groups by. */

import { familyOfSeries } from "../../otel/SeriesNames.ts"

export interface QueryNames {
  readonly series: ReadonlyArray<{ readonly name: string; readonly labels: ReadonlyArray<string> }>
  /** Labels after by, without, on, ignoring. */
  readonly grouping: ReadonlyArray<string>
}

const words = new Set(["and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right"])
const grouping = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"])

const labelsWithin = (tokens: ReadonlyArray<string>, open: number, close: string) => {
  const end = tokens.indexOf(close, open)
  const inside = tokens.slice(open + 1, end)
  return {
    end,
    labels: inside.filter((token, at) => /^[a-zA-Z_]/.test(token) && !/^[a-zA-Z_]/.test(inside[at - 1] ?? "")),
  }
}

export const queryNames = (promql: string): QueryNames => {
  // Ranges and offsets name nothing.
  const tokens =
    promql
      .replaceAll(/\[[^\]]*\]|\boffset \d+[smhdwy]/g, "")
      .match(/"(?:[^"\\]|\\.)*"|[a-zA-Z_:][\w:]*|[\d.]+|[^\s]/g) ?? []
  const series: Array<QueryNames["series"][number]> = []
  const grouped: Array<string> = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    const next = tokens[at + 1]
    if (grouping.has(token) && next === "(") {
      const { end, labels } = labelsWithin(tokens, at + 1, ")")
      grouped.push(...labels)
      at = end
    } else if (/^[a-zA-Z_:]/.test(token) && !words.has(token) && next !== "(" && !grouping.has(next ?? "")) {
      const { end, labels } = next === "{" ? labelsWithin(tokens, at + 1, "}") : { end: at, labels: [] }
      series.push({ name: token, labels })
      at = end
    }
  }
  return { series, grouping: grouped }
}

/** Labels that Prometheus gives to whatever it scrapes, and OTLP to what it receives. */
const ofTarget = ["job", "instance", "pod", "node"]

/** What a query asks for that does not exist: names of no instrument (those of earlier operators count as such), labels that it never has. */
export const strangers = (promql: string): ReadonlyArray<string> => {
  const { series, grouping } = queryNames(promql)
  const families = series.map(({ name, labels }) => ({ name, labels, family: familyOfSeries(name) }))
  const labelsOf = (family: ReturnType<typeof familyOfSeries>) => [
    ...ofTarget,
    ...(family?.labels ?? []),
    ...(family?.type === "histogram" ? ["le"] : []),
  ]
  const known = new Set(families.flatMap(({ family }) => labelsOf(family)))
  return [
    ...families.filter(({ family }) => family?.instrument === undefined).map(({ name }) => name),
    ...families.flatMap(({ name, labels, family }) =>
      labels.filter((label) => !labelsOf(family).includes(label)).map((label) => `${name}{${label}}`),
    ),
    ...grouping.filter((label) => !known.has(label)),
  ]
}
