/** Custom resource definitions: checked, shown as established at once, and turned into kinds that the cluster serves. */

import { type FieldError, invalidValue, required } from "../ApiError.ts"
import { type ApiObject, type Fields, at, fields, list, text, withMetadata } from "../ApiObject.ts"
import { humanDuration } from "../http/HumanDuration.ts"
import { jsonPath } from "../JsonPath.ts"
import type { Column, ResourceKind } from "../ResourceKind.ts"
import { celSyntaxProblem } from "./CelRules.ts"
import type { StructuralSchema } from "./SchemaPruning.ts"

const versionsOf = (crd: ApiObject): ReadonlyArray<Fields> => list(at(crd, "spec.versions")).map(fields)

/** The definition with default names and the status of a served definition. */
export const establishedCrd = (crd: ApiObject, context: { readonly now: string }): ApiObject => {
  const spec = fields(crd["spec"])
  const given = fields(spec["names"])
  const kind = text(given["kind"]) ?? ""
  const names = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...given }
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: context.now,
    reason,
    message,
  })
  return {
    ...withMetadata(crd, { generation: 1 }),
    spec: { conversion: { strategy: "None" }, ...spec, names },
    status: {
      acceptedNames: names,
      conditions: [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ],
      storedVersions: versionsOf(crd)
        .filter((version) => version["storage"] === true)
        .map((version) => version["name"]),
    },
  }
}

const ruleProblems = (schema: StructuralSchema, path: string): ReadonlyArray<FieldError> => [
  ...(schema["x-kubernetes-validations"] ?? []).flatMap(({ rule }, index) => {
    const problem = celSyntaxProblem(rule)
    if (problem === undefined) return []
    const field = `${path}.x-kubernetes-validations[${index}].rule`
    return [invalidValue(field, rule, `compilation failed: ${problem}`)]
  }),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    ruleProblems(inner, `${path}.properties[${name}]`),
  ),
  ...(schema.items === undefined ? [] : ruleProblems(schema.items, `${path}.items`)),
  ...(typeof schema.additionalProperties === "object"
    ? ruleProblems(schema.additionalProperties, `${path}.additionalProperties`)
    : []),
]

export const crdProblems = (crd: ApiObject): ReadonlyArray<FieldError> => {
  const spec = fields(crd["spec"])
  const names = fields(spec["names"])
  const name = `${String(names["plural"])}.${String(spec["group"])}`
  const versions = versionsOf(crd)
  const stored = versions.filter((version) => version["storage"] === true).length
  return [
    ...(["group", "scope"] as const).filter((field) => !spec[field]).map((field) => required(`spec.${field}`)),
    ...(["plural", "kind"] as const).filter((field) => !names[field]).map((field) => required(`spec.names.${field}`)),
    ...(crd.metadata.name === name
      ? []
      : [invalidValue("metadata.name", crd.metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...(stored === 1
      ? []
      : [invalidValue("spec.versions", versions.length, "must have exactly one version marked as storage version")]),
    ...versions.flatMap((version, index) => {
      const path = `spec.versions[${index}].schema.openAPIV3Schema`
      const schema = at(version, "schema.openAPIV3Schema")
      return schema === undefined
        ? [required(path, "schemas are required")]
        : ruleProblems(schema as StructuralSchema, path)
    }),
  ]
}

const printed = (type: string, values: ReadonlyArray<unknown>, now: number): unknown => {
  const [first] = values
  if (first === undefined) return null
  if (type === "integer" || type === "number" || type === "boolean") return first
  // The server converts dates to ages, because only it knows its current time.
  if (type === "date") return humanDuration(now - Date.parse(String(first)))
  if (values.length > 1) return values.map(String).join(",")
  return typeof first === "object" ? JSON.stringify(first) : String(first)
}

const columnsOf = (version: Fields): ReadonlyArray<Column> => {
  const declared = list(version["additionalPrinterColumns"]).map(fields)
  const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }
  return [
    {
      name: "Name",
      type: "string",
      format: "name",
      cell: (object) => object.metadata.name,
    },
    ...(declared.length === 0 ? [age] : declared).map((column: Fields): Column => {
      const type = (text(column["type"]) ?? "string") as Column["type"]
      const select = jsonPath(text(column["jsonPath"]) ?? "")
      const description = text(column["description"])
      return {
        name: text(column["name"]) ?? "",
        type,
        priority: Number(column["priority"] ?? 0),
        ...(description === undefined ? {} : { description }),
        cell: (object, now) => printed(type, select(object), now),
      }
    }),
  ]
}

/** The kinds that a definition serves, one per served version, all over the same objects. */
export const kindsOf = (crd: ApiObject): ReadonlyArray<ResourceKind> => {
  const group = String(at(crd, "spec.group"))
  const names = fields(at(crd, "spec.names"))
  const plural = String(names["plural"])
  const kind = String(names["kind"])
  return versionsOf(crd)
    .filter((version) => version["served"] !== false)
    .map((version): ResourceKind => {
      const apiVersion = `${group}/${String(version["name"])}`
      const withVersion = (object: ApiObject): ApiObject => ({ ...object, apiVersion })
      return {
        group,
        version: String(version["name"]),
        plural,
        kind,
        singular: text(names["singular"]) ?? kind.toLowerCase(),
        listKind: text(names["listKind"]) ?? `${kind}List`,
        shortNames: list(names["shortNames"]).map(String),
        categories: list(names["categories"]).map(String),
        namespaced: at(crd, "spec.scope") !== "Cluster",
        subresources: at(version, "subresources.status") === undefined ? [] : ["status"],
        storage: `${plural}.${group}`,
        custom: true,
        schema: at(version, "schema.openAPIV3Schema") as StructuralSchema,
        columns: columnsOf(version),
        selectable: list(version["selectableFields"]).map((one) => String(fields(one)["jsonPath"]).replace(/^\./, "")),
        ...(versionsOf(crd).length > 1 ? { view: { show: withVersion, store: withVersion } } : {}),
      }
    })
}
