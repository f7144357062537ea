import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { SparkApplicationSpec } from "../../src/api/application/SparkApplicationSpec.ts"
import { structuralSchema, type StructuralSchema } from "../../src/api/schema/StructuralSchema.ts"
import * as FieldTestsPage from "../../tools/FieldTestsPage.ts"

const root = resolve(import.meta.dirname, "../..")
const read = (file: string) => readFileSync(join(root, file), "utf8")

/** `{driver,executor}.x` is two fields. */
const expanded = (field: string) =>
  field.startsWith("{driver,executor}.")
    ? ["driver", "executor"].map((role) => field.replace("{driver,executor}", role))
    : [field]

/** The rows of a page's tables, as field and second cell. */
const rowsOf = (page: string) =>
  page.split("\n").flatMap((line) => {
    const [, field, cell] = /^\| `([^`]+)` +\| (.+?) +\|$/.exec(line) ?? []
    return field === undefined || cell === undefined ? [] : expanded(field).map((field) => ({ field, cell }))
  })

const [appendix] = FieldTestsPage.generatedFiles()

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
    const fields = fieldsOf(structuralSchema(SparkApplicationSpec), "").toSorted()
    for (const page of [read("docs/fields.md"), appendix!.content]) {
      assert.deepStrictEqual(
        rowsOf(page)
          .map(({ field }) => field)
          .toSorted(),
        fields,
      )
    }
  })

  it("names tests that exist and mention the field", () => {
    const wrong = rowsOf(appendix!.content).flatMap(({ field, cell }) =>
      cell
        .split(", ")
        .filter((file) => !existsSync(join(root, file)) || !read(file).includes(lastName(field)))
        .map((file) => `${field}: ${file}`),
    )
    assert.deepStrictEqual(wrong, [])
  })

  it("has an appendix that is up to date (npm run generate)", () => {
    assert.strictEqual(read(appendix!.path), appendix!.content)
  })
})
