/** Nothing in `src/spark` knows the kind that it builds for: a workload of another kind is built with that kind as the owner. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { workloadOf } from "../../src/application/Workload.ts"
import { resource } from "../../src/kube/Resource.ts"
import { children } from "../../src/spark/Children.ts"
import { build } from "../../src/spark/driver/Build.ts"
import { submitJob } from "../../src/spark/submit/SubmitJob.ts"
import { checkWorkload } from "../../src/spark/Validate.ts"
import { ownerReference, type Workload } from "../../src/spark/Workload.ts"
import { application, options, plainSettings, submission } from "../support/SparkFixture.ts"

const connects = resource("example.com", "v1", "connects", "Connect")

/** A Spark Connect server: a class of the image that only a kind of its own may run, without an end. */
const connect: Workload = {
  ...workloadOf(
    application({
      sparkVersion: "4.3.0",
      image: "spark:4.3.0",
      mainClass: "org.apache.spark.sql.connect.service.SparkConnectServer",
      mainApplicationFile: "spark-internal",
      driver: { podName: "spark-pi-server" },
      sparkConf: {
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.claimName": "OnDemand",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.storageClass": "fast",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.sizeLimit": "1Gi",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.mount.path": "/data",
      },
      driverPodDisruptionBudget: true,
      driverIngressOptions: [{ servicePort: 15002, servicePortName: "connect", ingressURLFormat: "a.example.com" }],
      monitoring: {
        exposeDriverMetrics: true,
        exposeExecutorMetrics: true,
        prometheus: { jmxExporterJar: "/jmx.jar" },
      },
      batchScheduler: "volcano",
    }) as unknown as SparkApplication,
  ),
  owner: ownerReference(connects, { name: "spark-pi", uid: "5a8d3b4d-2c11-4a43-a4f6-2f1b8e2a58cd" }),
}

const settings = {
  ...plainSettings,
  scheduling: { enabled: true, defaultScheduler: undefined, kubeSchedulerNames: [] },
}
const at = {
  ...options,
  children: { uiService: true, ingressUrlFormat: "{{$appName}}.example.com", driverPodDisruptionBudget: true },
}

describe("a workload of another kind", () => {
  const valid = Result.getOrThrowWith(checkWorkload(connect, settings, []), (found) => new Error(JSON.stringify(found)))
  const { pod, service, configMaps } = build(valid, submission, at)
  const { job, configMap } = submitJob(valid, submission, at)
  const others = children(valid, submission, at).map(({ object }) => object)
  const objects = [pod, service, ...configMaps, job, configMap, ...others]

  it.each(objects.map((object) => [`${object.kind} ${object.metadata?.name}`, object] as const))(
    "owns its %s",
    (_, { metadata }) => {
      assert.deepStrictEqual(metadata?.ownerReferences, [
        {
          apiVersion: "example.com/v1",
          kind: "Connect",
          name: "spark-pi",
          uid: "5a8d3b4d-2c11-4a43-a4f6-2f1b8e2a58cd",
          controller: true,
          blockOwnerDeletion: true,
        },
      ])
    },
  )

  it("is tested with objects of every kind", () => {
    assert.deepStrictEqual([...new Set(objects.map(({ kind }) => kind))].sort(), [
      "ConfigMap",
      "Ingress",
      "Job",
      "NetworkPolicy",
      "PersistentVolumeClaim",
      "Pod",
      "PodDisruptionBudget",
      "PodGroup",
      "Service",
    ])
  })
})
