/**
 * The CustomResourceDefinition of SparkApplication, made from the schemas of this room, and the files generated from it.
 * Group, names and the first printer columns are those of kubeflow's operator, because other tools and people's habits rest on them.
 */

import { stringify } from "yaml"
import { apiVersion } from "../../kube/Resource.ts"
import { SparkApplicationSpec } from "../application/SparkApplicationSpec.ts"
import { SparkApplicationStatus } from "../application/SparkApplicationStatus.ts"
import { sparkApplications } from "../Kinds.ts"
import { openApiOf } from "./Field.ts"
import { ApplicationName } from "./Scalar.ts"
import { structuralSchema, type StructuralSchema } from "./StructuralSchema.ts"

const { group, version, kind, plural } = sparkApplications

const column = (name: string, type: string, jsonPath: string, description: string) => ({
  name,
  type,
  jsonPath,
  description,
})

/** kubeflow's columns, in its order and of its types; then those that `kubectl get -o wide` adds. */
const columns = [
  column("Suspend", "boolean", ".spec.suspend", "Whether the application is kept from running."),
  column("Status", "string", ".status.applicationState.state", "The state of the application."),
  column("Attempts", "string", ".status.executionAttempts", "How many times it was run."),
  column("Start", "string", ".status.lastSubmissionAttemptTime", "When it was last submitted."),
  column("Finish", "string", ".status.terminationTime", "When it ended."),
  column("Age", "date", ".metadata.creationTimestamp", "How long the resource exists."),
  ...[
    column("Executors", "integer", ".status.executors.running", "How many executors run."),
    column("Progress", "string", ".status.progress.summary", "How much of the work is done, if the driver tells."),
    column("Waiting", "string", ".status.waiting.reason", "Why the driver does not run yet."),
    column("Reason", "string", ".status.attempts[-1:].reason", "Why the last run ended."),
  ].map((wide) => ({ ...wide, priority: 1 })),
]

const { pattern: namePattern, maxLength: nameLength } = openApiOf(ApplicationName.ast)

/**
 * The schema of the whole object. The API server checks `metadata` by itself, all but the length and form of the name. An object that
 * has a status is let pass: the operator must be able to tell what is wrong with one that is older than this rule.
 */
const openAPIV3Schema: StructuralSchema = {
  description: "A Spark application, and what became of it.",
  type: "object",
  required: ["metadata", "spec"],
  properties: {
    apiVersion: { type: "string", description: apiVersion(sparkApplications) },
    kind: { type: "string", description: kind },
    metadata: { type: "object" },
    spec: { description: "What is to be run, and how.", ...structuralSchema(SparkApplicationSpec) },
    status: { description: "What became of it; written by the operator.", ...structuralSchema(SparkApplicationStatus) },
  },
  "x-kubernetes-validations": [
    {
      rule: `has(self.status) || (size(self.metadata.name) <= ${nameLength} && self.metadata.name.matches('${namePattern}'))`,
      message: `the name must have at most ${nameLength} lower case letters, digits and -, with a letter first and no - at the end`,
    },
  ],
}

/** The `apiextensions.k8s.io/v1` CustomResourceDefinition. */
export const sparkApplicationCrd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${plural}.${group}`,
    // Groups below k8s.io are protected: the API server wants to see where this one was approved.
    annotations: { "api-approved.kubernetes.io": "https://github.com/kubeflow/spark-operator/pull/1298" },
  },
  spec: {
    group,
    names: {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: "sparkapplication",
      shortNames: ["sparkapp"],
    },
    scope: "Namespaced",
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema },
      },
    ],
  },
}

/** The CRD as YAML, always the same text for the same schemas. */
export const crdYaml = (): string =>
  "# Generated from src/api by `npm run generate`. Change the schemas there, not this file.\n" +
  stringify(sparkApplicationCrd, { lineWidth: 0, aliasDuplicateObjects: false })

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly content: string
}

/** The files of the repository that are made from this room. */
export const generatedFiles = (): ReadonlyArray<GeneratedFile> => [
  { path: `crds/${group}_${plural}.yaml`, content: crdYaml() },
]
