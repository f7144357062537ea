/**
 * Reads the values of a chart with what stands above them: `# --` begins the description of a value, `# @schema` adds to its JSON schema.
 * The chart's `values.schema.json` and `README.md` are made from that, so `values.yaml` is the only place where a value is described.
 */

import { isMap, isScalar, type Pair, parse, parseDocument, type YAMLMap } from "yaml"

export interface ChartValue {
  /** `controller`, `leaderElection`, `enable`. */
  readonly path: ReadonlyArray<string>
  /** Empty where nothing is said: for groups, which explain themselves by what is in them. */
  readonly description: string
  readonly default: unknown
  /** What `# @schema` says. */
  readonly schema: Readonly<Record<string, unknown>>
  /** The values of a group; undefined for a single value, also where its default is an object that users replace as a whole. */
  readonly members: ReadonlyArray<ChartValue> | undefined
}

/** `text` is a values.yaml; its values in their order. Throws what is no YAML, or no map. */
export const chartValues = (text: string): ReadonlyArray<ChartValue> => {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) throw new Error("the values of a chart are a map")
  return membersOf(contents, [], contents.commentBefore ?? "")
}

/** The comment before the first pair belongs to the map that has it, for reasons of YAML's. */
const membersOf = (map: YAMLMap, path: ReadonlyArray<string>, before: string): ReadonlyArray<ChartValue> =>
  map.items.map((pair, index) => valueOf(pair, path, index === 0 ? before : ""))

const valueOf = ({ key, value }: Pair, above: ReadonlyArray<string>, before: string): ChartValue => {
  if (!isScalar(key)) throw new Error(`a key below ${above.join(".")} is no scalar`)
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
  const said = begin < 0 ? [] : lines.slice(begin)
  const isSchema = (line: string) => line.startsWith("@schema ")
  return {
    description: said
      .filter((line) => !isSchema(line))
      .join(" ")
      .replace(/^--\s*/, ""),
    schema: Object.assign({}, ...said.filter(isSchema).map((line) => parse(line.slice("@schema ".length)))),
  }
}
