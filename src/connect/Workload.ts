/**
 * A SparkConnect as the workload that `spark/` builds from: a driver whose class is the Connect server, under kubeflow's names. The parts of
 * the spec that are called otherwise there are renamed in what is reported (`Fields.ts`).
 */

import type { ContainerPort, EnvVar } from "kubernetes-types/core/v1"
import type { DynamicAllocation } from "../api/application/DynamicAllocation.ts"
import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import { sparkConnects } from "../api/Kinds.ts"
import { defaultPorts } from "../spark/driver/BasicDriver.ts"
import { noResource } from "../spark/driver/MainResource.ts"
import * as Labels from "../spark/Labels.ts"
import { driverContainerName, executorContainerName, fromTemplate } from "../spark/pod/SparkPod.ts"
import { profileOf } from "../spark/SparkProfile.ts"
import { ownerReference, type Workload } from "../spark/Workload.ts"
import { executorPrefix, serverPodName, tokenSecretName } from "./Names.ts"
import { revisionOf } from "./Revision.ts"

export const mainClass = "org.apache.spark.sql.connect.service.SparkConnectServer"
/** The key of the token in its Secret. */
export const tokenKey = "token"
export const tokenVariable = "SPARK_CONNECT_AUTHENTICATE_TOKEN"
export const portKey = "spark.connect.grpc.binding.port"
export const executorPrefixKey = "spark.kubernetes.executor.podNamePrefix"
const sessionTimeoutKey = "spark.connect.session.manager.defaultSessionTimeout"

/** Seconds after which Spark closes an abandoned session. */
const usualSessionTimeout = 3600

const templateImages = ({ spec: { server, executor } }: SparkConnect) => ({
  server: fromTemplate(server.template, driverContainerName).container.image,
  executor: fromTemplate(executor.template, executorContainerName).container.image,
})

/** The image of the Spark container of the role's template, which wins over `spec.image` as with kubeflow's operator; else that of the other. */
const imageOf = (connect: SparkConnect, role: "server" | "executor"): string | undefined => {
  const { server, executor } = templateImages(connect)
  return role === "server" ? (server ?? connect.spec.image ?? executor) : (executor ?? connect.spec.image ?? server)
}

/** Whether there is an image in any of the three places. */
export const hasImage = (connect: SparkConnect): boolean => Boolean(imageOf(connect, "server"))

/** The token goes to the server by its environment: a property would be in the ConfigMap, the UI and the event log. */
const environment = (connect: SparkConnect): ReadonlyArray<EnvVar> => {
  const name = tokenSecretName(connect)
  return name === undefined ? [] : [{ name: tokenVariable, valueFrom: { secretKeyRef: { name, key: tokenKey } } }]
}

/** Spark itself names the port from 4.1 on. */
const ports = ({
  spec,
}: SparkConnect): ReadonlyArray<Required<Pick<ContainerPort, "name" | "containerPort" | "protocol">>> =>
  profileOf(spec.sparkVersion)?.connectPort === true
    ? []
    : [
        {
          name: "spark-connect",
          protocol: "TCP",
          containerPort: Number(spec.sparkConf?.[portKey]) || defaultPorts.connect,
        },
      ]

/** Sessions share the executors fairly, and one that was abandoned does not keep an idle server. */
const sparkConf = (connect: SparkConnect, attempt: number): Readonly<Record<string, string>> => {
  const { idle, sparkConf } = connect.spec
  return {
    "spark.scheduler.mode": "FAIR",
    ...(idle === undefined ? {} : { [sessionTimeoutKey]: `${Math.min(idle.timeoutSeconds, usualSessionTimeout)}s` }),
    ...sparkConf,
    [executorPrefixKey]: executorPrefix(connect, attempt),
  }
}

const dynamicAllocation = (options: DynamicAllocation | undefined): DynamicAllocation | undefined =>
  options?.enabled === true ? { minExecutors: 0, shuffleTrackingEnabled: true, ...options } : options

const isDynamic = ({ spec }: SparkConnect) =>
  spec.dynamicAllocation === undefined
    ? spec.sparkConf?.["spark.dynamicAllocation.enabled"]?.toLowerCase() === "true"
    : spec.dynamicAllocation.enabled === true

/** Defaults to one core and 1 GiB, unless a Spark property sets them. */
const size = (connect: SparkConnect, role: "driver" | "executor") => {
  const { cores, memory } = connect.spec[role === "driver" ? "server" : "executor"]
  const isSet = (what: string) => connect.spec.sparkConf?.[`spark.${role}.${what}`] !== undefined
  return {
    ...(cores === undefined && isSet("cores") ? {} : { cores: cores ?? 1 }),
    ...(memory === undefined && isSet("memory") ? {} : { memory: memory ?? "1g" }),
  }
}

const instances = (connect: SparkConnect) => {
  const own = connect.spec.executor.instances
  const isSet = isDynamic(connect) || connect.spec.sparkConf?.["spark.executor.instances"] !== undefined
  return own === undefined && isSet ? {} : { instances: own ?? 1 }
}

/** The workload of one attempt: attempts differ in the names of their executors, and in an annotation of the pod. */
export const workloadOf = (connect: SparkConnect, attempt: number): Workload => {
  const { metadata, spec } = connect
  const [image, executorImage] = [imageOf(connect, "server"), imageOf(connect, "executor")]
  return {
    owner: ownerReference(sparkConnects, metadata),
    identity: { nameLabel: Labels.connectName, driverRole: Labels.connectServerRole },
    submittableByJob: false,
    metadata,
    spec: {
      type: "Scala",
      sparkVersion: spec.sparkVersion,
      mainApplicationFile: noResource,
      mainClass,
      ...(spec.image === undefined ? {} : { image: spec.image }),
      ...(spec.imagePullPolicy === undefined ? {} : { imagePullPolicy: spec.imagePullPolicy }),
      ...(spec.imagePullSecrets === undefined ? {} : { imagePullSecrets: spec.imagePullSecrets }),
      sparkConf: sparkConf(connect, attempt),
      ...(spec.hadoopConf === undefined ? {} : { hadoopConf: spec.hadoopConf }),
      ...(spec.deps === undefined ? {} : { deps: spec.deps }),
      driver: {
        podName: serverPodName(connect),
        ...size(connect, "driver"),
        ...(spec.server.template === undefined ? {} : { template: spec.server.template }),
        ...(image === undefined ? {} : { image }),
        env: environment(connect),
        ports: ports(connect),
        annotations: {
          [Labels.revisionAnnotation]: revisionOf(spec),
          [Labels.attemptAnnotation]: String(attempt),
        },
      },
      executor: {
        ...size(connect, "executor"),
        ...instances(connect),
        ...(spec.executor.template === undefined ? {} : { template: spec.executor.template }),
        ...(executorImage === undefined ? {} : { image: executorImage }),
      },
      ...(spec.dynamicAllocation === undefined
        ? {}
        : { dynamicAllocation: dynamicAllocation(spec.dynamicAllocation)! }),
      ...(spec.healthChecks === undefined ? {} : { healthChecks: spec.healthChecks }),
      ...(spec.monitoring === undefined ? {} : { monitoring: spec.monitoring }),
      ...(spec.telemetry === undefined ? {} : { telemetry: spec.telemetry }),
      ...(spec.batchScheduler === undefined ? {} : { batchScheduler: spec.batchScheduler }),
      ...(spec.batchSchedulerOptions === undefined ? {} : { batchSchedulerOptions: spec.batchSchedulerOptions }),
    },
  }
}
