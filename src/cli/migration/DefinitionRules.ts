/** What is wrong with a CustomResourceDefinition of the group for a change of operators, or for the Firesteel that runs. Pure. */

import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { crds } from "../../api/Crds.ts"
import type { Definition } from "../../api/schema/Crd.ts"
import { missingFields, type ServedSchema } from "../../api/schema/MissingFields.ts"
import { namesOf } from "../../runtime/StatusParts.ts"
import { type Finding, problem, warning } from "./Finding.ts"

export const applyCrds = "kubectl apply --server-side --force-conflicts -f crds/"

/** All findings about one definition; `oursRuns`: a Firesteel works with it already. */
export const definitionFindings = (found: CustomResourceDefinition, oursRuns: boolean): ReadonlyArray<Finding> => {
  const { metadata, spec } = found
  const annotations = metadata?.annotations ?? {}
  const release = annotations["meta.helm.sh/release-name"]
  const name = metadata?.name ?? ""
  const ours = crds.find((definition) => definition.metadata.name === name)
  return [
    ...(release !== undefined && annotations["helm.sh/resource-policy"] !== "keep"
      ? [
          problem(
            "metadata.annotations",
            `helm uninstall ${release} would delete it and every ${spec.names.kind}; kubectl annotate crd ${name} helm.sh/resource-policy=keep`,
          ),
        ]
      : []),
    ...(ours === undefined ? [] : storedFindings(found, ours)),
    ...(spec.conversion?.strategy === "Webhook"
      ? [
          warning(
            "spec.conversion",
            "uses a conversion webhook that is not served; set spec.conversion.strategy to None",
          ),
        ]
      : []),
    ...(ours === undefined ? [] : schemaFindings(found, ours, oursRuns)),
  ]
}

/** Objects may be stored in versions that our definition does not have. */
const storedFindings = ({ status }: CustomResourceDefinition, ours: Definition): ReadonlyArray<Finding> => {
  const known = new Set(ours.spec.versions.map(({ name }) => name))
  const unknown = (status?.storedVersions ?? []).filter((version) => !known.has(version))
  return unknown.length === 0
    ? []
    : [
        problem(
          "status.storedVersions",
          `objects may be stored as ${unknown.join(", ")}; rewrite them and remove these versions from status.storedVersions, otherwise the new definition is rejected`,
        ),
      ]
}

/** Fields that this version of Firesteel needs, or lets users set. */
const schemaFindings = (found: CustomResourceDefinition, ours: Definition, oursRuns: boolean): ReadonlyArray<Finding> =>
  ours.spec.versions.flatMap(({ name, schema }) => {
    const version = found.spec.versions.find((one) => one.name === name && one.served)
    const severity = oursRuns ? problem : warning
    const first = oursRuns ? applyCrds : `${applyCrds} first`
    if (version === undefined) return [severity("spec.versions", `does not serve ${name}; ${first}`)]
    const theirs = version.schema?.openAPIV3Schema as ServedSchema | undefined
    const missing = (field: "status" | "spec") => {
      const part = schema.openAPIV3Schema.properties?.[field]
      return part === undefined ? [] : missingFields(part, theirs?.properties?.[field], field)
    }
    const remembered = missing("status")
    const set = missing("spec")
    if (remembered.length > 0) {
      const fields = namesOf([...remembered, ...set])
      const effect = "the API server drops what Firesteel remembers of runs, so Firesteel submits nothing"
      return [severity("spec.versions", `lacks ${fields}: ${effect}; ${first}. It keeps all fields of the old one`)]
    }
    return set.length === 0
      ? []
      : [
          warning(
            "spec.versions",
            `lacks ${namesOf(set)}: the API server drops or refuses them in applications; ${first}. It keeps all fields of the old one`,
          ),
        ]
  })
