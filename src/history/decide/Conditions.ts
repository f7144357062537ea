/** The conditions of a SparkHistoryServer: each is computed by exactly one function, so none can contradict another. Pure. */

import type { Deployment, DeploymentCondition } from "kubernetes-types/apps/v1"
import { type Claim, claim } from "../../api/Condition.ts"
import { describeProblems, type Problem } from "../../api/Problem.ts"
import { causeOf } from "./Causes.ts"
import type { Refusal, Situation } from "./Situation.ts"

/** Undefined: the condition does not apply. */
type Writer = (s: Situation) => Claim | undefined

const claimWarnings = ({ claims, replicas }: Situation): ReadonlyArray<Problem> =>
  claims.flatMap(({ name, accessModes }) => {
    const field = "spec.logDirectories"
    if (accessModes === undefined) {
      return [
        { field, message: `PersistentVolumeClaim ${name} does not exist; create it in the namespace of the server` },
      ]
    }
    if (accessModes.includes("ReadWriteMany")) return []
    const modes = accessModes.join(", ")
    return [
      {
        field,
        message: `PersistentVolumeClaim ${name} is ${modes}, so drivers${replicas > 1 ? " and further pods of the server" : ""} on other nodes cannot mount it; use a claim that is ReadWriteMany`,
      },
    ]
  })

/** All of the spec and of what it names. */
export const warningsOf = (s: Situation): ReadonlyArray<Problem> => [...s.warnings, ...claimWarnings(s)]

const accepted: Writer = (s) => {
  if (s.problems.length > 0) return claim("False", "InvalidSpec", describeProblems(s.problems))
  const warnings = warningsOf(s)
  return warnings.length > 0
    ? claim("True", "ValidWithWarnings", describeProblems(warnings))
    : claim("True", "Valid", "The server can be started")
}

const readyPods = ({ pods }: Situation) => pods.filter(({ ready, deleting }) => ready && !deleting)

/** The newest pod tells what the present spec leads to. */
const newestCause = ({ pods, directories }: Situation): Claim | undefined =>
  pods
    .filter(({ ready, deleting }) => !ready && !deleting)
    .sort((a, b) => b.createdAt - a.createdAt)
    .map((pod) => causeOf(pod, directories))
    .find((cause) => cause !== undefined)

const available: Writer = (s) => {
  const ready = readyPods(s).length
  if (ready > 0) return claim("True", "MinimumReplicasAvailable", `${ready} of ${s.replicas} pods answer`)
  if (s.deployments.length === 0 && s.problems.length > 0)
    return claim("False", "InvalidSpec", describeProblems(s.problems))
  if (s.replicas === 0) return claim("False", "ScaledToZero", "spec.replicas is 0")
  const refused = s.refusals?.find(isEssential)
  if (refused !== undefined && s.deployments.length === 0) return claim("False", refused.reason, refused.message)
  return newestCause(s) ?? replicaFailure(s) ?? claim("False", "Starting", "The server has not answered yet")
}

const isEssential = ({ resource }: Refusal) => resource.kind === "Deployment" || resource.kind === "ConfigMap"

const conditionOf = ({ status }: Deployment, type: string): DeploymentCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type)

/** Pods that the API server refuses, for a quota or a policy. */
const replicaFailure = ({ deployments }: Situation): Claim | undefined => {
  const failed = deployments.map((one) => conditionOf(one, "ReplicaFailure")).find((one) => one?.status === "True")
  return failed && claim("False", failed.reason ?? "ReplicaFailure", failed.message ?? "")
}

/** Every pod is of the present spec, and answers. */
const isComplete = ({ metadata, spec, status = {} }: Deployment): boolean => {
  const wanted = spec?.replicas ?? 1
  const isSeen = (status.observedGeneration ?? 0) >= (metadata?.generation ?? 0)
  return isSeen && [status.updatedReplicas, status.replicas, status.availableReplicas].every((n = 0) => n === wanted)
}

/** Of the Deployments, with their reasons. */
const progressing: Writer = (s) => {
  const refused = s.refusals?.find(isEssential)
  if (refused !== undefined) return claim("False", refused.reason, refused.message)
  const failed = replicaFailure(s)
  if (failed !== undefined) return failed
  if (s.deployments.length === 0) {
    return s.problems.length > 0
      ? claim("False", "InvalidSpec", "Nothing is made before the spec is corrected")
      : claim("True", "NewReplicaSetCreated", "The pods are being created")
  }
  if (s.deployments.every(isComplete)) return claim("True", "NewReplicaSetAvailable", "All pods have the current spec")
  const stuck = s.deployments.map((one) => conditionOf(one, "Progressing")).find((one) => one?.status === "False")
  if (stuck !== undefined) return claim("False", stuck.reason ?? "ProgressDeadlineExceeded", stuck.message ?? "")
  return claim("True", "ReplicaSetUpdated", "Pods are being replaced or started")
}

const routeClaim = ({ route }: Situation): Claim | undefined => {
  if (route?.problem !== undefined) return claim("False", route.problem.reason, route.problem.message)
  return route?.pending === true
    ? claim("False", "Pending", "No controller of the Gateway API has reported on the HTTPRoute yet")
    : undefined
}

/** Service, Ingress and HTTPRoute. */
const exposed: Writer = (s) => {
  const failures = (s.refusals ?? []).filter((refusal) => !isEssential(refusal))
  const [first] = failures
  if (first !== undefined) {
    return claim(
      "False",
      first.reason,
      failures
        .map(({ message }) => message)
        .join("; ")
        .slice(0, 4096),
    )
  }
  if (s.desired === undefined) return s.status.conditions?.find(({ type }) => type === "Exposed")
  return routeClaim(s) ?? claim("True", "Applied", `Browsers reach the server at ${s.addresses?.url ?? ""}`)
}

const applicationsSelected: Writer = ({ selection }) => {
  if (selection === undefined) return undefined
  return selection.conflict === undefined
    ? claim("True", "Selecting", "No other history server selects the same applications")
    : claim("False", "SelectorConflict", selection.conflict)
}

const writers: Readonly<Record<string, Writer>> = {
  Accepted: accepted,
  Available: available,
  Progressing: progressing,
  Exposed: exposed,
  ApplicationsSelected: applicationsSelected,
}

/** What each condition says. */
export const claimsOf = (s: Situation): Readonly<Record<string, Claim | undefined>> =>
  Object.fromEntries(Object.entries(writers).map(([type, write]) => [type, write(s)]))
