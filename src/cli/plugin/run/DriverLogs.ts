/** The logs of the drivers of a run, attempt by attempt, while it runs. */

import { Effect, Stream } from "effect"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import { isFinal, stateOf } from "../../../api/States.ts"
import { lastAttempt } from "../../../application/lifecycle/Attempts.ts"
import { Kube } from "../../../kube/Kube.ts"
import { driverPodName } from "../../../spark/Names.ts"
import { driverContainerName } from "../../../spark/pod/SparkPod.ts"
import { print } from "../../Command.ts"

/** An attempt whose driver has a log. */
interface Printing {
  readonly number: number
  readonly pod: string
}

/** The attempt that a version of the application shows, if its driver has started. */
const printingOf = (application: SparkApplication): Printing | undefined => {
  const attempt = lastAttempt(application.status)
  return attempt?.runningTime === undefined
    ? undefined
    : { number: attempt.number, pod: application.status?.driverInfo.podName ?? driverPodName(application) }
}

/**
 * Prints each driver's log once, from its beginning to its end, and returns when the application is final. A log that cannot be read is
 * reported to `remark`, and the rest continues.
 */
export const printDriverLogs = Effect.fnUntraced(function* <E, R>(
  versions: Stream.Stream<SparkApplication, E, R>,
  remark: (line: string) => Effect.Effect<void>,
) {
  const kube = yield* Kube
  let printed = 0
  return yield* versions.pipe(
    Stream.takeUntil(({ status }) => isFinal(stateOf(status))),
    Stream.runForEach((application) => {
      const printing = printingOf(application)
      if (printing === undefined || printing.number <= printed) return Effect.void
      printed = printing.number
      const { namespace } = application.metadata
      const log = kube.podLog({ namespace, name: printing.pod, container: driverContainerName }, { follow: true })
      return Stream.runForEach(log, print).pipe(
        Effect.catch(({ message }) => remark(`the log of attempt ${printing.number} cannot be read: ${message}`)),
      )
    }),
  )
})
