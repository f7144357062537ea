/** What scheduler and kubelet report about pods that do not start, where the operator looks for the reason. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, makeNamespace, type Namespace, nodeLayer, until } from "../support/Server.ts"

/** One that the nodes of a real cluster have; the embedded node needs none. */
const image = process.env["FIRESTEEL_SPARK_IMAGES"]?.split(/[,=]/).at(-1) ?? "image"

const pod = (spec: object, annotations: object = {}) => ({
  metadata: { name: "p", annotations },
  spec: { restartPolicy: "Never", ...spec },
})
const main = (more: object = {}) => ({ name: "main", image, command: ["true"], ...more })
const mounting = (source: object) => ({
  containers: [main({ volumeMounts: [{ name: "v", mountPath: "/v" }] })],
  volumes: [{ name: "v", ...source }],
})

/** The pod, as soon as `is` holds. */
const created = Effect.fnUntraced(function* (n: Namespace, body: object, is: (pod: Json) => boolean) {
  yield* n.ok("POST", n.pods, body)
  return (yield* until(n.send("GET", `${n.pods}/p`), (seen) => is(seen.body))).body
})

/** The Event of this reason about the pod. */
const eventOf = Effect.fnUntraced(function* (n: Namespace, reason: string) {
  const selector = encodeURIComponent(`involvedObject.kind=Pod,reason=${reason}`)
  const seen = yield* until(
    n.send("GET", `${n.core}/events?fieldSelector=${selector}`),
    ({ body }) => body.items.length > 0,
  )
  return seen.body.items[0]
})

/** `type: status (reason)`, in one order. */
const conditionsOf = ({ status }: Json): ReadonlyArray<string> =>
  status.conditions
    .map(({ type, status, reason }: Json) => `${type}: ${status}${reason ? ` (${reason})` : ""}`)
    .toSorted()

layer(nodeLayer, { excludeTestServices: true })("a pod", (it) => {
  for (const [kind, source] of [
    ["configmap", { configMap: { name: "nowhere" } }],
    ["secret", { secret: { secretName: "nowhere" } }],
  ] as const) {
    it.effect(`whose volume has no ${kind} is creating its container, and only an Event says why not`, () =>
      Effect.gen(function* () {
        const n = yield* makeNamespace
        yield* n.ok("POST", n.pods, pod(mounting(source)))
        const event = yield* eventOf(n, "FailedMount")
        assert.strictEqual(event.type, "Warning")
        assert.strictEqual(event.message, `MountVolume.SetUp failed for volume "v" : ${kind} "nowhere" not found`)
        const found = yield* n.ok("GET", `${n.pods}/p`)
        assert.strictEqual(event.involvedObject.uid, found.metadata.uid)
        assert.strictEqual(found.status.phase, "Pending")
        assert.deepStrictEqual(found.status.containerStatuses[0].state, { waiting: { reason: "ContainerCreating" } })
        assert.deepStrictEqual(conditionsOf(found), [
          "ContainersReady: False (ContainersNotReady)",
          "Initialized: True",
          "PodReadyToStartContainers: False",
          "PodScheduled: True",
          "Ready: False (ContainersNotReady)",
        ])
      }),
    )
  }

  it.effect("whose variables have no ConfigMap says so in the status of its container", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const containers = [main({ envFrom: [{ configMapRef: { name: "nowhere" } }] })]
      const found = yield* created(
        n,
        pod({ containers }),
        ({ status }) => status.containerStatuses?.[0].state.waiting?.reason === "CreateContainerConfigError",
      )
      const waiting = { reason: "CreateContainerConfigError", message: 'configmap "nowhere" not found' }
      assert.deepStrictEqual(found.status.containerStatuses[0].state, { waiting })
      assert.strictEqual(found.status.phase, "Pending")
    }),
  )

  it.effect("without its claim gets no node, and says why in its conditions and an Event", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const spec = mounting({ persistentVolumeClaim: { claimName: "nowhere" } })
      const found = yield* created(n, pod(spec), ({ status }) => status.conditions !== undefined)
      assert.deepStrictEqual(conditionsOf(found), ["PodScheduled: False (Unschedulable)"])
      const message = /^0\/\d+ nodes are available: persistentvolumeclaim "nowhere" not found\. /
      assert.match(found.status.conditions[0].message, message)
      assert.strictEqual(found.status.phase, "Pending")
      assert.isUndefined(found.status.containerStatuses)
      assert.match((yield* eventOf(n, "FailedScheduling")).message, message)
    }),
  )

  it.effect("whose init container fails has failed with it, and its other containers have never started", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const initContainers = ["first", "second", "third"].map((name) => ({
        name,
        image,
        command: ["sh", "-c", name === "second" ? "echo no database >/dev/termination-log; exit 7" : "true"],
      }))
      const script = { "local.firesteel.dev/init-fails": "second:7", "local.firesteel.dev/message": "no database\n" }
      const body = pod({ containers: [main()], initContainers }, script)
      const { status } = yield* created(n, body, ({ status }) => status.phase === "Failed")
      const [first, second, third] = status.initContainerStatuses
      assert.deepInclude(first.state.terminated, { exitCode: 0, reason: "Completed" })
      assert.deepInclude(second.state.terminated, { exitCode: 7, reason: "Error", message: "no database\n" })
      assert.deepStrictEqual(third.state, { waiting: { reason: "PodInitializing" } })
      assert.deepStrictEqual(status.containerStatuses[0].state, { waiting: { reason: "PodInitializing" } })
      assert.deepStrictEqual(conditionsOf({ status }), [
        "ContainersReady: False (PodFailed)",
        "Initialized: False (ContainersNotInitialized)",
        "PodReadyToStartContainers: False",
        "PodScheduled: True",
        "Ready: False (PodFailed)",
      ])
    }),
  )
})
