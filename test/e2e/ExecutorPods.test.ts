/** Pods whose containers mount what Spark adds, on the embedded cluster, whose API server checks them as a real one does. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { configMaps, pods } from "../../src/kube/Resource.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const scratch = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1"
const other = (name: string, mountPath: string) => ({
  name: `uses-${name}`,
  image: "busybox",
  volumeMounts: [{ name, mountPath }],
})

const specs = {
  "an init container of executors on a claim that Spark makes": {
    sparkConf: {
      [`${scratch}.options.claimName`]: "OnDemand",
      [`${scratch}.options.storageClass`]: "fast",
      [`${scratch}.options.sizeLimit`]: "20Gi",
      [`${scratch}.mount.path`]: "/scratch",
    },
    executor: { instances: 1, initContainers: [other("spark-local-dir-1", "/scratch")] },
  },
  "sidecars on the configuration and the scratch directory of Spark": {
    executor: {
      instances: 1,
      sidecars: [other("spark-local-dir-1", "/scratch"), other("spark-conf-volume-exec", "/conf")],
    },
  },
  "volumes that only sidecars use, and one ConfigMap at two paths": {
    volumes: [{ name: "agent-config", configMap: { name: "agent" } }],
    driver: { sidecars: [other("agent-config", "/etc/agent")] },
    executor: {
      instances: 1,
      sidecars: [other("agent-config", "/etc/agent")],
      configMaps: [
        { name: "agent", path: "/etc/a" },
        { name: "agent", path: "/etc/b" },
      ],
    },
  },
}

describe("pods with containers next to Spark's", () => {
  for (const [what, spec] of Object.entries(specs)) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        yield* world.startOperator()
        yield* world.kube.create(configMaps, "default", { metadata: { name: "agent" }, data: {} })
        yield* world.apply(sparkPi("pi", { "run-seconds": "5" }, spec))
        yield* pass(5)
        const running = (yield* world.reported("pi")).status
        assert.deepStrictEqual(running.executors, { pending: 0, running: 1, succeeded: 0, failed: 0 })
        const { items } = yield* world.kube.list(pods, { namespace: "default", labelSelector: "spark-role=executor" })
        const names = items[0]?.spec?.volumes?.map(({ name }) => name) ?? []
        assert.deepStrictEqual(names, [...new Set(names)])
        yield* pass(7)
        assert.strictEqual((yield* world.reported("pi")).status.applicationState.state, "COMPLETED")
        const left = yield* world.kube.list(configMaps, { namespace: "default", labelSelector: "spark-role=executor" })
        assert.deepStrictEqual(left.items, [])
      }),
    )
  }
})
