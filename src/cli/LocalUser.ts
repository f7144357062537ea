/**
 * Plays the user that an example needs: an application created suspended, with the annotation `local.firesteel.dev/resume-after`,
 * is resumed that long after the operator has suspended it.
 */
import { Effect, FiberMap, Option, Stream, SubscriptionRef } from "effect"
import type { SparkApplication } from "../api/SparkApplication.ts"
import { Kube } from "../kube/Kube.ts"
import { sparkApplications } from "../kube/Resource.ts"
import type { LocalPicture } from "./LocalPicture.ts"
import { applicationKey } from "./LocalRow.ts"
import { duration } from "./ValueKind.ts"

export const resumeAfterAnnotation = "local.firesteel.dev/resume-after"

/** Resumes in the scope, each application once. A value that is no duration is logged and left alone. */
export const playUser = Effect.fnUntraced(function* (picture: SubscriptionRef.SubscriptionRef<LocalPicture>) {
  const kube = yield* Kube
  const waiting = yield* FiberMap.make<string, void>()
  const played = new Set<string>()

  const resume = Effect.fnUntraced(function* (application: SparkApplication, text: string) {
    const { namespace, name } = application.metadata
    const seconds = duration.parse(text)
    if (Option.isNone(seconds)) {
      return yield* Effect.logWarning(
        `${applicationKey(application)}: ${resumeAfterAnnotation}: "${text}" is not ${duration.allowed}`,
      )
    }
    yield* Effect.sleep(seconds.value * 1000)
    const body = { spec: { suspend: false } }
    yield* Effect.catch(kube.patch(sparkApplications, namespace, name, { type: "merge", body }), (error) =>
      Effect.logWarning(`${applicationKey(application)} could not be resumed: ${error.message}`),
    )
  })

  yield* Effect.forkScoped(
    Stream.runForEach(SubscriptionRef.changes(picture), ({ applications }) =>
      Effect.forEach(
        applications.values(),
        (application) => {
          const text = application.metadata.annotations?.[resumeAfterAnnotation]
          const suspended = application.status?.applicationState.state === "SUSPENDED"
          if (text === undefined || !suspended || played.has(application.metadata.uid)) return Effect.void
          played.add(application.metadata.uid)
          return FiberMap.run(waiting, application.metadata.uid, resume(application, text))
        },
        { discard: true },
      ),
    ),
  )
})
