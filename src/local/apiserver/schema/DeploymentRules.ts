/** What the API server does to Deployments: defaults, validation, and the selector that cannot change. */

import { sameJson } from "../../../kube/json/SameJson.ts"
import { type FieldError, forbidden, invalidValue, required, unsupported } from "../ApiError.ts"
import { type ApiObject, type Fields, at, fields } from "../ApiObject.ts"
import { defaultedTemplate, podSpecProblems } from "./PodRules.ts"

const strategyDefaults = (strategy: Fields): Fields => {
  const type = strategy["type"] ?? "RollingUpdate"
  return type === "RollingUpdate"
    ? { type, rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%", ...fields(strategy["rollingUpdate"]) } }
    : { ...strategy, type }
}

/** The Deployment with the defaults of the API server (`SetDefaults_Deployment`). */
export const defaultedDeployment = (deployment: ApiObject): ApiObject => {
  const spec = fields(deployment["spec"])
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: strategyDefaults(fields(spec["strategy"])),
      template: defaultedTemplate(fields(spec["template"])),
    },
  }
}

const selectorProblems = (spec: Fields): ReadonlyArray<FieldError> => {
  const selector = fields(fields(spec["selector"])["matchLabels"])
  if (spec["selector"] === undefined) return [required("spec.selector")]
  const labels = fields(fields(fields(spec["template"])["metadata"])["labels"])
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
    ? []
    : [invalidValue("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]
}

export const deploymentProblems = (deployment: ApiObject): ReadonlyArray<FieldError> => {
  const spec = fields(deployment["spec"])
  const policy = at(deployment, "spec.template.spec.restartPolicy")
  const isRecreate = at(deployment, "spec.strategy.type") === "Recreate"
  return [
    ...selectorProblems(spec),
    ...podSpecProblems(fields(at(deployment, "spec.template.spec")), "spec.template.spec"),
    ...(policy === undefined || policy === "Always"
      ? []
      : [unsupported("spec.template.spec.restartPolicy", policy, ["Always"])]),
    ...(isRecreate && at(deployment, "spec.strategy.rollingUpdate") !== undefined
      ? [forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")]
      : []),
  ]
}

export const deploymentUpdateProblems = (deployment: ApiObject, before: ApiObject): ReadonlyArray<FieldError> =>
  sameJson(at(deployment, "spec.selector"), at(before, "spec.selector"))
    ? []
    : [invalidValue("spec.selector", at(deployment, "spec.selector"), "field is immutable")]
