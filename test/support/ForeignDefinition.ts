/** The definition of SparkApplication as kubeflow's operator has it: ours, without the parts of the status that Firesteel adds. */

import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import type { StructuralSchema } from "../../src/api/schema/StructuralSchema.ts"
import type { KubeApi } from "../../src/kube/Kube.ts"
import { resource } from "../../src/kube/Resource.ts"

const kubeflow = new Set([
  "applicationState",
  "driverInfo",
  "executionAttempts",
  "executorState",
  "lastSubmissionAttemptTime",
  "sparkApplicationId",
  "submissionAttempts",
  "submissionID",
  "terminationTime",
])

const without = (schema: StructuralSchema, isKept: (field: string) => boolean): StructuralSchema => ({
  ...schema,
  properties: Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([field]) => isKept(field))),
})

const [version] = sparkApplicationCrd.spec.versions
const ours = version!.schema.openAPIV3Schema
const status = without(ours.properties!["status"]!, (field) => kubeflow.has(field))
const applicationState = without(status.properties!["applicationState"]!, (field) => field !== "since")

const applicationStateOf = (schema: StructuralSchema) => schema.properties!["applicationState"]!
const earlierStates = applicationStateOf(ours.properties!["status"]!).properties!["state"]!.enum!.filter(
  (state) => state !== "RESUMING",
)

const withStatus = (schema: StructuralSchema): CustomResourceDefinition =>
  ({
    ...sparkApplicationCrd,
    spec: {
      ...sparkApplicationCrd.spec,
      versions: [
        { ...version, schema: { openAPIV3Schema: { ...ours, properties: { ...ours.properties, status: schema } } } },
      ],
    },
  }) as unknown as CustomResourceDefinition

export const foreignDefinition = withStatus({ ...status, properties: { ...status.properties, applicationState } })

/** Ours, as an earlier version might have had it: without a field of the attempts, and without one of its states. */
export const olderDefinition = (): CustomResourceDefinition => {
  const whole = ours.properties!["status"]!
  const attempts = whole.properties!["attempts"]!
  const state = applicationStateOf(whole)
  return withStatus({
    ...whole,
    properties: {
      ...whole.properties,
      applicationState: {
        ...state,
        properties: { ...state.properties, state: { ...state.properties!["state"], enum: earlierStates } },
      },
      attempts: { ...attempts, items: without(attempts.items!, (field) => field !== "failure") },
    },
  })
}

export const ourDefinition = sparkApplicationCrd as unknown as CustomResourceDefinition

export const definitions = resource<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)

/** Replaces the definition that the cluster has, as `kubectl replace` does. */
export const redefine = (kube: KubeApi, { spec, metadata }: CustomResourceDefinition): Effect.Effect<void> =>
  kube
    .patch(definitions, "", metadata?.name ?? "", {
      type: "json",
      body: [{ op: "replace", path: "/spec", value: spec }],
    })
    .pipe(Effect.asVoid, Effect.orDie)
