/** Which queries of dashboards and alerts have no result in a run, and which have different results on its two paths. */

import { Effect } from "effect"
import { eventually } from "../support/World.ts"
import { agree, filled, type Question, withoutRates } from "./DashboardQueries.ts"
import type { Prometheus } from "./Prometheus.ts"

export interface Run {
  readonly prometheus: Prometheus
  readonly namespace: string
  /** Applications that run: what one of them has, such as micro-batches, another may not have. */
  readonly apps: ReadonlyArray<string>
}

/** The query as it is asked about each application, once if it asks about none. */
const asked = ({ namespace, apps }: Run, promql: string, job: string): ReadonlyArray<string> => [
  ...new Set(apps.map((app) => filled(promql, { job, namespace, app }))),
]

/** Those of the questions for which `holds` does not become true within a minute. */
const failing = (questions: ReadonlyArray<Question>, holds: (question: Question) => Effect.Effect<boolean>) =>
  Effect.forEach(
    questions,
    (question) =>
      eventually(
        Effect.map(holds(question), (yes) => (yes ? [] : undefined)),
        60,
        Effect.succeed(question.where),
      ).pipe(Effect.catchDefect(() => Effect.succeed([`${question.where}: ${question.promql}`]))),
    { concurrency: 8 },
  ).pipe(Effect.map((failed) => failed.flat()))

/** Questions without an answer from `job`, about any application. */
export const empty = (run: Run, questions: ReadonlyArray<Question>, job: string) =>
  failing(questions, ({ promql }) =>
    Effect.map(Effect.forEach(asked(run, promql, job), run.prometheus.found), (found) => found.some((it) => it > 0)),
  )

/** Questions to which two jobs never had the same answer within a minute, of some application. */
export const differing = (run: Run, questions: ReadonlyArray<Question>, one: string, other: string) =>
  failing(questions, ({ promql }) => {
    const here = asked(run, withoutRates(promql), one)
    const there = asked(run, withoutRates(promql), other)
    const sameOf = (at: number) =>
      Effect.map(
        Effect.all([run.prometheus.range(here[at]!, 60), run.prometheus.range(there[at]!, 60)]),
        ([a, b]) => (a.length === 0 && b.length === 0) || agree(promql, a, b),
      )
    return Effect.map(
      Effect.forEach(here, (_, at) => sameOf(at)),
      (same) => same.every(Boolean),
    )
  })
