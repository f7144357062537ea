/**
 * The Job controller of the local cluster, for Jobs that run once (`backoffLimit: 0`): one pod per Job, the Job's conditions after the
 * end of the pod, the deadline, and the time to live. One fiber per Job, by uid; its steps are idempotent.
 */

import { Clock, Effect, FiberMap, Stream } from "effect"
import type { Job } from "kubernetes-types/batch/v1"
import type { Pod } from "kubernetes-types/core/v1"
import { find, type KubeApi, Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { reflect } from "../../kube/Reflector.ts"
import { jobs, pods } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"

const nameOf = (job: Job) => job.metadata?.name ?? ""
const namespaceOf = (job: Job) => job.metadata?.namespace ?? "default"
const uidOf = (job: Job) => job.metadata?.uid ?? ""

/** The name depends only on the Job, so that there cannot be a second pod. */
const podOf = (job: Job): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  ...job.spec?.template,
  metadata: {
    ...job.spec?.template.metadata,
    name: `${nameOf(job).slice(0, 57)}-${uidOf(job).replaceAll("-", "").slice(0, 5)}`,
    namespace: namespaceOf(job),
    labels: { ...job.spec?.template.metadata?.labels, "batch.kubernetes.io/job-name": nameOf(job) },
    ownerReferences: [
      {
        apiVersion: "batch/v1",
        kind: "Job",
        name: nameOf(job),
        uid: uidOf(job),
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
})

const isFinished = (job: Job) =>
  job.status?.conditions?.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True") ??
  false

interface Outcome {
  readonly type: "Complete" | "Failed"
  readonly reason: string
  readonly message: string
}

const finish = Effect.fnUntraced(function* (kube: KubeApi, job: Job, outcome: Outcome) {
  const time = timestamp(yield* Clock.currentTimeMillis)
  const done = outcome.type === "Complete" ? { succeeded: 1, completionTime: time } : { failed: 1 }
  const conditions = [{ ...outcome, status: "True", lastProbeTime: time, lastTransitionTime: time }]
  yield* kube.patch(jobs, namespaceOf(job), nameOf(job), {
    type: "merge",
    subresource: "status",
    body: { status: { active: 0, ...done, conditions } },
  })
})

const deadlinePassed = (job: Job, now: number) =>
  now - Date.parse(job.metadata?.creationTimestamp ?? "") >= (job.spec?.activeDeadlineSeconds ?? Infinity) * 1000

const outcomeOf = (pod: Pod | undefined): Outcome | undefined => {
  if (pod?.status?.phase === "Succeeded") {
    return { type: "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" }
  }
  return pod === undefined || pod.status?.phase === "Failed"
    ? { type: "Failed", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" }
    : undefined
}

/** Turns this failure into `undefined`. */
const ignoring =
  (reason: KubeError["reason"]) =>
  <A>(request: Effect.Effect<A, KubeError>): Effect.Effect<A | undefined, KubeError> =>
    Effect.catchIf(
      request,
      (error) => error.reason === reason,
      () => Effect.succeed(undefined),
    )

/** From the creation of the pod to the end of the Job. */
const work = Effect.fnUntraced(function* (kube: KubeApi, job: Job): Effect.fn.Return<void, KubeError> {
  const pod = podOf(job)
  const name = pod.metadata?.name ?? ""
  yield* kube.create(pods, namespaceOf(job), pod).pipe(ignoring("AlreadyExists"))
  for (;;) {
    yield* Effect.sleep("500 millis")
    const outcome = outcomeOf(yield* find(kube, pods, namespaceOf(job), name))
    if (outcome !== undefined) return yield* finish(kube, job, outcome)
    if (!deadlinePassed(job, yield* Clock.currentTimeMillis)) continue
    yield* kube.delete(pods, namespaceOf(job), name).pipe(ignoring("NotFound"))
    const message = "Job was active longer than specified deadline"
    return yield* finish(kube, job, { type: "Failed", reason: "DeadlineExceeded", message })
  }
})

const live = Effect.fnUntraced(function* (kube: KubeApi, job: Job): Effect.fn.Return<void, KubeError> {
  if (!isFinished(job)) yield* work(kube, job)
  const timeToLive = job.spec?.ttlSecondsAfterFinished
  if (timeToLive === undefined) return
  yield* Effect.sleep(`${timeToLive} seconds`)
  yield* kube.delete(jobs, namespaceOf(job), nameOf(job), { uid: uidOf(job), propagationPolicy: "Background" })
})

/** Runs until its scope closes. */
export const run = Effect.gen(function* () {
  const kube = yield* Kube
  const lives = yield* FiberMap.make<string>()
  const seen = (job: Job) =>
    job.metadata?.deletionTimestamp !== undefined
      ? FiberMap.remove(lives, uidOf(job))
      : FiberMap.run(
          lives,
          uidOf(job),
          live(kube, job).pipe(
            Effect.catch((error) =>
              Effect.logWarning(`the Job controller gives up on Job ${nameOf(job)}: ${error.message}`),
            ),
          ),
          { onlyIfMissing: true },
        )
  yield* reflect(kube, jobs).events.pipe(
    Stream.runForEach((event) => {
      switch (event._tag) {
        case "Listed":
          return Effect.forEach(event.objects, seen, { discard: true })
        case "Applied":
          return seen(event.object)
        case "Deleted":
          return FiberMap.remove(lives, uidOf(event.object))
        case "Bookmark":
          return Effect.void
      }
    }),
  )
  return yield* Effect.never
})
