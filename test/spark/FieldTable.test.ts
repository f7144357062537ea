import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { SparkApplicationSpec } from "../../src/api/application/SparkApplicationSpec.ts"
import { structuralSchema, type StructuralSchema } from "../../src/api/schema/StructuralSchema.ts"

const root = resolve(import.meta.dirname, "../..")
const page = readFileSync(join(root, "docs/fields.md"), "utf8")

/** `{driver,executor}.x` is two fields. */
const expanded = (field: string) =>
  field.startsWith("{driver,executor}.")
    ? ["driver", "executor"].map((role) => field.replace("{driver,executor}", role))
    : [field]

interface Row {
  readonly field: string
  readonly files: ReadonlyArray<string>
}

const rows = page.split("\n").flatMap((line): ReadonlyArray<Row> => {
  const [, field, files] = /^\| `([^`]+)` +\| .* \| ([^|]+?) +\|$/.exec(line) ?? []
  return field === undefined || files === undefined
    ? []
    : expanded(field).map((field) => ({ field, files: files.split(", ") }))
})

/** Types of Kubernetes, and probes; the table has one row for each. */
const ofKubernetes = new Set(
  (
    "volumes env envFrom volumeMounts affinity tolerations podSecurityContext securityContext sidecars initContainers " +
    "dnsConfig hostAliases lifecycle ingressTLS template startup readiness liveness"
  ).split(" "),
)

const lastName = (field: string) => field.slice(field.lastIndexOf(".") + 1)

const fieldsOf = (schema: StructuralSchema, path: string): ReadonlyArray<string> => {
  const { properties } = schema.items ?? schema
  return properties === undefined || ofKubernetes.has(lastName(path))
    ? [path]
    : Object.entries(properties).flatMap(([name, inner]) => fieldsOf(inner, path === "" ? name : `${path}.${name}`))
}

describe("the table of fields", () => {
  it("has one row for every field of the schema, and no other", () => {
    assert.deepStrictEqual(
      rows.map(({ field }) => field).toSorted(),
      fieldsOf(structuralSchema(SparkApplicationSpec), "").toSorted(),
    )
  })

  it("names tests that exist and speak of the field", () => {
    const wrong = rows.filter(({ field, files }) =>
      files.every(
        (file) => !existsSync(join(root, file)) || !readFileSync(join(root, file), "utf8").includes(lastName(field)),
      ),
    )
    assert.deepStrictEqual(wrong, [])
  })
})
