/**
 * OpenAPI v3 documents per group and version, as far as `kubectl` reads them: paths with the kind they serve and the parameters they
 * accept (`kubectl` detects server-side field validation by them), and schemas for `kubectl explain`.
 */

import { createHash } from "node:crypto"
import type { Fields } from "../ApiObject.ts"
import { type KindRegistry, type ResourceKind, groupVersion } from "../ResourceKind.ts"
import { metadataSchema } from "../schema/BuiltInSchemas.ts"

const info = { title: "Kubernetes", version: "v1.36.0" }

/** `io.k8s.sparkoperator.v1beta2.SparkApplication`: the group's labels reversed, as Kubernetes names its schemas. */
const schemaName = (kind: ResourceKind): string => {
  const group = kind.group === "" ? "io.k8s.api.core" : kind.group.split(".").reverse().join(".")
  return `${group}.${kind.version}.${kind.kind}`
}

const metadataName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

const parameter = (name: string, description: string) => ({
  name,
  in: "query",
  description,
  schema: { type: "string", uniqueItems: true },
})
const writeParameters = [
  parameter("dryRun", "All: the request is checked and answered, and nothing is stored."),
  parameter("fieldManager", "Name of the one who makes the change."),
  parameter("fieldValidation", "What to do about unknown fields: Ignore, Warn or Strict."),
]

/** Without strategic merge, although the built-in kinds accept it: the schemas do not contain its keys, so clients use their own. */
const patchTypes = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]

const operations = (kind: ResourceKind): Fields => {
  const base = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const collection = kind.namespaced ? `${base}/namespaces/{namespace}/${kind.plural}` : `${base}/${kind.plural}`
  const schema = { $ref: `#/components/schemas/${schemaName(kind)}` }
  const operation = (action: string, writes: boolean): Fields => ({
    responses: { "200": { description: "OK", content: { "application/json": { schema } } } },
    ...(writes ? { parameters: writeParameters } : {}),
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group: kind.group, version: kind.version, kind: kind.kind },
  })
  const body = (types: ReadonlyArray<string>) => ({
    requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: { type: "object" } }])) },
  })
  return {
    [collection]: {
      get: operation("list", false),
      post: { ...operation("post", true), ...body(["application/json"]) },
      delete: operation("deletecollection", true),
    },
    [`${collection}/{name}`]: {
      get: operation("get", false),
      put: { ...operation("put", true), ...body(["application/json"]) },
      patch: { ...operation("patch", true), ...body(patchTypes) },
      delete: operation("delete", true),
    },
  }
}

const component = (kind: ResourceKind): Fields => {
  const { schema } = kind
  return {
    ...(schema ?? { type: "object" }),
    properties: {
      ...schema?.properties,
      apiVersion: { type: "string", description: "The version of the schema of this object." },
      kind: { type: "string", description: "The kind of this object." },
      metadata: {
        description: "Standard object's metadata.",
        allOf: [{ $ref: `#/components/schemas/${metadataName}` }],
      },
    },
    "x-kubernetes-group-version-kind": [{ group: kind.group, version: kind.version, kind: kind.kind }],
  }
}

/** The document of one group and version; `undefined` when it is not served. */
export const openApi = (kinds: KindRegistry, group: string, version: string): Fields | undefined => {
  const served = kinds.all().filter((kind) => kind.group === group && kind.version === version)
  const [first] = served
  if (first === undefined) return undefined
  return {
    openapi: "3.0.0",
    info: { ...info, description: groupVersion(first) },
    paths: Object.assign({}, ...served.map(operations)),
    components: {
      schemas: {
        ...Object.fromEntries(served.map((kind) => [schemaName(kind), component(kind)])),
        [metadataName]: metadataSchema,
      },
    },
  }
}

const indexes = new WeakMap<KindRegistry, { readonly revision: number; readonly index: Fields }>()

/** `/openapi/v3`: where the documents are. Clients cache them on disk by their hash, across servers. */
export const openApiIndex = (kinds: KindRegistry): Fields => {
  const known = indexes.get(kinds)
  if (known?.revision === kinds.revision()) return known.index
  const paths: Record<string, Fields> = {}
  for (const { group, version } of kinds.all()) {
    const path = group === "" ? `api/${version}` : `apis/${group}/${version}`
    if (paths[path] !== undefined) continue
    const hash = createHash("sha256")
      .update(JSON.stringify(openApi(kinds, group, version)))
      .digest("hex")
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.slice(0, 32)}` }
  }
  const index = { paths }
  indexes.set(kinds, { revision: kinds.revision(), index })
  return index
}
