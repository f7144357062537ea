import { assert, describe } from "@effect/vitest"
import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { Kube } from "../../../src/kube/Kube.ts"
import { configMaps, events, type KubeObject, pods } from "../../../src/kube/Resource.ts"
import { gone, onNode, pass, phase, pod, see, script } from "../../support/KubeletBench.ts"

const create = (object: Pod) => Effect.flatMap(Effect.service(Kube), (kube) => kube.create(pods, "default", object))

const main = (name = "a") => Effect.map(see(name), (pod) => pod.status?.containerStatuses?.[0])

const condition = (name: string, type: string) =>
  Effect.map(see(name), (pod) => pod.status?.conditions?.find((condition) => condition.type === type))

const warnings = Effect.gen(function* () {
  const kube = yield* Kube
  const { items } = yield* kube.list(events, { namespace: "default" })
  return items.map(({ reason }) => reason)
})

describe("Kubelet", () => {
  onNode("a pod without a script is pulled for half a second, runs for three and succeeds", () =>
    Effect.gen(function* () {
      yield* create(pod())
      yield* pass(0.1)
      assert.strictEqual((yield* main())?.state?.waiting?.reason, "ContainerCreating")
      assert.strictEqual((yield* see("a")).spec?.nodeName, "local")
      assert.strictEqual((yield* condition("a", "PodScheduled"))?.status, "True")
      yield* pass(0.5)
      assert.strictEqual(yield* phase("a"), "Running")
      assert.strictEqual((yield* condition("a", "Ready"))?.status, "True")
      assert.deepInclude(yield* main(), { ready: true, started: true, restartCount: 0 })
      yield* pass(2.8)
      assert.strictEqual(yield* phase("a"), "Running")
      yield* pass(0.2)
      assert.strictEqual(yield* phase("a"), "Succeeded")
      assert.deepInclude((yield* main())?.state?.terminated, { exitCode: 0, reason: "Completed" })
    }),
  )

  onNode("every pod has an address of its own", () =>
    Effect.gen(function* () {
      yield* create(pod({ name: "a" }))
      yield* create(pod({ name: "b" }))
      yield* pass(1)
      const [a, b] = [(yield* see("a")).status?.podIP, (yield* see("b")).status?.podIP]
      assert.isDefined(a)
      assert.notStrictEqual(a, b)
    }),
  )

  onNode("the pods of one owner use the exit codes in turn, and the last one repeats", () =>
    Effect.gen(function* () {
      const owner = { apiVersion: "v1", kind: "Pod", name: "owner", controller: true }
      const { metadata } = yield* create(pod({ name: "owner", ...script({ "run-seconds": "forever" }) }))
      const codes: Array<number | undefined> = []
      for (const name of ["a", "b", "c", "d"]) {
        const ownerReferences = [{ ...owner, uid: metadata?.uid ?? "" }]
        yield* create(pod({ name, ownerReferences, ...script({ "exit-codes": "1, 3, 0" }) }))
        yield* pass(4)
        codes.push((yield* main(name))?.state?.terminated?.exitCode)
      }
      assert.deepStrictEqual(codes, [1, 3, 0, 0])
    }),
  )

  onNode("a failure has the scripted reason and message; out of memory is exit code 137", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ "run-seconds": "1", reason: "OOMKilled", message: "Java heap space" }) }))
      yield* pass(2)
      assert.strictEqual(yield* phase("a"), "Failed")
      const ended = (yield* main())?.state?.terminated
      assert.deepInclude(ended, { exitCode: 137, reason: "OOMKilled", message: "Java heap space" })
    }),
  )

  onNode("an unschedulable pod stays pending and the scheduler says why", () =>
    Effect.gen(function* () {
      const message = "0/1 nodes are available: 1 Insufficient cpu."
      yield* create(pod({ ...script({ unschedulable: message }) }))
      yield* pass(20)
      assert.strictEqual(yield* phase("a"), "Pending")
      const scheduled = yield* condition("a", "PodScheduled")
      assert.deepInclude(scheduled, { status: "False", reason: "Unschedulable", message })
      assert.deepStrictEqual(yield* warnings, ["FailedScheduling"])
    }),
  )

  onNode("a pod that is scheduled late runs from then on", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ unschedulable: "0/1 nodes are available", "unschedulable-seconds": "5" }) }))
      yield* pass(4)
      assert.strictEqual((yield* condition("a", "PodScheduled"))?.status, "False")
      yield* pass(2)
      assert.deepInclude(yield* condition("a", "PodScheduled"), {
        status: "True",
        lastTransitionTime: "1970-01-01T00:00:05Z",
      })
      assert.strictEqual(yield* phase("a"), "Running")
    }),
  )

  onNode(
    "an image that does not exist is an ErrImagePull first, then an ImagePullBackOff, with Kubernetes' messages",
    () =>
      Effect.gen(function* () {
        yield* create(pod({}, { image: "spark-does-not-exist:1" }))
        yield* pass(1)
        const first = (yield* main())?.state?.waiting
        assert.strictEqual(first?.reason, "ErrImagePull")
        assert.include(first?.message, 'failed to pull and unpack image "spark-does-not-exist:1"')
        yield* pass(20)
        const later = (yield* main())?.state?.waiting
        assert.strictEqual(later?.reason, "ImagePullBackOff")
        assert.match(later?.message ?? "", /^Back-off pulling image "spark-does-not-exist:1"/)
        assert.strictEqual(yield* phase("a"), "Pending")
      }),
  )

  onNode("a pod can wait for any reason that the script names", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ waiting: "CreateContainerError", message: "no such mount" }) }))
      yield* pass(20)
      assert.deepStrictEqual((yield* main())?.state?.waiting, {
        reason: "CreateContainerError",
        message: "no such mount",
      })
    }),
  )

  onNode("a script that is not valid is reported on the pod, with the allowed values", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ "run-seconds": "long" }) }))
      yield* pass(20)
      const waiting = (yield* main())?.state?.waiting
      assert.strictEqual(waiting?.reason, "CreateContainerConfigError")
      assert.include(waiting?.message, 'local.firesteel.dev/run-seconds is "long"; write seconds such as 3')
    }),
  )

  onNode("a pod waits for the ConfigMap of its volume, and starts when it appears", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* create(pod({}, {}, { volumes: [{ name: "conf", configMap: { name: "settings" } }] }))
      yield* pass(20)
      assert.deepStrictEqual((yield* main())?.state?.waiting, { reason: "ContainerCreating" })
      assert.deepStrictEqual(yield* warnings, ["FailedMount"])
      const { items } = yield* kube.list(events, { namespace: "default" })
      const message = 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found'
      assert.strictEqual(items[0]?.message, message)
      yield* kube.create(configMaps, "default", { metadata: { name: "settings" }, data: {} })
      yield* pass(2)
      assert.strictEqual(yield* phase("a"), "Running")
    }),
  )

  onNode("a pod gets no node before its claims exist", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }]
      yield* create(pod({}, {}, { volumes }))
      yield* pass(20)
      const message = '0/1 nodes are available: persistentvolumeclaim "data" not found. not found'
      assert.deepInclude(yield* condition("a", "PodScheduled"), { status: "False", reason: "Unschedulable", message })
      assert.deepStrictEqual(yield* warnings, ["FailedScheduling"])
      assert.isUndefined((yield* see("a")).spec?.nodeName)
      const claims = { group: "", version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim" }
      const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } } as KubeObject
      yield* kube.create(claims, "default", claim)
      yield* pass(2)
      assert.strictEqual(yield* phase("a"), "Running")
    }),
  )

  onNode(
    "a pod waits for the ConfigMap of its environment with a configuration error, but not for an optional one",
    () =>
      Effect.gen(function* () {
        yield* create(pod({ name: "a" }, { envFrom: [{ configMapRef: { name: "settings" } }] }))
        yield* create(pod({ name: "b" }, { envFrom: [{ configMapRef: { name: "settings", optional: true } }] }))
        yield* pass(1)
        assert.deepStrictEqual((yield* main("a"))?.state?.waiting, {
          reason: "CreateContainerConfigError",
          message: 'configmap "settings" not found',
        })
        assert.strictEqual(yield* phase("b"), "Running")
      }),
  )

  onNode("an init container that fails ends its pod: no other container ever starts", () =>
    Effect.gen(function* () {
      const fails = { "init-fails": "wait-db:7", "init-seconds": "2", message: "no database" }
      const initContainers = [
        { name: "proxy", image: "busybox", restartPolicy: "Always" },
        { name: "wait-db", image: "busybox" },
        { name: "later", image: "busybox" },
      ]
      yield* create(pod(script(fails), {}, { initContainers }))
      yield* pass(2)
      assert.strictEqual(yield* phase("a"), "Pending")
      yield* pass(1)
      assert.strictEqual(yield* phase("a"), "Failed")
      const ends = (yield* see("a")).status?.initContainerStatuses?.map(({ state }) => state?.terminated?.exitCode)
      assert.deepStrictEqual(ends, [143, 7, undefined])
      const failed = (yield* see("a")).status?.initContainerStatuses?.[1]?.state?.terminated
      assert.deepInclude(failed, { exitCode: 7, reason: "Error", message: "no database" })
      assert.strictEqual((yield* main())?.state?.waiting?.reason, "PodInitializing")
      assert.strictEqual((yield* condition("a", "Initialized"))?.status, "False")
    }),
  )

  onNode("init containers run before the others", () =>
    Effect.gen(function* () {
      yield* create(pod({}, {}, { initContainers: [{ name: "prepare", image: "busybox" }] }))
      yield* pass(0.6)
      const before = yield* see("a")
      assert.isDefined(before.status?.initContainerStatuses?.[0]?.state?.running)
      assert.strictEqual((yield* main())?.state?.waiting?.reason, "PodInitializing")
      assert.strictEqual((yield* condition("a", "Initialized"))?.status, "False")
      yield* pass(0.2)
      const after = yield* see("a")
      assert.strictEqual(after.status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode, 0)
      assert.strictEqual(after.status?.phase, "Running")
    }),
  )

  onNode("a sidecar outlives the main container as long as the script says; the pod runs until then", () =>
    Effect.gen(function* () {
      const sidecar = { name: "sidecar", image: "busybox" }
      const annotations = script({ "sidecar-seconds": "2", "exit-code": "0" })
      yield* create(pod(annotations, {}, { containers: [{ name: "main", image: "spark" }, sidecar] }))
      yield* pass(4)
      const running = yield* see("a")
      assert.strictEqual(running.status?.phase, "Running")
      assert.strictEqual(running.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0)
      assert.isDefined(running.status?.containerStatuses?.[1]?.state?.running)
      yield* pass(2)
      assert.strictEqual(yield* phase("a"), "Succeeded")
    }),
  )

  onNode("a pod becomes ready later than it starts if the script says so", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ "ready-seconds": "1", "run-seconds": "forever" }) }))
      yield* pass(1)
      assert.strictEqual((yield* condition("a", "Ready"))?.status, "False")
      assert.strictEqual(yield* phase("a"), "Running")
      yield* pass(1)
      assert.strictEqual((yield* condition("a", "Ready"))?.status, "True")
    }),
  )

  onNode("a pod that Kubernetes would restart does not end by itself", () =>
    Effect.gen(function* () {
      yield* create(pod({}, {}, { restartPolicy: "Always" }))
      yield* pass(20)
      assert.strictEqual(yield* phase("a"), "Running")
    }),
  )

  onNode("a running pod that is deleted ends with 143 and is then removed", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* create(pod())
      yield* pass(1)
      yield* kube.delete(pods, "default", "a")
      yield* pass(0.1)
      const terminating = yield* see("a")
      assert.isDefined(terminating.metadata?.deletionTimestamp)
      assert.strictEqual(terminating.status?.phase, "Running")
      yield* pass(1)
      assert.isTrue(yield* gone("a"))
    }),
  )

  onNode("a new pod with the name of a deleted one runs independently", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* create(pod({ ...script({ "exit-code": "1" }) }))
      yield* pass(4)
      yield* kube.delete(pods, "default", "a")
      yield* pass(1)
      yield* create(pod())
      yield* pass(1)
      assert.strictEqual(yield* phase("a"), "Running")
      yield* pass(3)
      assert.strictEqual(yield* phase("a"), "Succeeded")
    }),
  )

  onNode("an evicted pod fails as a whole, with the message that its node was short of memory", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ evicted: "1" }) }))
      yield* pass(2)
      const { status } = yield* see("a")
      assert.deepInclude(status, { phase: "Failed", reason: "Evicted" })
      assert.include(status?.message, "low on resource: memory")
    }),
  )

  onNode("a pod on a lost node is no longer ready, and disappears without having ended", () =>
    Effect.gen(function* () {
      yield* create(pod({ ...script({ "node-lost": "1" }) }))
      yield* pass(2)
      const lost = yield* see("a")
      assert.deepInclude(lost.status, { phase: "Running", reason: "NodeLost" })
      assert.strictEqual((yield* condition("a", "Ready"))?.status, "False")
      yield* pass(2)
      assert.isTrue(yield* gone("a"))
    }),
  )

  onNode("an exit code put on a running pod ends it at once", () =>
    Effect.gen(function* () {
      const kube = yield* Kube
      yield* create(pod({ ...script({ "run-seconds": "forever" }) }))
      yield* pass(1)
      yield* kube.patch(pods, "default", "a", {
        type: "merge",
        body: { metadata: { annotations: { "local.firesteel.dev/exit": "7" } } },
      })
      yield* pass(0.1)
      assert.strictEqual((yield* main())?.state?.terminated?.exitCode, 7)
      assert.strictEqual(yield* phase("a"), "Failed")
    }),
  )

  onNode(
    "pods that exist before the kubelet starts are also run; those that ended stay as they are",
    (startKubelet) =>
      Effect.gen(function* () {
        const kube = yield* Kube
        yield* create(pod({ name: "waiting" }))
        yield* create(pod({ name: "ended" }))
        const status = { phase: "Failed", reason: "Evicted" }
        yield* kube.patch(pods, "default", "ended", { type: "merge", subresource: "status", body: { status } })
        yield* startKubelet
        yield* pass(1)
        assert.strictEqual(yield* phase("waiting"), "Running")
        assert.deepInclude((yield* see("ended")).status, status)
      }),
    { started: false },
  )

  onNode(
    "failed requests, lost answers and broken watches do not change how a pod ends",
    () =>
      Effect.gen(function* () {
        yield* create(pod({ name: "a" }))
        yield* create(pod({ name: "b", ...script({ "exit-code": "1" }) }))
        yield* pass(60)
        assert.deepStrictEqual([yield* phase("a"), yield* phase("b")], ["Succeeded", "Failed"])
      }),
    {
      faults: ({ verb, n }) => {
        if (verb === "watch") return { _tag: "EndWatch", afterLines: 3, how: n % 2 === 0 ? "gone" : "dropped" }
        const troubles = [
          { _tag: "Respond", status: 503 },
          { _tag: "DropAfter" },
          { _tag: "DropBefore" },
          undefined,
        ] as const
        return troubles[n % 4]
      },
    },
  )
})
