/**
 * The JSON schema of a chart's values, against which Helm validates every installation. It is strict: an unknown value is rejected, not
 * ignored. Types are those of the defaults, unless `values.yaml` specifies another.
 */

import type { ChartValue } from "./ChartValues.ts"

type Schema = Readonly<Record<string, unknown>>

/** `values.schema.json`, draft 7. */
export const chartSchema = (title: string, values: ReadonlyArray<ChartValue>): string =>
  `${JSON.stringify(
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      title,
      ...closed(values, { global: { description: "Helm's own, for charts that contain this one", type: "object" } }),
    },
    undefined,
    2,
  )}\n`

const closed = (values: ReadonlyArray<ChartValue>, more: Schema = {}): Schema => ({
  type: "object",
  additionalProperties: false,
  properties: { ...Object.fromEntries(values.map((value) => [value.path.at(-1), schemaOf(value)])), ...more },
})

const schemaOf = (value: ChartValue): Schema => ({
  ...(value.description === "" ? {} : { description: value.description }),
  ...(value.members === undefined ? { type: typeOf(value.default) } : closed(value.members)),
  ...value.schema,
  ...(value.members === undefined ? { default: value.default } : {}),
})

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return "array"
  if (value === null) return "null"
  return typeof value === "number" ? "integer" : typeof value
}
