/**
 * Simulates the user that an example needs: an application that is created suspended is resumed after the time in its annotation
 * `local.firesteel.dev/resume-after`, counted from when the operator has suspended it.
 */

import { Effect, FiberMap, Stream, SubscriptionRef } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { Kube } from "../../kube/Kube.ts"
import { keyOf } from "../../runtime/Store.ts"
import type { Expectation } from "./Examples.ts"
import type { LocalPicture } from "./Picture.ts"

/** Resumes applications in the scope, each once. The keys of `expectations` are `namespace/name`. */
export const playUser = Effect.fnUntraced(function* (
  picture: SubscriptionRef.SubscriptionRef<LocalPicture>,
  expectations: ReadonlyMap<string, Expectation>,
) {
  const kube = yield* Kube
  const resuming = yield* FiberMap.make<string, void>()
  const played = new Set<string>()

  const resume = Effect.fnUntraced(function* (application: SparkApplication, afterSeconds: number) {
    const { namespace, name } = application.metadata
    yield* Effect.sleep(afterSeconds * 1000)
    const body = { spec: { suspend: false } }
    yield* Effect.catch(kube.patch(sparkApplications, namespace, name, { type: "merge", body }), (error) =>
      Effect.logWarning(`${keyOf(application)} could not be resumed: ${error.message}`),
    )
  })

  const play = (application: SparkApplication | undefined, afterSeconds: number) => {
    if (application?.status?.applicationState.state !== "SUSPENDED") return Effect.void
    const { uid } = application.metadata
    if (played.has(uid)) return Effect.void
    played.add(uid)
    return FiberMap.run(resuming, uid, resume(application, afterSeconds))
  }
  const toResume = [...expectations].flatMap(([key, { resumeAfterSeconds }]) =>
    resumeAfterSeconds === undefined ? [] : [[key, resumeAfterSeconds] as const],
  )

  yield* SubscriptionRef.changes(picture).pipe(
    Stream.runForEach(({ applications }) =>
      Effect.forEach(toResume, ([key, seconds]) => play(applications.get(key), seconds), { discard: true }),
    ),
    Effect.forkScoped,
  )
})
