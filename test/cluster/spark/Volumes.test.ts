/** Volumes as published manifests have them, on real Spark: each application finds what it mounts, and completes. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { newest, oldest, type SparkImage } from "../support/Environment.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"

/** A class without a provisioner, and one volume of it on the node: what a claim on demand binds to. */
const volume = (world: World, { version }: SparkImage) => {
  const name = world.namespace
  const labels = { "firesteel.dev/test": "cluster" }
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, labels },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  }
  const persistentVolume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, labels },
    spec: {
      storageClassName: name,
      capacity: { storage: "20Gi" },
      // Spark 4 claims for one pod, earlier versions for one node.
      accessModes: [version.startsWith("3.") ? "ReadWriteOnce" : "ReadWriteOncePod"],
      persistentVolumeReclaimPolicy: "Delete",
      hostPath: { path: `/tmp/firesteel-${name}`, type: "DirectoryOrCreate" },
    },
  }
  return Effect.acquireRelease(Effect.orDie(apply([storageClass, persistentVolume])), () =>
    Effect.ignore(kubectl(["delete", `storageclass/${name}`, `pv/${name}`, "--ignore-not-found", "--wait=false"])),
  )
}

const object = (kind: "ConfigMap" | "Secret", world: World, text: string) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "shared", namespace: world.namespace },
  [kind === "Secret" ? "stringData" : "data"]: { text },
})

layer(ClusterLayer, { excludeTestServices: true })("a real application with volumes", (it) => {
  describe.concurrent("", () => {
    for (const spark of [oldest, newest]) {
      it.effect(`prepares the claim on demand of its executor in an init container (${spark.version})`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("scratch")
          yield* volume(world, spark)
          const claim = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1"
          yield* world.apply(
            python(
              "scratch",
              ["work"],
              {
                sparkConf: {
                  [`${claim}.options.claimName`]: "OnDemand",
                  [`${claim}.options.storageClass`]: world.namespace,
                  [`${claim}.options.sizeLimit`]: "20Gi",
                  [`${claim}.mount.path`]: "/scratch",
                  [`${claim}.mount.readOnly`]: "false",
                },
                executor: {
                  instances: 1,
                  initContainers: [
                    {
                      name: "own-scratch",
                      image: spark.image,
                      securityContext: { runAsUser: 0 },
                      command: ["sh", "-c", "chown -R 185 /scratch"],
                      volumeMounts: [{ name: "spark-local-dir-1", mountPath: "/scratch" }],
                    },
                  ],
                },
              },
              spark,
            ),
          )
          yield* world.until("scratch", "with an executor", ({ status }) => status?.executors?.running === 1)
          const [executor] = yield* world.executors("scratch")
          const { name = "" } = executor!.metadata!
          assert.match(yield* world.exec(name, "stat", "-c", "%u", "/scratch"), /^185$/m)
          const scratch = world.exec(name, "ls", "/scratch")
          yield* eventually(
            Effect.map(scratch, (files) => (/^blockmgr-/m.test(files) ? true : undefined)),
            60,
            Effect.map(scratch, (files) => `Spark's scratch space is not the claim, which has ${files}`),
          )
          yield* world.finish("scratch")
          yield* world.untilState("scratch", "COMPLETED")
          yield* world.remove("scratch")
        }),
      )
    }

    it.effect("has one ConfigMap and one Secret at two paths each, and a volume that only a sidecar mounts", () =>
      Effect.gen(function* () {
        const world = yield* makeWorld("shared")
        yield* Effect.orDie(apply([object("ConfigMap", world, "plain"), object("Secret", world, "hidden")]))
        const twice = {
          configMaps: ["/etc/a", "/etc/b"].map((path) => ({ name: "shared", path })),
          secrets: ["/etc/c", "/etc/d"].map((path) => ({ name: "shared", path, secretType: "Generic" as const })),
        }
        const sidecar = {
          name: "log-agent",
          image: newest.image,
          command: ["sh", "-c", "cat /agent/text; echo; trap exit TERM; sleep 900 & wait"],
          volumeMounts: [{ name: "agent-config", mountPath: "/agent" }],
        }
        yield* world.apply(
          python("shared", ["work"], {
            volumes: [{ name: "agent-config", configMap: { name: "shared", defaultMode: 0o644 } }],
            driver: { ...twice, sidecars: [sidecar] },
            executor: { instances: 1, ...twice },
          }),
        )
        yield* world.until("shared", "with an executor", ({ status }) => status?.executors?.running === 1)
        const [executor] = yield* world.executors("shared")
        for (const pod of ["shared-driver", executor!.metadata!.name!]) {
          const texts = yield* world.exec(pod, "sh", "-c", "cat /etc/a/text /etc/b/text /etc/c/text /etc/d/text")
          assert.include(texts, "plainplainhiddenhidden")
        }
        const log = (...container: ReadonlyArray<string>) =>
          Effect.orDie(kubectl(["logs", "-n", world.namespace, "shared-driver", ...container]))
        assert.include(yield* log("-c", "log-agent"), "plain")
        assert.include(yield* log(), "Running Spark version", "kubectl shows Spark's container unless told otherwise")
        yield* world.finish("shared")
        yield* world.untilState("shared", "COMPLETED")
        yield* world.remove("shared")
      }),
    )
  })
})
