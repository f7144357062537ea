/**
 * The pod template of a history server: the class of Spark is started directly, since the daemon script of Spark would leave the container
 * and run in the background. The user's template is the base; what it sets for the container in detail, such as probes, wins.
 */

import type { Container, PodTemplateSpec, Probe, ResourceRequirements } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { SparkHistoryServerSpec } from "../../api/history/SparkHistoryServerSpec.ts"
import { defaultMinOverhead, totalMemory } from "../../spark/conf/Memory.ts"
import { fingerprint } from "../../spark/Fingerprint.ts"
import * as Labels from "../../spark/Labels.ts"
import { addEnv, addPorts, fromTemplate, mountVolume, type SparkPod, toPod } from "../../spark/pod/SparkPod.ts"
import { mountPath } from "./Directories.ts"
import { confName, confPath, containerName, portName, selectorLabels, storePath } from "./Names.ts"
import { heapOf, listenPort, storeSize } from "./ServerConf.ts"

const sparkClass = "/opt/spark/bin/spark-class"
const mainClass = "org.apache.spark.deploy.history.HistoryServer"
const memoryVariable = "SPARK_DAEMON_MEMORY"

/** Every other path answers with the home page, also while the server cannot read anything. */
const probe = (periodSeconds: number, failureThreshold: number, timeoutSeconds: number): Probe => ({
  httpGet: { path: "/api/v1/version", port: portName },
  periodSeconds,
  failureThreshold,
  timeoutSeconds,
})

const probes: Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe"> = {
  startupProbe: probe(5, 60, 5),
  readinessProbe: probe(10, 3, 5),
  livenessProbe: probe(30, 10, 10),
}

/** Spark's own share of memory outside the heap, as for a driver. */
const overheadFactor = 0.1

const defaultMemory = (spec: SparkHistoryServerSpec): string =>
  `${totalMemory({ memory: heapOf(spec), overhead: undefined, overheadFactor, minOverhead: defaultMinOverhead })}Mi`

/** The template's, over them those of the spec, and defaults for what neither says. */
const resourcesOf = (spec: SparkHistoryServerSpec, own: ResourceRequirements = {}): ResourceRequirements => {
  const requests = { ...own.requests, ...spec.resources?.requests }
  const limits = { ...own.limits, ...spec.resources?.limits }
  const isSet = (name: string) => requests[name] !== undefined || limits[name] !== undefined
  const memory = isSet("memory") ? {} : { memory: defaultMemory(spec) }
  return {
    ...own,
    ...spec.resources,
    requests: { ...(isSet("cpu") ? {} : { cpu: "250m" }), ...memory, ...requests },
    limits: { ...memory, ...limits },
  } as ResourceRequirements
}

/** What the container runs, unless the template says otherwise. The entrypoint of Spark's images runs other commands than its own as they are. */
const commandOf = ({ command, args }: Container, file: string): Pick<Container, "args"> =>
  command === undefined && args === undefined
    ? { args: [sparkClass, mainClass, "--properties-file", `${confPath}/${file}`] }
    : {}

const containerOf = (spec: SparkHistoryServerSpec, own: Container, file: string): Container => {
  const { image = own.image, imagePullPolicy = own.imagePullPolicy ?? "IfNotPresent", logDirectories } = spec
  const secrets = [...new Set(logDirectories.flatMap(({ secretName }) => secretName ?? []))]
  return {
    terminationMessagePolicy: "FallbackToLogsOnError",
    ...probes,
    ...own,
    ...commandOf(own, file),
    ...(image === undefined ? {} : { image }),
    imagePullPolicy,
    resources: resourcesOf(spec, own.resources),
    ...(secrets.length === 0 && own.envFrom === undefined
      ? {}
      : { envFrom: [...(own.envFrom ?? []), ...secrets.map((name) => ({ secretRef: { name } }))] }),
  }
}

/** Volumes with their mounts: the properties, the store, and every claim. */
const mounted = (server: SparkHistoryServer, pod: SparkPod): SparkPod => {
  const { spec } = server
  const configured = mountVolume(
    pod,
    { name: "spark-history-conf", configMap: { name: confName(server) } },
    { mountPath: confPath, readOnly: true },
  )
  const size = storeSize(spec)
  const stored =
    size === undefined
      ? configured
      : mountVolume(
          configured,
          { name: "spark-history-store", emptyDir: { sizeLimit: String(spec.store?.size ?? "10Gi") } },
          { mountPath: storePath },
        )
  return spec.logDirectories.reduce((pod, directory, index) => {
    if (directory.claim === undefined) return pod
    const { claimName, subPath } = directory.claim
    return mountVolume(
      pod,
      { name: `event-logs-${index}`, persistentVolumeClaim: { claimName } },
      { mountPath: mountPath(directory), ...(subPath === undefined ? {} : { subPath }) },
    )
  }, stored)
}

/** The template for this Deployment, which reads this file of the ConfigMap with this content. Total and pure. */
export const serverPod = (
  server: SparkHistoryServer,
  deployment: string,
  file: string,
  content: string,
): PodTemplateSpec => {
  const { spec } = server
  const base = fromTemplate(spec.template, containerName)
  const { env = [] } = base.container
  const memory = env.some(({ name }) => name === memoryVariable)
    ? []
    : [{ name: memoryVariable, value: `${heapOf(spec)}m` }]
  const container = containerOf(spec, base.container, file)
  const port = { name: portName, containerPort: listenPort(spec), protocol: "TCP" }
  const pod = mounted(server, addPorts(addEnv({ ...base, container }, memory), [port]))
  const { metadata, spec: podSpec } = toPod(pod)
  const { serviceAccount, imagePullSecrets = [] } = spec
  return {
    metadata: {
      ...metadata,
      labels: {
        "app.kubernetes.io/name": containerName,
        "app.kubernetes.io/instance": server.metadata.name,
        ...metadata?.labels,
        ...selectorLabels(server),
        [Labels.historyDeployment]: deployment,
      },
      annotations: {
        "kubectl.kubernetes.io/default-container": containerName,
        ...metadata?.annotations,
        [Labels.historyRevision]: fingerprint(content),
      },
    },
    spec: {
      // They would fill the environment with all Services of the namespace, some of which Spark would read as settings.
      enableServiceLinks: false,
      ...podSpec!,
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      ...(imagePullSecrets.length === 0
        ? {}
        : { imagePullSecrets: [...(podSpec?.imagePullSecrets ?? []), ...imagePullSecrets.map((name) => ({ name }))] }),
    },
  }
}
