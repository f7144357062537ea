/**
 * What the text of a YAML scalar means to Kubernetes: YAML 1.1 as go.yaml.in/yaml/v2 resolves it (`resolve.go`), which kubectl, Helm and the API
 * server read manifests with. Booleans are also `yes` and `off`, `0400` is octal; dates and base-60 numbers are strings.
 */

import { Result } from "effect"

const words = (value: boolean | null, ...spellings: ReadonlyArray<string>): ReadonlyArray<[string, boolean | null]> =>
  spellings.flatMap((word) => {
    const [first = "", ...rest] = word
    return [word, first.toUpperCase() + rest.join(""), word.toUpperCase()].map((one) => [one, value])
  })

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ...words(true, "y", "yes", "true", "on"),
  ...words(false, "n", "no", "false", "off"),
  ...words(null, "", "~", "null"),
])

/** Decoded, but JSON has no such numbers. */
const notInJson = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const based = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/

const int64 = { min: -(2n ** 63n), max: 2n ** 64n - 1n }

/** Numbers with a base; `undefined` for other texts and, as in Go, for numbers of more than 64 bits. */
const withBase = (text: string): number | undefined => {
  const [, sign, digits] = based.exec(text) ?? []
  if (digits === undefined) return undefined
  const size = BigInt(digits.replace(/^0[oO]?(?=[0-7])/, "0o"))
  const value = sign === "-" ? -size : size
  return value < int64.min || value > int64.max ? undefined : Number(value)
}

const numberOf = (text: string): number | undefined => {
  if (!/^[-+0-9.]/.test(text)) return undefined
  const plain = text.startsWith(".") ? text.replace(/(?<=\d)_(?=\d)/g, "") : text.replaceAll("_", "")
  const value = withBase(plain) ?? (float.test(plain) ? Number(plain) : undefined)
  return value !== undefined && Number.isFinite(value) ? value + 0 : undefined
}

export type Scalar = string | number | boolean | null

/** A plain (unquoted) scalar without a tag. Fails for infinities and NaN. */
export const resolvePlain = (text: string): Result.Result<Scalar, string> => {
  const constant = constants.get(text)
  if (constant !== undefined) return Result.succeed(constant)
  if (notInJson.test(text)) return Result.fail(`${text} is not a number of JSON`)
  return Result.succeed(numberOf(text) ?? text)
}

/** Which values a tag accepts; those of other tags are strings. */
const tags: Readonly<Record<string, (value: Scalar) => boolean>> = {
  "tag:yaml.org,2002:bool": (value) => typeof value === "boolean",
  "tag:yaml.org,2002:int": (value) => Number.isInteger(value),
  "tag:yaml.org,2002:float": (value) => typeof value === "number",
  "tag:yaml.org,2002:null": (value) => value === null,
}

/** A scalar with a tag such as `!!str`, given as `tag:yaml.org,2002:str`. Fails if the text is not a value of the tag. */
export const resolveTagged = (tag: string, text: string): Result.Result<Scalar, string> => {
  if (tag === "tag:yaml.org,2002:binary") return Result.succeed(Buffer.from(text, "base64").toString("utf8"))
  const accepts = tags[tag]
  if (accepts === undefined) return Result.succeed(text)
  return Result.flatMap(resolvePlain(text), (value) =>
    accepts(value) ? Result.succeed(value) : Result.fail(`${text} is not a !!${tag.replace(/^.*:/, "")}`),
  )
}
