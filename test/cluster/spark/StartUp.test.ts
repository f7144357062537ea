/** Drivers and executors that do not start: the reason is in the status within seconds, wherever a real scheduler or kubelet reports it. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { SparkApplicationSpec } from "../../../src/api/application/SparkApplication.ts"
import { configMaps } from "../../../src/kube/Resource.ts"
import { python } from "../support/Applications.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, makeWorld, type World } from "../support/World.ts"

const mounted = (...volumes: ReadonlyArray<readonly [name: string, source: object]>) =>
  ({
    volumes: volumes.map(([name, source]) => ({ name, ...source })),
    driver: { volumeMounts: volumes.map(([name]) => ({ name, mountPath: `/${name}` })) },
  }) as Partial<SparkApplicationSpec>

const configMap = { configMap: { name: "nowhere" } }
const secret = { secret: { secretName: "nowhere" } }
const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName } })
const mount = (volume: string, why: string) => `MountVolume.SetUp failed for volume "${volume}" : ${why}`

/** Drivers that never start: they cost nothing but a pod. */
const drivers: ReadonlyArray<
  readonly [name: string, spec: Partial<SparkApplicationSpec>, reason: string, message: string]
> = [
  ["no-config-map", mounted(["c", configMap]), "FailedMount", mount("c", 'configmap "nowhere" not found')],
  ["no-secret", mounted(["s", secret]), "FailedMount", mount("s", 'secret "nowhere" not found')],
  [
    "no-key",
    mounted(["k", { configMap: { name: "code", items: [{ key: "nowhere", path: "x" }] } }]),
    "FailedMount",
    mount("k", "configmap references non-existent config key: nowhere"),
  ],
  [
    "neither",
    mounted(["b", secret], ["a", configMap]),
    "FailedMount",
    `${mount("a", 'configmap "nowhere" not found')}; ${mount("b", 'secret "nowhere" not found')}`,
  ],
  [
    "no-variables",
    { driver: { envFrom: [{ configMapRef: { name: "nowhere" } }] } },
    "CreateContainerConfigError",
    'configmap "nowhere" not found',
  ],
  ["no-claim", mounted(["p", claim("nowhere")]), "Unschedulable", 'persistentvolumeclaim "nowhere" not found'],
  ["unbound", mounted(["p", claim("unbound")]), "Unschedulable", "unbound immediate PersistentVolumeClaims"],
  [
    "no-scheduler",
    { driver: { schedulerName: "nobody" } },
    "Unscheduled",
    "no scheduler has reported on the pod since its creation",
  ],
]

/** Its class is defined nowhere, so that no provisioner makes a volume. */
const unbound = (world: World) =>
  Effect.orDie(
    apply([
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "unbound", namespace: world.namespace },
        spec: {
          storageClassName: `none-${world.namespace}`,
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
        },
      },
    ]),
  )

/** Seconds until the reason must be in the status. */
const patience = 20

layer(ClusterLayer, { excludeTestServices: true })("a real application that does not start", (it) => {
  describe.concurrent("", () => {
    it.effect("says why its driver waits, in status, condition and Event", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("waiting")
        yield* unbound(world)
        yield* Effect.forEach(drivers, ([name, spec]) => world.apply(python(name, ["hold", "1", "1"], spec)))
        for (const [name, , reason, message] of drivers) {
          const { status } = yield* world.until(
            name,
            `waiting for ${reason}`,
            ({ status }) => status?.waiting?.reason === reason && status.waiting.message?.includes(message) === true,
            patience,
          )
          assert.strictEqual(status?.applicationState.state, "SUBMITTED")
          const running = status?.conditions?.find(({ type }) => type === "Running")
          assert.deepInclude(running, { status: "False", reason, message: status?.waiting?.message ?? "" })
        }
        const table = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "wide"]))
        for (const [name, , reason] of drivers) assert.match(table, new RegExp(`^${name} .* ${reason} `, "m"))
        const events = yield* Effect.orDie(kubectl(["events", "-n", world.namespace, "--no-headers"]))
        for (const [name, , reason] of drivers)
          assert.match(events, new RegExp(`SparkDriverPending .*Driver ${name}-driver is waiting: ${reason}: `))
        yield* Effect.forEach(drivers, ([name]) => world.remove(name), { concurrency: drivers.length })
      }),
    )

    it.effect("starts when what its driver and its executors wait for is created", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("waited")
        const create = (name: string) =>
          Effect.orDie(world.kube.create(configMaps, world.namespace, { metadata: { name }, data: { key: "value" } }))
        const waits = (what: string, message: string) =>
          world.until("late", what, ({ status }) => status?.waiting?.message?.includes(message) === true)
        yield* world.apply(
          python("late", ["hold", "1", "1"], {
            volumes: [
              { name: "d", configMap: { name: "for-driver" } },
              { name: "e", configMap: { name: "for-executor" } },
            ],
            driver: { volumeMounts: [{ name: "d", mountPath: "/d" }] },
            executor: { instances: 1, volumeMounts: [{ name: "e", mountPath: "/e" }] },
          }),
        )
        yield* waits("waiting for its driver's ConfigMap", 'configmap "for-driver" not found')
        yield* create("for-driver")
        const running = yield* waits("waiting for its executor's ConfigMap", 'configmap "for-executor" not found')
        assert.strictEqual(running.status?.applicationState.state, "RUNNING")
        assert.match(running.status?.waiting?.message ?? "", /^executor late-[0-9a-f]+-exec-1: MountVolume/)
        const table = yield* Effect.orDie(kubectl(["get", "sparkapp", "-n", world.namespace, "-o", "wide"]))
        assert.match(table, /^late .* RUNNING .* FailedMount /m)
        yield* create("for-executor")
        const { status } = yield* world.untilState("late", "COMPLETED")
        assert.isUndefined(status?.waiting)
        yield* world.remove("late")
      }),
    )
  })
})
