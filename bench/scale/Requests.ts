/** The operator's requests to the API server and its reconciles so far, from its metrics on the port where the benchmarks start it. */

import { Effect } from "effect"
import { sample, samples } from "../../test/support/MetricsText.ts"

/** By `verb resource`. */
export type Requests = ReadonlyMap<string, number>

/** What Prometheus would scrape. */
export const metrics = Effect.promise(() =>
  fetch(`http://127.0.0.1:${process.env["FIRESTEEL_METRICS_PORT"]}/metrics`).then((answer) => answer.text()),
)

/** How many reconciles there were, and how long they took together. */
export const reconciles: Effect.Effect<{ readonly count: number; readonly seconds: number }> = Effect.map(
  metrics,
  (text) => ({
    count: sample(text, "spark_operator_reconcile_duration_seconds_count") ?? 0,
    seconds: sample(text, "spark_operator_reconcile_duration_seconds_sum") ?? 0,
  }),
)

export const requests: Effect.Effect<Requests> = Effect.map(metrics, (text) => {
  const sums = new Map<string, number>()
  for (const { name, labels, value } of samples(text)) {
    if (name !== "kubernetes_client_requests_total" || value === 0) continue
    const key = `${labels["verb"]} ${labels["resource"]}`
    sums.set(key, (sums.get(key) ?? 0) + value)
  }
  return sums
})

/** What came after `before`, sorted by `verb resource`. */
export const since = (before: Requests, after: Requests): ReadonlyArray<readonly [string, number]> =>
  [...after].toSorted(([a], [b]) => a.localeCompare(b)).map(([key, value]) => [key, value - (before.get(key) ?? 0)])
