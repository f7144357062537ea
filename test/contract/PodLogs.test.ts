/** The log of a pod through `Kube`: what a container has printed, followed until it ends, and pods that have no log yet. */

import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { makeNamespace, nodeLayer, Server, serverLayer, unscheduled, until } from "../support/Server.ts"

/** One that the nodes of a real cluster have; the embedded node needs none. */
const image = process.env["FIRESTEEL_SPARK_IMAGES"]?.split(/[,=]/).at(-1) ?? "image"

/** A real node runs the command, the embedded one plays the annotations. */
const printing = {
  metadata: {
    name: "p",
    annotations: { "local.firesteel.dev/run-seconds": "1.5", "local.firesteel.dev/log": "one\ntwo" },
  },
  spec: {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 0,
    containers: [{ name: "main", image, command: ["sh", "-c", "echo one; sleep 1; echo two; sleep 0.5"] }],
  },
}

layer(nodeLayer, { excludeTestServices: true })("the log of a pod", (it) => {
  it.effect("is followed until its container ends, and can be read afterwards", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { kube } = yield* Server
      const log = (options: object) => {
        const pod = { namespace: n.name, name: "p", container: "main" }
        return Stream.mkString(kube.podLog(pod, { follow: false, ...options }))
      }
      yield* n.ok("POST", n.pods, printing)
      yield* until(n.send("GET", `${n.pods}/p`), ({ body }) => body.status?.phase === "Running")
      assert.strictEqual(yield* log({ follow: true }), "one\ntwo\n")
      assert.strictEqual(yield* log({}), "one\ntwo\n")
      assert.strictEqual(yield* log({ tailLines: 1 }), "two\n")
      assert.match(yield* log({ timestamps: true, tailLines: 1 }), /^\d{4}-\d\d-\d\dT\S+ two\n$/)
    }),
  )
})

layer(serverLayer(), { excludeTestServices: true })("the log of a pod that does not run", (it) => {
  it.effect("is empty while no node takes it", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { kube } = yield* Server
      yield* n.ok("POST", n.pods, unscheduled("p"))
      assert.strictEqual(yield* Stream.mkString(kube.podLog({ namespace: n.name, name: "p" }, { follow: true })), "")
    }),
  )

  it.effect("is an error if the pod or the container does not exist", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { kube } = yield* Server
      yield* n.ok("POST", n.pods, unscheduled("p"))
      const error = (name: string, container?: string) =>
        Effect.flip(Stream.runDrain(kube.podLog({ namespace: n.name, name, container }, { follow: false })))
      assert.deepInclude(yield* error("nobody"), { reason: "NotFound", message: 'pods "nobody" not found' })
      assert.deepInclude(yield* error("p", "other"), { reason: "Invalid", status: 400 })
    }),
  )
})
