/** The executor that a real driver creates on a real cluster is the one that `firesteel render` shows, field by field. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { validate } from "../../../src/application/Validate.ts"
import { decodeFlags } from "../../../src/settings/Flag.ts"
import * as PodSettings from "../../../src/settings/PodSettings.ts"
import { executorPod } from "../../../src/spark/executor/ExecutorPod.ts"
import { noHealthDefaults } from "../../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../../src/spark/pod/PodMetadata.ts"
import { executorForm } from "../../golden/ExecutorNormal.ts"
import { python } from "../support/Applications.ts"
import { sparkImages } from "../support/Environment.ts"
import { kubectl } from "../support/Kubectl.ts"
import { attempt, ClusterLayer, makeWorld, type World } from "../support/World.ts"

/** Something of most steps that shape an executor. */
const spec = (image: string) => ({
  volumes: [
    { name: "spark-local-dir-1", emptyDir: { sizeLimit: "1Gi" } },
    { name: "shared", configMap: { name: "code" } },
  ],
  sparkConf: { "spark.executorEnv.FROM_CONF": "{{APP_ID}}", "spark.task.maxFailures": "2" },
  executor: {
    instances: 1,
    cores: 2,
    coreLimit: "2000m",
    memoryOverhead: "400m",
    javaOptions: "-Dapplication={{APP_ID}} -Dexecutor={{EXECUTOR_ID}}",
    labels: { tier: "batch" },
    annotations: { "example.com/owner": "data" },
    envVars: { PLAIN: "text" },
    env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    volumeMounts: [
      { name: "spark-local-dir-1", mountPath: "/scratch" },
      { name: "shared", mountPath: "/shared", readOnly: true },
    ],
    configMaps: [{ name: "code", path: "/etc/code" }],
    tolerations: [{ key: "dedicated", operator: "Exists" as const, effect: "NoSchedule" as const }],
    podSecurityContext: { fsGroup: 185 },
    securityContext: { allowPrivilegeEscalation: false },
    terminationGracePeriodSeconds: 5,
    initContainers: [{ name: "prepare", image, command: ["true"] }],
    sidecars: [{ name: "agent", image, command: ["sh", "-c", "trap exit TERM; sleep 900 & wait"] }],
  },
})

/** As `firesteel render` makes it with the operator's defaults, of the submission and the driver that exist. */
const rendered = (application: SparkApplication, driver: Pod): Pod => {
  const values = Result.getOrThrow(decodeFlags(PodSettings.flags, [], {}))
  const { build, scheduling, submitter } = PodSettings.fromValues(values)
  const valid = Result.getOrThrow(
    validate(application, {
      scheduling,
      submitter,
      healthDefaults: noHealthDefaults,
      podMetadata: noPodMetadata,
      eventLog: noTarget,
    }),
  )
  const { submissionID, number, startTime } = attempt(application)
  const submission = { submissionId: submissionID, submittedAt: Date.parse(startTime), attempt: number }
  return executorPod(
    valid,
    driver,
    submission,
    PodSettings.buildOptions(build, () => true),
  )
}

/** As the API server would store it: with its defaults, and with what its admission adds. */
const stored = (world: World, pod: Pod) =>
  Effect.orDie(
    kubectl(
      ["create", "--dry-run=server", "-n", world.namespace, "-o", "json", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "Pod", ...pod }),
    ),
  ).pipe(Effect.map((text) => JSON.parse(text) as Pod))

/** Set by the image: its entrypoint passes this to the driver's spark-submit. */
const fromEntrypoint = "SPARK_DRIVER_POD_IP"

/** Without what only an existing object has, and without what scheduler, kubelet and entrypoint set. */
const comparable = ({ metadata, spec }: Pod): unknown => {
  const { name, labels, annotations, ownerReferences } = metadata ?? {}
  const { nodeName: _nodeName, containers, ...rest } = spec!
  const own = containers.map(({ env = [], ...container }) => ({
    ...container,
    env: env.filter((variable) => variable.name !== fromEntrypoint),
  }))
  const form = executorForm({
    metadata: { name, labels, annotations, ownerReferences },
    spec: { ...rest, containers: own },
  } as Pod)
  return JSON.parse(form.replaceAll(/kube-api-access-[a-z0-9]{5}/g, "kube-api-access"))
}

layer(ClusterLayer, { excludeTestServices: true })("the executor of a real driver", (it) => {
  describe.concurrent("", () => {
    for (const spark of sparkImages) {
      it.effect(`is the one that render shows (${spark.version})`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("executor-pod")
          yield* world.apply(python("shown", ["work"], spec(spark.image), spark))
          const application = yield* world.until(
            "shown",
            "with an executor",
            ({ status }) => status?.executors?.running === 1,
          )
          const [executor] = yield* world.executors("shown")
          const expected = yield* stored(world, rendered(application, yield* world.driver("shown")))
          assert.deepStrictEqual(comparable(executor!), comparable(expected))
          yield* world.finish("shown")
          yield* world.untilState("shown", "COMPLETED")
          yield* world.remove("shown")
        }),
      )
    }
  })
})
