/**
 * Submissions that meet with errors which may be temporary: since when, and why. No status records them at first, so it is remembered here; a
 * new process begins again. Kept until the submission is carried out or the application is gone.
 */

import { Clock, Effect } from "effect"
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

export const make = (): SubmissionDelays => {
  const delays = new Map<string, Delay & { readonly submissionId: string }>()
  const of = (key: string, submissionId: string | undefined) => {
    const delay = delays.get(key)
    return delay?.submissionId === submissionId ? delay : undefined
  }
  const failed = (key: string, submissionId: string, remainsDeleted: boolean) => (error: KubeError) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const { reason, message } = error
      const since = of(key, submissionId)?.since ?? now
      delays.set(key, { submissionId, since, reason, message, remainsDeleted })
    })
  return {
    of,
    remembering: (key, submissionId, prepare, submit) =>
      Effect.tapError(prepare, failed(key, submissionId, false)).pipe(
        Effect.andThen(Effect.tapError(submit, failed(key, submissionId, true))),
        Effect.tap(() => Effect.sync(() => void delays.delete(key))),
      ),
    forget: (key) => void delays.delete(key),
  }
}
