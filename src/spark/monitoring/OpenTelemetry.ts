/**
 * `spec.telemetry` in the pods: the standard variables of OpenTelemetry and its Java agent, so that what driver and executors export joins
 * the operator's trace of the attempt. Variables of the user are kept. Without `spec.telemetry` pods do not change, except for
 * `TRACEPARENT` where the operator is configured to pass it to all pods.
 */

import type { EnvVar } from "kubernetes-types/core/v1"
import type { ConfEntry, SparkConf } from "../conf/SparkConf.ts"
import type { BuildOptions, FeatureStep, Submitted } from "../driver/FeatureStep.ts"
import { addEnv, mountVolume, type SparkPod, withSpec } from "../pod/SparkPod.ts"
import { freeVolume, userVolumes } from "../pod/VolumeFields.ts"
import type { Submission } from "../submit/Submission.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"
import { traceId, traceparent } from "./Trace.ts"

type Role = "driver" | "executor"
type Spec = Pick<WorkloadSpec, "telemetry" | "driver" | "executor">

const roles = ["driver", "executor"] as const
const field = "spec.telemetry"
const volumeName = "otel-java-agent"
const directory = "/otel-java-agent"
/** The path in OpenTelemetry's own images. */
const jarInImage = "/javaagent.jar"
const podNameVariable = "OTEL_RESOURCE_ATTRIBUTES_POD_NAME"
const environmentKey = { driver: "spark.kubernetes.driverEnv.", executor: "spark.executorEnv." } as const

export const servesPrometheus = ({ telemetry }: Pick<Spec, "telemetry">): boolean =>
  telemetry?.mode === "prometheus" || telemetry?.mode === "both"

export const sendsOtlp = ({ telemetry }: Pick<Spec, "telemetry">): boolean =>
  telemetry?.mode === "otlp" || telemetry?.mode === "both"

const agentOf = (spec: Spec) => (sendsOtlp(spec) ? spec.telemetry?.otlp?.javaAgent : undefined)

/**
 * The configuration with the agent in the Java options, and with names of metrics that are the same for every application. A property of
 * the user wins; Java options are appended.
 */
export const withTelemetry = (conf: SparkConf, { spec }: Pick<Workload, "spec">): SparkConf => {
  const added = new Map<string, ConfEntry>()
  const set = (key: string, value: string) => added.set(key, { key, value, field })
  const propose = (key: string, value: string) => (conf.has(key) ? undefined : set(key, value))
  const agent = agentOf(spec)
  if (agent !== undefined) {
    const jar = agent.image ? `${directory}/javaagent.jar` : agent.jar
    for (const role of roles) {
      const key = `spark.${role}.extraJavaOptions`
      set(key, [conf.get(key)?.value, `-javaagent:${jar}`].filter(Boolean).join(" "))
    }
  }
  if (servesPrometheus(spec)) {
    propose("spark.metrics.namespace", "spark")
    propose("spark.sql.streaming.metricsEnabled", "true")
  }
  return added.size === 0 ? conf : new Map([...conf, ...added])
}

/** The pod with what no property can express: the jar of the agent, and the pod's own name for the variables that refer to it. */
export const withAgent = (pod: SparkPod, { spec }: Pick<Workload, "spec">): SparkPod => {
  if (!sendsOtlp(spec)) return pod
  const fieldRef = { fieldPath: "metadata.name" }
  const named = pod.container.env?.some(({ name }) => name === podNameVariable)
    ? pod
    : addEnv(pod, [{ name: podNameVariable, valueFrom: { fieldRef } }])
  const agent = agentOf(spec)
  if (!agent?.image) return named
  const volume = freeVolume(volumeName, volumeName, new Set(roles.flatMap((role) => [...userVolumes(spec, role)])))
  const copy = {
    name: volumeName,
    image: agent.image,
    command: ["cp", agent.jar || jarInImage, `${directory}/javaagent.jar`],
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "64Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    volumeMounts: [{ name: volume, mountPath: directory }],
  }
  const mounted = mountVolume(named, { name: volume, emptyDir: {} }, { mountPath: directory, readOnly: true })
  return withSpec(mounted, { initContainers: [...(pod.spec.initContainers ?? []), copy] })
}

/** The variables of a role in one submission. `appId`: undefined where spark-submit generates one of its own. */
const variables = (
  { metadata, spec }: Workload,
  submission: Submission,
  { traceContext }: BuildOptions,
  role: Role,
  appId: string | undefined,
): Readonly<Record<string, string>> => {
  const { submissionId, attempt } = submission
  const trace = { TRACEPARENT: traceparent(submissionId, traceContext?.isSampled(traceId(submissionId)) ?? true) }
  if (!sendsOtlp(spec)) return traceContext?.everywhere === true ? trace : {}
  const { endpoint, protocol = "http/protobuf" } = spec.telemetry?.otlp ?? {}
  const attributes = {
    "service.namespace": metadata.namespace,
    "k8s.namespace.name": metadata.namespace,
    "k8s.pod.name": `$(${podNameVariable})`,
    "spark.application.name": metadata.name,
    ...(appId === undefined ? {} : { "spark.application.id": appId }),
    "spark.application.attempt": String(attempt),
    "spark.application.submission_id": submissionId,
    "spark.role": role,
  }
  return {
    OTEL_SERVICE_NAME: metadata.name,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    ...(endpoint ? { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol } : {}),
    ...trace,
  }
}

/** The variables that the user has set for a role anywhere. */
const given = (conf: SparkConf, spec: Spec, role: Role, pod: SparkPod): ReadonlySet<string> =>
  new Set([
    ...[...conf.keys()].flatMap((key) =>
      key.startsWith(environmentKey[role]) ? [key.slice(environmentKey[role].length)] : [],
    ),
    ...[...(spec[role].env ?? []), ...(pod.container.env ?? [])].map(({ name }) => name),
  ])

const missing = (wanted: Readonly<Record<string, string>>, has: ReadonlySet<string>): ReadonlyArray<[string, string]> =>
  Object.entries(wanted).filter(([name]) => !has.has(name))

/** The driver's variables in its pod, those of executors as properties, which the driver turns into variables. */
export const telemetryStep = ({ workload, read }: Submitted, executors: SparkPod): FeatureStep => ({
  configurePod: (pod, { submission, options, appId }) => {
    const equipped = withAgent(pod, workload)
    const wanted = variables(workload, submission, options, "driver", appId)
    const env = missing(wanted, given(read.conf, workload.spec, "driver", equipped))
    return addEnv(
      equipped,
      env.map(([name, value]): EnvVar => ({ name, value })),
    )
  },
  properties: ({ submission, options, appId }) => {
    const wanted = variables(workload, submission, options, "executor", appId)
    const env = missing(wanted, given(read.conf, workload.spec, "executor", executors))
    return Object.fromEntries(env.map(([name, value]) => [`${environmentKey.executor}${name}`, value]))
  },
})

/** The configuration with the variables of both roles, for a submission by spark-submit. */
export const withTelemetryVariables = (
  conf: SparkConf,
  workload: Workload,
  templates: Readonly<Record<Role, SparkPod>>,
  submission: Submission,
  options: BuildOptions,
): SparkConf =>
  new Map([
    ...conf,
    ...roles.flatMap((role) =>
      missing(
        variables(workload, submission, options, role, undefined),
        given(conf, workload.spec, role, templates[role]),
      ).map(([name, value]) => {
        const key = `${environmentKey[role]}${name}`
        return [key, { key, value, field }] as const
      }),
    ),
  ])
