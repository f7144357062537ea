/** Event logs that the operator configures, and links to the history of runs, over the whole life of applications and Connect servers. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { PersistentVolumeClaim } from "kubernetes-types/core/v1"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, resource } from "../../src/kube/Resource.ts"
import { connects, sparkConnect } from "../support/ConnectBench.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const claims = resource<PersistentVolumeClaim>("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim")

const flags = [
  "--event-log-dir=file:///spark-events",
  "--event-log-claim=event-logs",
  "--history-url-format=https://history.example.com/history/{{appId}}/",
]

/** As an administrator makes it in the namespace of the applications. */
const start = Effect.gen(function* () {
  const world = yield* makeWorld
  const spec = { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } }
  yield* world.kube.create(claims, "default", { metadata: { name: "event-logs" }, spec })
  return world
})

const linkOf = (id: string | undefined) => `https://history.example.com/history/${id}/`

describe("the history of a run", () => {
  it.effect("has its address in the status before the driver runs, and keeps it after the end", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      yield* world.apply(sparkPi("pi", { "pull-seconds": "3", "run-seconds": "3" }))
      yield* pass(1)
      const { status: submitted } = yield* world.reported("pi")
      assert.strictEqual(submitted.applicationState.state, "SUBMITTED")
      assert.strictEqual(submitted.historyURL, linkOf(submitted.sparkApplicationId))
      const { items } = yield* world.kube.list(configMaps, { namespace: "default" })
      const properties = items.map(({ data }) => data?.["spark.properties"] ?? "").join("")
      assert.include(properties, "spark.eventLog.enabled=true")
      yield* pass(15)
      const { status: ended } = yield* world.reported("pi")
      assert.strictEqual(ended.applicationState.state, "COMPLETED")
      assert.strictEqual(ended.historyURL, submitted.historyURL)
      assert.strictEqual(ended.attempts?.[0]?.historyURL, submitted.historyURL)
    }),
  )

  it.effect("is that of the newest attempt, and each attempt keeps its own", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      const restartPolicy = { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const
      yield* world.apply(sparkPi("flaky", { "run-seconds": "2", "exit-code": "1, 0" }, { restartPolicy }))
      yield* pass(30)
      const { status } = yield* world.reported("flaky")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      const links = status.attempts?.map(({ historyURL }) => historyURL) ?? []
      assert.lengthOf(new Set(links), 2)
      assert.strictEqual(status.historyURL, links[1])
      assert.strictEqual(status.historyURL, linkOf(status.sparkApplicationId))
    }),
  )

  it.effect("has no address without an event log, also after an attempt that had one", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(5)
      assert.isDefined((yield* world.reported("pi")).status.historyURL)
      const body = { spec: { sparkConf: { "spark.eventLog.enabled": "false" } } }
      yield* world.kube.patch(sparkApplications, "default", "pi", { type: "merge", body })
      yield* pass(20)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.isUndefined(status.historyURL)
      assert.deepStrictEqual(
        status.attempts?.map(({ historyURL }) => historyURL !== undefined),
        [true, false],
      )
    }),
  )

  it.effect("is written into a directory that the history server does not read: the condition says so", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      const sparkConf = { "spark.eventLog.enabled": "true", "spark.eventLog.dir": "s3a://team/logs" }
      yield* world.apply(sparkPi("pi", { "run-seconds": "2" }, { sparkConf }))
      yield* pass(10)
      const { status } = yield* world.reported("pi")
      assert.isUndefined(status.historyURL)
      const accepted = status.conditions?.find(({ type }) => type === "Accepted")
      assert.match(accepted?.message ?? "", /spark\.eventLog\.dir.*s3a:\/\/team\/logs.*file:\/\/\/spark-events/)
    }),
  )

  it.effect("has its address although the operator was killed after it had created the driver", () =>
    Effect.gen(function* () {
      const world = yield* start
      const operator = yield* world.startOperator(
        (request) =>
          request.verb === "patch" && request.resource === "sparkapplications" && world.driversEver().length > 0
            ? { _tag: "Respond", status: 500 }
            : undefined,
        flags,
      )
      yield* world.apply(sparkPi("pi", { "run-seconds": "forever" }))
      yield* pass(2)
      assert.lengthOf(world.driversEver(), 1)
      yield* operator.kill
      yield* world.startOperator(undefined, flags)
      yield* pass(10)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "RUNNING")
      assert.strictEqual(status.historyURL, linkOf(status.sparkApplicationId))
      assert.lengthOf(world.driversEver(), 1)
    }),
  )

  it.effect("of a run that spark-submit submitted in a Job has the id that spark-submit made", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      yield* world.apply(sparkPi("pi", { "run-seconds": "2" }, { submission: { submitter: "job" } }))
      yield* pass(30)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.strictEqual(status.historyURL, linkOf(status.sparkApplicationId))
    }),
  )

  it.effect("of a Connect server has its address in the status", () =>
    Effect.gen(function* () {
      const world = yield* start
      yield* world.startOperator(undefined, flags)
      const connect = connects(world)
      yield* connect.apply(sparkConnect("analysts"))
      const status = yield* connect.until("analysts", ({ state }) => state === "Ready")
      assert.strictEqual(status.historyURL, linkOf(status.sparkApplicationId))
      assert.strictEqual(status.attempts?.[0]?.historyURL, status.historyURL)
    }),
  )
})
