import { assert, describe } from "@effect/vitest"
import { Effect } from "effect"
import { Kube } from "../../../src/kube/Kube.ts"
import { events, pods } from "../../../src/kube/Resource.ts"
import { onNode, pass, phase, pod, script, see } from "../../support/KubeletBench.ts"

const probe = { tcpSocket: { port: 7078 }, periodSeconds: 2, failureThreshold: 2 }
const create = (probes: object, fails: string) =>
  Effect.flatMap(Effect.service(Kube), (kube) =>
    kube.create(pods, "default", pod({ ...script({ "run-seconds": "forever", "probe-fails": fails }) }, probes)),
  )
const told = Effect.gen(function* () {
  const kube = yield* Kube
  const { items } = yield* kube.list(events, { namespace: "default" })
  return items.map(({ reason, message }) => `${reason}: ${message}`).toSorted()
})

describe("a scripted probe", () => {
  onNode("of liveness kills the container after as many failures as the probe allows", () =>
    Effect.gen(function* () {
      yield* create({ livenessProbe: probe }, "liveness@3")
      yield* pass(5)
      assert.strictEqual(yield* phase("a"), "Running")
      yield* pass(1)
      const ended = (yield* see("a")).status?.containerStatuses?.[0]?.state?.terminated
      assert.deepInclude(ended, { exitCode: 143, reason: "Error" })
      const failure = "Unhealthy: Liveness probe failed: dial tcp: connect: connection refused (port 7078)"
      assert.deepStrictEqual(yield* told, ["Killing: Stopping container main", failure, failure])
    }),
  )

  onNode("of readiness makes the pod unready and leaves it running", () =>
    Effect.gen(function* () {
      yield* create({ readinessProbe: probe }, "readiness@1")
      yield* pass(6)
      const { status } = yield* see("a")
      assert.strictEqual(status?.phase, "Running")
      assert.strictEqual(status?.conditions?.find(({ type }) => type === "Ready")?.status, "False")
    }),
  )

  onNode("that the container does not have, or of another attempt, does nothing", () =>
    Effect.gen(function* () {
      yield* create({ livenessProbe: probe }, "startup@1")
      yield* pass(10)
      assert.strictEqual(yield* phase("a"), "Running")
      assert.deepStrictEqual(yield* told, [])
    }),
  )
})
