import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { limited, podLog } from "../../../src/local/apiserver/PodLog.ts"
import { podBackend } from "../../../src/local/spark/SparkPods.ts"
import { pod, refusal, widgetCluster } from "../../support/WidgetCluster.ts"

const once = { follow: false, previous: false, container: undefined, tailLines: undefined }

/** A running pod, and how to change its log and its phase. */
const running = Effect.gen(function* () {
  const { cluster, kind } = yield* widgetCluster({ podBackend })
  const pods = kind("pods")
  const log = (lines: ReadonlyArray<string>, times: ReadonlyArray<number> = []) => {
    const annotations = {
      "local.firesteel.dev/log": lines.join("\n"),
      "local.firesteel.dev/log-times": times.join(" "),
    }
    return cluster.patch(pods, "default", "a", { type: "merge", body: { metadata: { annotations } } })
  }
  const phase = (phase: string) =>
    cluster.patch(pods, "default", "a", { type: "merge", body: { status: { phase } }, subresource: "status" })
  yield* cluster.create(pods, "default", pod("a"))
  yield* phase("Running")
  return { cluster, pods, log, phase }
})

describe("The log of a pod", () => {
  it.effect("can be followed while old lines fall out of it: each line comes once, until the pod ends", () =>
    Effect.gen(function* () {
      const { cluster, pods, log, phase } = yield* running
      yield* log(["one", "two"])
      const next = yield* podLog(cluster, pods, "default", "a", { ...once, follow: true })
      assert.deepStrictEqual(yield* next, ["one", "two"])
      yield* log(["two", "three"])
      assert.deepStrictEqual(yield* next, ["three"])
      yield* log(["three", "four", "five"])
      yield* phase("Succeeded")
      assert.deepStrictEqual(yield* next, ["four", "five"])
      assert.deepStrictEqual(yield* next, [])
      assert.isUndefined(yield* next)
    }),
  )

  it.effect("begins where its options say, with times, and ends after some bytes", () =>
    Effect.gen(function* () {
      const { cluster, pods, log } = yield* running
      yield* TestClock.adjust("60 seconds")
      yield* log(["one", "two", "two", "three"], [1000, 30_000, 30_000, 59_000])
      const read = (options: object) =>
        Effect.flatMap(podLog(cluster, pods, "default", "a", { ...once, ...options }), (next) => next)
      assert.deepStrictEqual(yield* read({ tailLines: 1 }), ["three"])
      assert.deepStrictEqual(yield* read({ tailLines: 0 }), [])
      assert.deepStrictEqual(yield* read({ sinceSeconds: 30 }), ["two", "two", "three"])
      assert.deepStrictEqual(yield* read({ sinceTime: 30_001 }), ["three"])
      assert.deepStrictEqual(yield* read({ sinceSeconds: 30, tailLines: 2, timestamps: true }), [
        "1970-01-01T00:00:30.000000000Z two",
        "1970-01-01T00:00:59.000000000Z three",
      ])
      const next = limited(yield* podLog(cluster, pods, "default", "a", { ...once, follow: true }), 7)
      assert.deepStrictEqual([yield* next, yield* next], ["one\ntwo", undefined])
    }),
  )

  it.effect("is that of the container that prints", () =>
    Effect.gen(function* () {
      const { cluster, pods } = yield* running
      const containers = [
        { name: "main", image: "i" },
        { name: "sidecar", image: "i" },
      ]
      const metadata = { name: "b", annotations: { "local.firesteel.dev/log": "one" } }
      yield* cluster.create(pods, "default", { metadata, spec: { containers } })
      const body = { status: { phase: "Running" } }
      yield* cluster.patch(pods, "default", "b", { type: "merge", body, subresource: "status" })
      const read = (container: string) =>
        Effect.flatMap(podLog(cluster, pods, "default", "b", { ...once, container }), (next) => next)
      assert.deepStrictEqual([yield* read("main"), yield* read("sidecar")], [["one"], []])
    }),
  )

  it.effect("is refused for a container that is not there, and for a run before this one", () =>
    Effect.gen(function* () {
      const { cluster, pods } = yield* running
      const other = podLog(cluster, pods, "default", "a", { ...once, container: "other" })
      assert.strictEqual((yield* refusal(other)).message, "container other is not valid for pod a")
      const previous = podLog(cluster, pods, "default", "a", { ...once, previous: true })
      assert.strictEqual((yield* refusal(previous)).code, 400)
    }),
  )
})
