/**
 * From the schema of a custom resource to its `apiextensions.k8s.io/v1` CustomResourceDefinition, and to YAML. Each kind is one
 * declaration; `api/Crds.ts` lists them.
 */

import type { Schema } from "effect"
import { stringify } from "yaml"
import type { Resource } from "../../kube/Resource.ts"
import { expectedOf, openApiOf } from "./Field.ts"
import { structuralSchema, type StructuralSchema } from "./StructuralSchema.ts"

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string
  readonly type: "boolean" | "date" | "integer" | "number" | "string"
  readonly jsonPath: string
  readonly description: string
  /** Absent: always shown. 1: shown only by `kubectl get -o wide`. */
  readonly priority?: 1
}

export const column = (
  name: string,
  type: PrinterColumn["type"],
  jsonPath: string,
  description: string,
): PrinterColumn => ({ name, type, jsonPath, description })

export const wideColumn = (...args: Parameters<typeof column>): PrinterColumn => ({ ...column(...args), priority: 1 })

/** Everything that distinguishes the definition of one kind from that of another. */
export interface CustomResource {
  readonly resource: Resource
  readonly shortNames: ReadonlyArray<string>
  /** The pull request that approved the group, as the API server demands for groups below k8s.io; absent for other groups. */
  readonly approval?: string
  readonly description: string
  /** The whole object: apiVersion, kind, metadata, spec and status. Of `metadata`, only the name is checked by the definition. */
  readonly schema: Schema.Top
  /** What `metadata.name` must be: a `pattern` with a maximum length. */
  readonly name: Schema.Top
  readonly columns: ReadonlyArray<PrinterColumn>
}

/**
 * The API server checks `metadata` itself, except for the length and form of the name. An object that already has a status is accepted
 * with any name, so that the operator can report the mistake in an object that is older than this rule.
 */
const nameRule = ({ ast }: Schema.Top) => {
  const { pattern, maxLength } = openApiOf(ast)
  return {
    rule: `has(self.status) || (size(self.metadata.name) <= ${maxLength} && self.metadata.name.matches('${pattern}'))`,
    message: `metadata.name is not ${expectedOf(ast)}`,
  }
}

const objectSchema = ({ description, schema, name }: CustomResource): StructuralSchema => {
  const { properties, ...object } = structuralSchema(schema)
  return {
    description,
    ...object,
    properties: { ...properties, metadata: { type: "object" } },
    "x-kubernetes-validations": [nameRule(name)],
  }
}

/** The definition of the kind: namespaced, one version, with a status subresource. */
export const definition = (kind: CustomResource) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${kind.resource.plural}.${kind.resource.group}`,
    ...(kind.approval === undefined ? {} : { annotations: { "api-approved.kubernetes.io": kind.approval } }),
  },
  spec: {
    group: kind.resource.group,
    names: {
      kind: kind.resource.kind,
      listKind: `${kind.resource.kind}List`,
      plural: kind.resource.plural,
      singular: kind.resource.kind.toLowerCase(),
      shortNames: kind.shortNames,
    },
    scope: "Namespaced",
    versions: [
      {
        name: kind.resource.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: kind.columns,
        schema: { openAPIV3Schema: objectSchema(kind) },
      },
    ],
  },
})
export type Definition = ReturnType<typeof definition>

/** The definition as YAML: always the same text for the same schemas. */
export const yaml = (definition: Definition): string =>
  "# Generated from src/api by `npm run generate`. Change the schemas there, not this file.\n" +
  stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false })
