/** The gauges of Connect servers, compared with the API. */

import { Effect } from "effect"
import { sparkConnects } from "../../../src/api/Kinds.ts"
import { sample } from "../../support/MetricsText.ts"
import { scrape } from "./Truth.ts"
import { eventually, type World } from "./World.ts"

/** Waits until the gauges of the namespace show its servers by state, its executor pods, and these sessions. */
export const connectMetricsEqualTruth = Effect.fnUntraced(function* (
  { kube, namespace, pods }: World,
  { sessions }: { readonly sessions: number },
) {
  const look = Effect.gen(function* () {
    const { items } = yield* Effect.orDie(kube.list(sparkConnects, { namespace }))
    const executors = (yield* pods("spark-role=executor")).filter(({ status }) => status?.phase === "Running").length
    const states = [...new Set(items.map(({ status }) => status?.state ?? "New"))]
    const inState = (state: string) => items.filter(({ status }) => status?.state === state).length
    const text = yield* scrape
    const series = (name: string, labels: object = {}) =>
      sample(text, name, { k8s_namespace_name: namespace, ...labels }) ?? 0
    const expected = { all: items.length, executors, sessions, states: states.map(inState) }
    const actual = {
      all: series("spark_connect_servers"),
      executors: series("spark_connect_executors", { phase: "running" }),
      sessions: series("spark_connect_sessions"),
      states: states.map((state) => series("spark_connect_servers", { state })),
    }
    return { expected, actual }
  })
  yield* eventually(
    Effect.map(look, (it) => (JSON.stringify(it.expected) === JSON.stringify(it.actual) ? it : undefined)),
    15,
    Effect.map(look, (it) => `metrics and truth differ: ${JSON.stringify(it)}`),
  )
})
