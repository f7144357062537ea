/**
 * Submissions that meet with errors which may be temporary: since when, and why. No status records them at first, so it is remembered here; a
 * new process begins again. Kept until the submission is carried out or the application is gone.
 */

import { Clock, Effect, Exit, Option } from "effect"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Delay } from "../lifecycle/Observed.ts"

export interface SubmissionDelays {
  readonly of: (key: string, submissionId: string | undefined) => Delay | undefined
  /**
   * Carries out a submission of this application, after `prepare`, which also deletes what remains of the attempt before. If one of them fails,
   * that is remembered, else all is forgotten.
   */
  readonly remembering: <A, R>(
    key: string,
    submissionId: string,
    prepare: Effect.Effect<unknown, KubeError, R>,
    submit: Effect.Effect<A, KubeError, R>,
  ) => Effect.Effect<A, KubeError, R>
  /** The application is gone. */
  readonly forget: (key: string) => void
}

/** What ended a try that has no error of the API: its time was over. */
const outOfTime = { reason: "Timeout", message: "the submission was not finished in time" }

export const make = (): SubmissionDelays => {
  const delays = new Map<string, Delay & { readonly submissionId: string }>()
  const of = (key: string, submissionId: string | undefined) => {
    const delay = delays.get(key)
    return delay?.submissionId === submissionId ? delay : undefined
  }
  const failed =
    (key: string, submissionId: string, remainsDeleted: boolean) => (exit: Exit.Exit<unknown, KubeError>) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (Exit.isSuccess(exit)) return
        const { reason, message } = Option.getOrElse(Exit.findErrorOption(exit), () => outOfTime)
        const since = of(key, submissionId)?.since ?? now
        delays.set(key, { submissionId, since, reason, message, remainsDeleted })
      })
  return {
    of,
    remembering: (key, submissionId, prepare, submit) =>
      Effect.onExit(prepare, failed(key, submissionId, of(key, submissionId)?.remainsDeleted ?? false)).pipe(
        Effect.andThen(Effect.onExit(submit, failed(key, submissionId, true))),
        Effect.tap(() => Effect.sync(() => void delays.delete(key))),
      ),
    forget: (key) => void delays.delete(key),
  }
}
