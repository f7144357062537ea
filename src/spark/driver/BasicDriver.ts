/**
 * Spark's `BasicDriverFeatureStep`: image, ports, environment, CPU, memory and labels of the driver,
 * and the properties by which the driver knows its own pod.
 */

import type { ContainerPort, EnvVar } from "kubernetes-types/core/v1"
import type { ConfReader } from "../conf/ConfReader.ts"
import { readDevices } from "../conf/Devices.ts"
import { readDriverMemory } from "../conf/DriverMemory.ts"
import { javaDouble } from "../conf/Memory.ts"
import { noImage } from "../conf/RoleConf.ts"
import { readLabels, readAnnotations, substituteIds } from "../pod/PodLabels.ts"
import { addAnnotations, addEnv, addLabels, addPorts, addResources, withContainer, withSpec } from "../pod/SparkPod.ts"
import { readDependencyLists } from "./Dependencies.ts"
import type { FeatureStep, ReadStep, Run, Submitted } from "./FeatureStep.ts"

/** Default ports of a driver, other than that of its UI. */
export const defaultPorts = { driver: 7078, blockManager: 7079, connect: 15002 }

const readPorts = ({ read, profile, ui }: Submitted): ReadonlyArray<ContainerPort> => {
  const port = (name: string, containerPort: number): ContainerPort => ({ name, containerPort, protocol: "TCP" })
  const shared = read.port("spark.blockManager.port") ?? defaultPorts.blockManager
  return [
    port("driver-rpc-port", read.port("spark.driver.port") ?? defaultPorts.driver),
    port("blockmanager", read.port("spark.driver.blockManager.port") ?? shared),
    port("spark-ui", ui.plainPort),
    ...(profile.connectPort
      ? [port("spark-connect", read.port("spark.connect.grpc.binding.port") ?? defaultPorts.connect)]
      : []),
  ]
}

const readImage = ({ read, profile, workload }: Submitted): string => {
  const image = read.text("spark.kubernetes.driver.container.image")
  if (!read.has("spark.kubernetes.driver.container.image")) {
    read.refuse("spec.image", noImage("driver"))
  }
  if (image === undefined) return ""
  return profile.substitutesImage ? image.replaceAll("{{SPARK_VERSION}}", workload.spec.sparkVersion) : image
}

const environmentName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

const readEnvironment = (read: ConfReader): ReadonlyArray<EnvVar> =>
  read.prefixed("spark.kubernetes.driverEnv.").map(({ name, value, field }) => {
    if (!environmentName.test(name)) {
      read.refuse(field, `${JSON.stringify(name)} is not the name of an environment variable`)
    }
    return { name, value }
  })

const readCpu = (read: ConfReader) => {
  const cores = read.integer("spark.driver.cores", 1) ?? 1
  const request = read.quantity("spark.kubernetes.driver.request.cores") ?? String(cores)
  const limit = read.quantity("spark.kubernetes.driver.limit.cores")
  return { request, limit }
}

/** The security context that Spark writes into the container, overriding that of a template. */
const readPrivileges = ({ read, profile }: Submitted) => {
  if (!profile.forbidsPrivilegeEscalation) return undefined
  const [own, shared] = ["spark.kubernetes.driver.securityContext", "spark.kubernetes.securityContext"] as const
  const key = read.has(`${own}.allowPrivilegeEscalation`) ? own : shared
  return { allowPrivilegeEscalation: read.flag(`${key}.allowPrivilegeEscalation`) }
}

const driverProperties = (run: Run, defaultFactor: number): Readonly<Record<string, string>> => ({
  "spark.kubernetes.driver.pod.name": run.names.driverPod,
  "spark.app.id": run.appId,
  "spark.kubernetes.submitInDriver": "true",
  "spark.kubernetes.memoryOverheadFactor": javaDouble(defaultFactor),
})

export const basicDriver: ReadStep = (submitted): FeatureStep => {
  const { read } = submitted
  const image = readImage(submitted)
  const imagePullPolicy = read.choice(
    "spark.kubernetes.container.image.pullPolicy",
    ["Always", "Never", "IfNotPresent"],
    "IfNotPresent",
  )
  const pullSecrets = read.list("spark.kubernetes.container.image.pullSecrets").map((name) => ({ name }))
  const ports = readPorts(submitted)
  const environment = readEnvironment(read)
  const devices = readDevices(read, "driver")
  const cpu = readCpu(read)
  const memory = readDriverMemory(submitted)
  const annotations = readAnnotations(read, "spark.kubernetes.driver.annotation.")
  const nodeSelector = {
    ...readLabels(read, "spark.kubernetes.node.selector."),
    ...readLabels(read, "spark.kubernetes.driver.node.selector."),
  }
  const schedulerName =
    read.text("spark.kubernetes.driver.scheduler.name") ?? read.text("spark.kubernetes.scheduler.name")
  const dependencies = readDependencyLists(submitted)
  const privileges = readPrivileges(submitted)
  const proxyUser = submitted.profile.proxyUserIsSparkUser ? submitted.main.proxyUser : undefined

  return {
    configurePod: (pod, run) => {
      const env: ReadonlyArray<EnvVar> = [
        { name: "SPARK_USER", value: proxyUser || (run.options.sparkUser ?? "spark") },
        { name: "SPARK_APPLICATION_ID", value: run.appId },
        ...environment,
        { name: "SPARK_DRIVER_BIND_ADDRESS", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
      ]
      const securityContext =
        privileges === undefined ? {} : { securityContext: { ...pod.container.securityContext, ...privileges } }
      const started = withContainer(pod, { image, imagePullPolicy, ...securityContext })
      const container = addResources(addEnv(addPorts(started, ports), env), {
        requests: { cpu: cpu.request, memory: `${memory.total}Mi` },
        limits: { ...(cpu.limit === undefined ? {} : { cpu: cpu.limit }), memory: `${memory.total}Mi`, ...devices },
      })
      const labelled = addAnnotations(addLabels(container, run.driverLabels), substituteIds(annotations, run.appId))
      const named = { ...labelled, metadata: { ...labelled.metadata, name: run.names.driverPod } }
      const secrets = [...(pod.spec.imagePullSecrets ?? []), ...pullSecrets]
      const selector = { ...pod.spec.nodeSelector, ...nodeSelector }
      return withSpec(named, {
        restartPolicy: "Never",
        ...(secrets.length > 0 ? { imagePullSecrets: secrets } : {}),
        ...(Object.keys(selector).length > 0 ? { nodeSelector: selector } : {}),
        ...(schedulerName === undefined ? {} : { schedulerName }),
      })
    },
    properties: (run) => ({ ...driverProperties(run, memory.defaultFactor), ...dependencies }),
  }
}
