/**
 * The pod in which the real spark-submit runs: the driver's image, account, placement and security, and its volumes
 * and environment, because listing a bucket or a Kerberos login needs the same credentials. It takes no part in the run itself.
 */

import { Struct } from "effect"
import type { EnvVar, PodSpec, Volume } from "kubernetes-types/core/v1"
import { withPrefix } from "../conf/SparkConf.ts"
import { driverTemplate } from "../health/HealthPlan.ts"
import type { Plan } from "../Plan.ts"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import { secretVolume } from "../pod/VolumeFields.ts"

export const submitContainerName = "spark-submit"
const sparkSubmit = "/opt/spark/bin/spark-submit"

/** Variables that would change the configuration on a submitting machine (`SparkSubmitArguments`, Hadoop's UGI). */
const readBySubmitter: ReadonlySet<string> = new Set([
  "MASTER",
  "DEPLOY_MODE",
  "SPARK_REMOTE",
  "SPARK_DRIVER_MEMORY",
  "SPARK_EXECUTOR_MEMORY",
  "SPARK_EXECUTOR_CORES",
  "SPARK_USER",
  "SPARK_CONF_DIR",
  "SPARK_LOCAL_DIRS",
  "HADOOP_CONF_DIR",
  "HADOOP_TOKEN_FILE_LOCATION",
  "PYSPARK_PYTHON",
  "PYSPARK_DRIVER_PYTHON",
])

/** Short stack traces: the kubelet keeps only the last 2 KiB of the log, which must contain the causes. */
const submitOptions: EnvVar = { name: "SPARK_SUBMIT_OPTS", value: "-XX:MaxJavaStackTraceDepth=3" }

const confEnvironment = ({ conf }: Plan): ReadonlyArray<EnvVar> => [
  ...withPrefix(conf, "spark.kubernetes.driverEnv.").map(({ name, value }) => ({ name, value })),
  ...withPrefix(conf, "spark.kubernetes.driver.secretKeyRef.").map(({ name, value }) => {
    const [secret = "", key = ""] = value.split(":")
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } }
  }),
]

const withSecrets = (pod: SparkPod, { conf }: Plan): SparkPod =>
  withPrefix(conf, "spark.kubernetes.driver.secrets.").reduce(
    (pod, { name, value }) =>
      mountVolume(pod, { name: secretVolume(name), secret: { secretName: name } }, { mountPath: value }),
    pod,
  )

/** An ephemeral claim for this pod alone would be wasted: an empty directory is enough. */
const withoutClaim = (volume: Volume): Volume =>
  volume.ephemeral === undefined ? volume : { name: volume.name, emptyDir: {} }

const imageOf = ({ conf, profile, workload }: Plan): string => {
  const image = conf.get("spark.kubernetes.driver.container.image")?.value ?? ""
  return profile.substitutesImage ? image.replaceAll("{{SPARK_VERSION}}", workload.spec.sparkVersion) : image
}

/** The kubelet expands `$(NAME)` and halves `$$` in arguments. */
const literal = (argument: string) => argument.replaceAll("$", "$$$$")

/** The settings with which the pod can start wherever the driver can. */
const placement = ({ spec }: SparkPod, { conf }: Plan): Partial<PodSpec> => {
  const account = conf.get("spark.kubernetes.authenticate.driver.serviceAccountName")?.value
  const pullSecrets = (conf.get("spark.kubernetes.container.image.pullSecrets")?.value ?? "").split(",")
  const imagePullSecrets = [
    ...(spec.imagePullSecrets ?? []),
    ...pullSecrets.filter((name) => name.trim() !== "").map((name) => ({ name: name.trim() })),
  ]
  const selectors = ["spark.kubernetes.node.selector.", "spark.kubernetes.driver.node.selector."]
  const nodeSelector = {
    ...spec.nodeSelector,
    ...Object.fromEntries(
      selectors.flatMap((prefix) => withPrefix(conf, prefix).map(({ name, value }) => [name, value])),
    ),
  }
  return {
    ...Struct.pick(spec, [
      "tolerations",
      "affinity",
      "priorityClassName",
      "securityContext",
      "hostAliases",
      "dnsConfig",
      "runtimeClassName",
    ]),
    ...(account === undefined ? {} : { serviceAccountName: account }),
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...(imagePullSecrets.length > 0 ? { imagePullSecrets } : {}),
  }
}

/** The pod of the Job: no sidecars, no init containers, no ports, no probes. `templates` is a ConfigMap, mounted at `path`. */
export const submitPodSpec = (plan: Plan, args: ReadonlyArray<string>, templates: string, path: string): PodSpec => {
  const credentials = withSecrets(addEnv(driverTemplate(plan.workload), confEnvironment(plan)), plan)
  const { spec, container } = mountVolume(
    credentials,
    { name: "spark-submit-templates", configMap: { name: templates } },
    { mountPath: path, readOnly: true },
  )
  const env = (container.env ?? []).filter(({ name }) => !readBySubmitter.has(name))
  // Volumes of sidecars and init containers stay with these.
  const isMounted = (volume: Volume) => container.volumeMounts?.some(({ name }) => name === volume.name) ?? false
  return {
    restartPolicy: "Never",
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...placement(credentials, plan),
    volumes: (spec.volumes ?? []).filter(isMounted).map(withoutClaim),
    containers: [
      {
        ...Struct.pick(container, ["envFrom", "volumeMounts", "securityContext"]),
        name: submitContainerName,
        image: imageOf(plan),
        imagePullPolicy: plan.conf.get("spark.kubernetes.container.image.pullPolicy")?.value ?? "IfNotPresent",
        // The image's entrypoint passes other commands than driver and executor through, after giving its user a name.
        args: [sparkSubmit, ...args.map(literal)],
        env: [submitOptions, ...env],
        resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ],
  }
}
