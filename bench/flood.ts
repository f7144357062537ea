/**
 * `node bench/flood.ts [applications]`: creates that many applications at once in the cluster of $KUBECONFIG (local mode, or a cluster with
 * simulated nodes) where an operator runs, and prints how long it took until all drivers existed and until all had completed.
 */

import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect } from "effect"
import type { SparkApplication } from "../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../src/api/Kinds.ts"
import { Kube } from "../src/kube/Kube.ts"
import * as KubeHttp from "../src/kube/KubeHttp.ts"

const count = Number(process.argv[2] ?? 1000)
const label = "bench=flood"

const application = (index: number) =>
  ({
    metadata: { name: `flood-${index}`, namespace: "default", labels: { bench: "flood" } },
    spec: {
      type: "Scala",
      sparkVersion: "4.0.4",
      image: "spark:4.0.4",
      mainClass: "org.apache.spark.examples.SparkPi",
      mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
      driver: { annotations: { "local.firesteel.dev/pull-seconds": "0.1", "local.firesteel.dev/run-seconds": "1" } },
      executor: { instances: 1 },
    },
  }) as unknown as SparkApplication

const program = Effect.gen(function* () {
  const kube = yield* Kube
  const seconds = Effect.map(Clock.currentTimeMillis, (now) => now / 1000)
  const start = yield* seconds
  const since = Effect.map(seconds, (now) => (now - start).toFixed(1))

  const reached = Effect.fnUntraced(function* (what: string, done: (it: SparkApplication) => boolean) {
    while (true) {
      const { items } = yield* kube.list(sparkApplications, { namespace: "default", labelSelector: label })
      if (items.filter(done).length === count) break
      yield* Effect.sleep(250)
    }
    yield* Console.log(`${count} ${what} after ${yield* since} s`)
  })

  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => kube.create(sparkApplications, "default", application(index)),
    { concurrency: 32, discard: true },
  )
  yield* Console.log(`${count} applications created after ${yield* since} s`)
  yield* reached("submitted", ({ status }) => status?.attempts?.[0]?.submittedTime !== undefined)
  yield* reached("completed", ({ status }) => status?.applicationState.state === "COMPLETED")
  yield* Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => kube.delete(sparkApplications, "default", `flood-${index}`),
    { concurrency: 32, discard: true },
  )
})

program.pipe(Effect.provide(KubeHttp.layer({ environment: process.env })), NodeRuntime.runMain)
