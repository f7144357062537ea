/**
 * Reads the values of a chart with the comments above them: `# --` begins the description of a value, `# @schema` adds to its JSON schema.
 * The chart's `values.schema.json` and `README.md` are generated from them, so values are described only in `values.yaml`.
 */

import { isMap, isScalar, type Pair, parse, parseDocument, type YAMLMap } from "yaml"

export interface ChartValue {
  /** `controller`, `leaderElection`, `enable`. */
  readonly path: ReadonlyArray<string>
  /** Empty for groups, whose values have descriptions. */
  readonly description: string
  readonly default: unknown
  /** From `# @schema`. */
  readonly schema: Readonly<Record<string, unknown>>
  /** The values of a group; undefined for a single value, even if its default is an object, which users replace as a whole. */
  readonly members: ReadonlyArray<ChartValue> | undefined
}

/** The values in `text`, a values.yaml, in their order. Throws if it is not valid YAML or not a map. */
export const chartValues = (text: string): ReadonlyArray<ChartValue> => {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) throw new Error("the values of a chart must be a map")
  return membersOf(contents, [], contents.commentBefore ?? "")
}

/** The YAML parser attaches the comment before the first pair to the map: it is `before`. */
const membersOf = (map: YAMLMap, path: ReadonlyArray<string>, before: string): ReadonlyArray<ChartValue> =>
  map.items.map((pair, index) => valueOf(pair, path, index === 0 ? before : ""))

const valueOf = ({ key, value }: Pair, above: ReadonlyArray<string>, before: string): ChartValue => {
  if (!isScalar(key)) throw new Error(`a key below ${above.join(".")} is not a scalar`)
  const path = [...above, String(key.value)]
  const { description, schema } = annotationsOf(key.commentBefore ?? before)
  const isGroup = isMap(value) && value.items.length > 0 && schema["additionalProperties"] === undefined
  return {
    path,
    description,
    default: isMap(value) || isScalar(value) ? value.toJSON() : JSON.parse(JSON.stringify(value)),
    schema,
    members: isGroup ? membersOf(value, path, value.commentBefore ?? "") : undefined,
  }
}

const annotationsOf = (comment: string): Pick<ChartValue, "description" | "schema"> => {
  const lines = comment.split("\n").map((line) => line.trim())
  const begin = lines.findLastIndex((line) => line.startsWith("--"))
  const annotated = begin < 0 ? [] : lines.slice(begin)
  const isSchema = (line: string) => line.startsWith("@schema ")
  return {
    description: annotated
      .filter((line) => !isSchema(line))
      .join(" ")
      .replace(/^--\s*/, ""),
    schema: Object.assign({}, ...annotated.filter(isSchema).map((line) => parse(line.slice("@schema ".length)))),
  }
}
