/**
 * Spark's `BasicExecutorFeatureStep`: name, image, environment, sizes, labels and owner of an executor. What the driver overrides of the
 * template is overridden here as well.
 */

import type { ContainerPort } from "kubernetes-types/core/v1"
import { readExecutorConf } from "../conf/ExecutorConf.ts"
import type { Configured } from "../driver/FeatureStep.ts"
import * as Labels from "../Labels.ts"
import { appNameLabel, maxLabelLength } from "../Names.ts"
import { readExecutorLabels, substituteIds } from "../pod/PodLabels.ts"
import {
  addAnnotations,
  addArgs,
  addEnv,
  addLabels,
  addResources,
  mountVolume,
  type SparkPod,
  withContainer,
  withSpec,
} from "../pod/SparkPod.ts"
import { executorEnvironment } from "./ExecutorEnvironment.ts"
import { type ExecutorRun, propertiesUnder, type ReadExecutorStep } from "./ExecutorStep.ts"

const defaultBlockManagerPort = 7079
const confVolume = "spark-conf-volume-exec"

const readPorts = ({ read }: Configured): ReadonlyArray<ContainerPort> => {
  const key = "spark.blockManager.port"
  const port = read.port(key) ?? defaultBlockManagerPort
  if (port < 1024) read.refuse(read.fieldOf(key), "executors need a port from 1024 to 65535")
  return [{ name: "blockmanager", containerPort: port }]
}

/** Sizes may change while the executor runs. */
const resizePolicy = ["cpu", "memory"].map((resourceName) => ({ resourceName, restartPolicy: "NotRequired" }))

const readImage = ({ read, profile, workload }: Configured): string => {
  const image =
    read.text("spark.kubernetes.executor.container.image") ?? read.text("spark.kubernetes.container.image") ?? ""
  return profile.substitutesImage ? image.replaceAll("{{SPARK_VERSION}}", workload.spec.sparkVersion) : image
}

const readAddressing = ({ read, profile }: Configured): boolean => {
  const key = "spark.kubernetes.executor.useDriverPodIP"
  return profile.configurableDriverAddress && read.has(key) ? read.flag(key) : profile.driverAddressByDefault
}

const readHook = ({ read }: Configured): string | undefined =>
  read.flag("spark.decommission.enabled")
    ? (read.text("spark.kubernetes.decommission.script") ?? "/opt/decom.sh")
    : undefined

const readPrivileges = ({ read, profile }: Configured) => {
  if (!profile.forbidsPrivilegeEscalation) return undefined
  const [own, shared] = ["spark.kubernetes.executor.securityContext", "spark.kubernetes.securityContext"] as const
  const key = read.has(`${own}.allowPrivilegeEscalation`) ? own : shared
  return { allowPrivilegeEscalation: read.flag(`${key}.allowPrivilegeEscalation`) }
}

/** The end of the pod's name, which holds the number of the executor. */
const hostname = (podName: string) =>
  podName
    .slice(-maxLabelLength)
    .replace(/^[^A-Za-z0-9_]+/, "")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "_")

const labelsOf = ({ workload, profile }: Configured, run: ExecutorRun): Readonly<Record<string, string>> => {
  const custom = propertiesUnder(run.properties, "spark.kubernetes.executor.label.")
  return {
    ...(profile.substitutesLabels ? substituteIds(custom, run.appId, run.executorId) : custom),
    [Labels.sparkVersion]: workload.spec.sparkVersion,
    [Labels.sparkExecId]: run.executorId,
    [Labels.sparkAppSelector]: run.appId,
    [Labels.sparkAppName]: appNameLabel(workload.metadata.name),
    [Labels.sparkRole]: Labels.executorRole,
    [Labels.sparkExecResourceProfileId]: "0",
  }
}

export const basicExecutor: ReadExecutorStep = (submitted) => {
  const { read, profile } = submitted
  const needs = readExecutorConf(submitted)
  const ports = readPorts(submitted)
  const image = readImage(submitted)
  const imagePullPolicy = read.text("spark.kubernetes.container.image.pullPolicy") ?? "IfNotPresent"
  const pullSecrets = read.list("spark.kubernetes.container.image.pullSecrets").map((name) => ({ name }))
  const hook = readHook(submitted)
  const privileges = readPrivileges(submitted)
  const schedulerName =
    read.text("spark.kubernetes.executor.scheduler.name") ?? read.text("spark.kubernetes.scheduler.name")
  const usesAddress = readAddressing(submitted)
  const withoutConf = read.flag("spark.kubernetes.executor.disableConfigMap")
  const grace = profile.configurableExecutorGrace
    ? { terminationGracePeriodSeconds: read.seconds("spark.kubernetes.executor.terminationGracePeriodSeconds") ?? 30 }
    : {}
  readExecutorLabels(submitted)

  const container = (pod: SparkPod, run: ExecutorRun): SparkPod => {
    const own = pod.container
    const started = withContainer(pod, {
      image,
      imagePullPolicy,
      ports: profile.keepsExecutorPorts ? [...(own.ports ?? []), ...ports] : [...ports],
      ...(profile.resizableExecutors ? { resizePolicy: [...(own.resizePolicy ?? []), ...resizePolicy] } : {}),
      ...(privileges === undefined ? {} : { securityContext: { ...own.securityContext, ...privileges } }),
      ...(hook === undefined ? {} : { lifecycle: { preStop: { exec: { command: [hook] } } } }),
    })
    const sized = addResources(started, {
      requests: { cpu: needs.cpu, memory: `${needs.memory}Mi` },
      limits: {
        memory: `${needs.memory}Mi`,
        ...needs.devices,
        ...(needs.cpuLimit === undefined ? {} : { cpu: needs.cpuLimit }),
      },
    })
    return addArgs(addEnv(sized, executorEnvironment(run, needs, usesAddress)), ["executor"])
  }

  return {
    configurePod: (pod, run) => {
      const { properties, driver } = run
      const annotations = propertiesUnder(properties, "spark.kubernetes.executor.annotation.")
      const labelled = addAnnotations(
        addLabels(container(pod, run), labelsOf(submitted, run)),
        substituteIds(annotations, run.appId, run.executorId),
      )
      const owner = { apiVersion: "v1", kind: "Pod", controller: true, ...driver }
      const ownerReferences = [...(labelled.metadata.ownerReferences ?? []), owner]
      const named = { ...labelled, metadata: { ...labelled.metadata, name: run.podName, ownerReferences } }
      const nodeSelector = {
        ...pod.spec.nodeSelector,
        ...propertiesUnder(properties, "spark.kubernetes.node.selector."),
        ...propertiesUnder(properties, "spark.kubernetes.executor.node.selector."),
      }
      const imagePullSecrets = [...(pod.spec.imagePullSecrets ?? []), ...pullSecrets]
      const placed = withSpec(named, {
        hostname: hostname(run.podName),
        restartPolicy: "Never",
        ...grace,
        ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
        ...(imagePullSecrets.length > 0 ? { imagePullSecrets } : {}),
        ...(schedulerName === undefined ? {} : { schedulerName }),
      })
      return withoutConf
        ? placed
        : mountVolume(
            placed,
            { name: confVolume, configMap: { name: run.confConfigMap } },
            { mountPath: "/opt/spark/conf" },
          )
    },
  }
}
