/**
 * An application that another operator began, with the `spark-submit` that kubeflow's calls and the labels and status that it writes, is
 * examined by `migrate check` and then taken over. No operator is active meanwhile, as in the guide; so this runs alone on the cluster.
 */

import { execFile } from "node:child_process"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { pods } from "../../../src/kube/Resource.ts"
import { python } from "../support/Applications.ts"
import { newest, operatorNamespace } from "../support/Environment.ts"
import { root } from "../support/Helm.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { executorsAgree, metricsEqualTruth } from "../support/Truth.ts"
import { attempt, ClusterLayer, eventually, makeWorld } from "../support/World.ts"

const submission = "3f0c1d52-8a1e-4c57-9d0e-6b1a2f4c7e90"
const program = "local:///opt/spark/examples/src/main/python/pi.py"
/** Pi's partitions: enough that it still runs when it is taken over. */
const partitions = "300"

/** What kubeflow's operator passes to `spark-submit`, for this application. */
const submit = (name: string, namespace: string) => {
  const labels = {
    "sparkoperator.k8s.io/app-name": name,
    "sparkoperator.k8s.io/launched-by-spark-operator": "true",
    "sparkoperator.k8s.io/submission-id": submission,
  }
  const conf = {
    "spark.kubernetes.namespace": namespace,
    "spark.app.name": name,
    "spark.kubernetes.driver.pod.name": `${name}-driver`,
    "spark.kubernetes.container.image": newest.image,
    "spark.kubernetes.authenticate.driver.serviceAccountName": "spark",
    "spark.kubernetes.submission.waitAppCompletion": "false",
    "spark.kubernetes.driver.request.cores": "100m",
    "spark.kubernetes.executor.request.cores": "100m",
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.executor.instances": "1",
    ...Object.fromEntries(
      ["driver", "executor"].flatMap((role) =>
        Object.entries(labels).map(([key, value]) => [`spark.kubernetes.${role}.label.${key}`, value]),
      ),
    ),
  }
  const flags = Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`])
  const master = ["--master", "k8s://https://kubernetes.default.svc", "--deploy-mode", "cluster"]
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "spark-submit", namespace },
    spec: {
      serviceAccountName: "spark",
      restartPolicy: "Never",
      containers: [
        {
          name: "spark-submit",
          image: newest.image,
          command: ["/opt/spark/bin/spark-submit", ...master, ...flags, program, partitions],
        },
      ],
    },
  }
}

const scaled = (replicas: number) =>
  Effect.gen(function* () {
    const deployment = ["deployment/firesteel", "-n", operatorNamespace]
    yield* kubectl(["scale", ...deployment, `--replicas=${replicas}`])
    yield* kubectl(["rollout", "status", ...deployment, "--timeout=60s"])
  }).pipe(Effect.orDie)

/** What the check prints, whatever its exit code. */
const check = (namespace: string) =>
  Effect.callback<string>((resume) => {
    const words = ["src/main.ts", "migrate", "check", "--kubeconfig", process.env["KUBECONFIG"]!]
    execFile(process.execPath, [...words, "--namespaces", namespace], { cwd: root }, (_error, stdout, stderr) =>
      resume(Effect.succeed(stdout + stderr)),
    )
  })

layer(ClusterLayer, { excludeTestServices: true })("an application that another operator began", (it) => {
  it.effect("goes on under its driver pod, and ends as if nothing had been", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("migrated")
      yield* Effect.acquireRelease(scaled(0), () => scaled(1))
      yield* world.apply(
        python("old", [partitions], { mainApplicationFile: program, volumes: [], driver: { volumeMounts: [] } }),
      )
      yield* Effect.orDie(apply([submit("old", world.namespace)]))
      const driver = yield* eventually(
        Effect.map(world.driver("old"), (pod) => (pod.status?.phase === "Running" ? pod : undefined)),
        90,
        Effect.orDie(kubectl(["logs", "-n", world.namespace, "spark-submit", "--tail", "20"])),
      )
      // What kubeflow's webhook adds to a driver pod.
      const { apiVersion, kind, metadata } = (yield* world.application("old")) ?? assert.fail("no application")
      const ownerReferences = [{ apiVersion, kind, name: "old", uid: metadata.uid, controller: true }]
      yield* Effect.orDie(
        world.kube.patch(pods, world.namespace, "old-driver", {
          type: "merge",
          body: { metadata: { ownerReferences } },
        }),
      )
      const status = {
        applicationState: { state: "RUNNING" },
        driverInfo: { podName: "old-driver" },
        executionAttempts: 1,
        submissionAttempts: 1,
        lastSubmissionAttemptTime: driver.metadata?.creationTimestamp,
        sparkApplicationId: driver.metadata?.labels?.["spark-app-selector"],
        submissionID: submission,
      }
      yield* Effect.orDie(
        world.kube.patch(sparkApplications, world.namespace, "old", {
          type: "merge",
          subresource: "status",
          body: { status },
        }),
      )
      assert.match(yield* check(world.namespace), /SparkApplication .*\bold\b[^]* is taken over with its driver pod/)

      yield* scaled(1)
      yield* world.until("old", "taken over", (it) => it.status?.attempts?.length === 1)
      yield* executorsAgree(world, "old", 1)
      const done = yield* world.untilState("old", "COMPLETED", 180)
      assert.lengthOf(done.status?.attempts ?? [], 1)
      assert.strictEqual(attempt(done).result, "Succeeded")
      assert.strictEqual(done.status?.submissionID, submission)
      assert.strictEqual((yield* world.driver("old")).metadata?.uid, driver.metadata?.uid)
      yield* metricsEqualTruth(world, "gauges")
    }).pipe(Effect.scoped),
  )
})
