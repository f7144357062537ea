/** Submits natively: the operator creates the objects that spark-submit would create, the driver pod last. Idempotent. */

import { Effect } from "effect"
import { ensure, ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube } from "../../kube/Kube.ts"
import { KubeError } from "../../kube/KubeError.ts"
import { configMaps, pods, services } from "../../kube/Resource.ts"
import { build } from "../../spark/driver/Build.ts"
import { objectNames } from "../../spark/Names.ts"
import { driverFacts } from "../../spark/observe/PodFacts.ts"
import type { SubmissionOutcome } from "../lifecycle/Observed.ts"
import { createRequired, requiredChildren } from "./ApplyChildren.ts"
import { ofSubmission } from "./Ownership.ts"
import { reselect } from "./ServiceSelector.ts"
import { conflictWith } from "./SubmissionAnswers.ts"
import { withRecord } from "./SubmissionRecord.ts"
import type { InProgress } from "./Submit.ts"

/** The ConfigMap of the driver's configuration has the record; then everything that the driver needs is created, and then the driver. */
export const submitNatively = Effect.fnUntraced(function* ({
  action,
  application,
  valid,
  options,
  begin,
}: InProgress): Effect.fn.Return<SubmissionOutcome | undefined, KubeError, Kube> {
  const kube = yield* Kube
  const { namespace } = application.metadata
  const { submissionId, runSpecHash } = action
  const objects = build(valid, action, options)
  const { confConfigMap } = objectNames(application, submissionId)
  const required = requiredChildren(valid, action, options)
  const configuration = objects.configMaps.find(({ metadata }) => metadata?.name === confConfigMap)!

  const recorded = withRecord(configuration, application, runSpecHash, required)
  const first = yield* ensure(kube, configMaps, namespace, recorded)
  if (!ofSubmission(first, application, submissionId)) return conflictWith(first, application)
  if (Object.keys(recorded.data ?? {}).some((key) => first.data?.[key] === undefined)) {
    // An operator of an earlier version began this submission with fewer entries, which the pod made here needs; the repetition replaces it.
    yield* ignoreNotFound(kube.delete(configMaps, namespace, confConfigMap, { uid: first.metadata?.uid }))
    return yield* new KubeError({
      reason: "Conflict",
      request: `submit ${application.metadata.name}`,
      message: `ConfigMap ${confConfigMap} is of an earlier version of the operator and was deleted`,
    })
  }
  const earlier = yield* begin(first)
  if (earlier) return earlier.outcome

  const [taken, service, ...maps] = yield* Effect.all(
    [
      createRequired(required, application, submissionId),
      ensure(kube, services, namespace, objects.service),
      ...objects.configMaps
        .filter((map) => map !== configuration)
        .map((map) => ensure(kube, configMaps, namespace, map)),
    ],
    { concurrency: "unbounded" },
  )
  const foreign = taken ?? [service, ...maps].find((object) => !ofSubmission(object, application, submissionId))
  if (foreign) return conflictWith(foreign, application)
  yield* reselect(service, objects.service, namespace)
  const pod = yield* ensure(kube, pods, namespace, objects.pod)
  return ofSubmission(pod, application, submissionId)
    ? { _tag: "Accepted", driver: driverFacts(pod) }
    : conflictWith(pod, application)
})
