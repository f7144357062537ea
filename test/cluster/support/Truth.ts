/** What must be true after every scenario: the driver and the status agree on executors, and the operator's metrics equal the API. */

import { assert } from "@effect/vitest"
import { Effect, Equal } from "effect"
import type { PodList } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { seriesName } from "../../../src/Instruments.ts"
import { sample } from "../../support/MetricsText.ts"
import { operatorLabels, operatorNamespace } from "./Environment.ts"
import { raw, rawText } from "./Raw.ts"
import { eventually, type World } from "./World.ts"

/** The text that Prometheus scrapes, through the API server. */
export const scrape = Effect.gen(function* () {
  const pods = `/api/v1/namespaces/${operatorNamespace}/pods`
  const running = new URLSearchParams({ labelSelector: operatorLabels, fieldSelector: "status.phase=Running" })
  const { items } = (yield* raw(`${pods}?${running}`)) as PodList
  return yield* rawText(`${pods}/${items[0]?.metadata?.name}:8080/proxy/metrics`)
}).pipe(Effect.orDie)

/** Waits until a series is scraped with this value: what is written in a status is measured when the API server has answered. */
export const untilMetric = (name: string, labels: Readonly<Record<string, string>>, value: number) => {
  const seen = Effect.map(scrape, (text) => sample(text, name, labels))
  return eventually(
    Effect.map(seen, (it) => (it === value ? it : undefined)),
    15,
    Effect.map(seen, (it) => `${name} ${JSON.stringify(labels)} should be ${value}, and is ${it}`),
  )
}

interface RestExecutor {
  readonly id: string
  readonly isActive: boolean
}

/** Waits until the driver's REST API, the pods and the status agree on how many executors run, and that they are `count`. */
export const executorsAgree = Effect.fnUntraced(function* (world: World, name: string, count: number) {
  const look = Effect.gen(function* () {
    const reported = (yield* world.rest(name, "executors")) as ReadonlyArray<RestExecutor>
    return {
      driver: reported.filter(({ id, isActive }) => id !== "driver" && isActive).length,
      pods: (yield* world.executors(name)).length,
      status: (yield* world.application(name))?.status?.executors?.running ?? 0,
    }
  })
  yield* eventually(
    Effect.map(look, (seen) => (Object.values(seen).every((it) => it === count) ? seen : undefined)),
    150,
    Effect.map(look, (seen) => `${name} should have ${count} executors: ${JSON.stringify(seen)}`),
  )
})

/** An application that has ended, once it counts no executor as running and this many as ended: executors may outlive their driver by a moment. */
export const executorsEnded = Effect.fnUntraced(function* (
  world: World,
  name: string,
  ended: { readonly succeeded: number; readonly failed: number },
) {
  const expected = { pending: 0, running: 0, ...ended }
  return yield* world.until(
    name,
    `one whose executors ended as ${JSON.stringify(expected)}`,
    ({ status }) => {
      const { failures: _, ...counts } = status?.executors ?? {}
      return Equal.equals(counts, expected)
    },
    30,
  )
})

const count = <A>(items: Iterable<A>, of: (item: A) => number) => [...items].reduce((sum, item) => sum + of(item), 0)

/** What a namespace's gauges must show, from the API. */
const gauges = (applications: ReadonlyArray<SparkApplication>, runningExecutors: number) => ({
  "spark.application.state": applications.length,
  "spark.application.running": count(applications, ({ status }) =>
    status?.applicationState.state === "RUNNING" ? 1 : 0,
  ),
  "spark.executor.running": runningExecutors,
})

/** What a namespace's counters must show, if it is watched by one operator from its first application on and none was deleted. */
const counters = (applications: ReadonlyArray<SparkApplication>) => {
  const attempts = applications.flatMap(({ status }) => status?.attempts ?? [])
  const inState = (state: string) =>
    count(applications, ({ status }) => (status?.applicationState.state === state ? 1 : 0))
  return {
    "spark.application.created": applications.length,
    "spark.application.submitted": count(attempts, ({ submittedTime }) => (submittedTime ? 1 : 0)),
    "spark.application.succeeded": inState("COMPLETED"),
    "spark.application.failed": inState("FAILED"),
  }
}

/** Compares until they are equal, for 15 s: a scrape may come between an event and its handling. */
export const metricsEqualTruth = Effect.fnUntraced(function* (
  world: World,
  what: "gauges" | "gauges and counters" = "gauges and counters",
) {
  const compare = Effect.gen(function* () {
    const { items } = yield* Effect.orDie(world.kube.list(sparkApplications, { namespace: world.namespace }))
    const running = (yield* world.pods("spark-role=executor")).filter(
      ({ status }) => status?.phase === "Running",
    ).length
    const expected = { ...gauges(items, running), ...(what === "gauges" ? {} : counters(items)) }
    const body = yield* scrape
    const actual = Object.fromEntries(
      Object.keys(expected).map((name) => [
        name,
        sample(body, seriesName(name as Parameters<typeof seriesName>[0]), { k8s_namespace_name: world.namespace }) ??
          0,
      ]),
    )
    return { expected, actual }
  })
  const { expected, actual } = yield* eventually(
    Effect.map(compare, (it) => (JSON.stringify(it.expected) === JSON.stringify(it.actual) ? it : undefined)),
    15,
    Effect.map(compare, (it) => `metrics and truth differ: ${JSON.stringify(it)}`),
  )
  assert.deepStrictEqual(actual, expected)
})
