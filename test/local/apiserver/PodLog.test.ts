import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { podLog } from "../../../src/local/apiserver/PodLog.ts"
import { podBackend } from "../../../src/local/spark/SparkPods.ts"
import { pod, refusal, widgetCluster } from "../../support/WidgetCluster.ts"

const once = { follow: false, previous: false, container: undefined, tailLines: undefined }

/** A running pod, and how to change its log and its phase. */
const running = Effect.gen(function* () {
  const { cluster, kind } = yield* widgetCluster({ podBackend })
  const pods = kind("pods")
  const log = (lines: ReadonlyArray<string>) => {
    const annotations = { "local.firesteel.dev/log": lines.join("\n") }
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
