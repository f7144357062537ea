/**
 * The pod in which the real spark-submit runs: the driver's image, account, placement and security, and what the driver has of volumes
 * and environment, because listing a bucket or a Kerberos login needs the same credentials. It takes no part in the run itself.
 */
import type { EnvVar, PodSpec } from "kubernetes-types/core/v1"
import type { Plan } from "./Plan.ts"
import { withPrefix } from "./SparkConf.ts"
import { addEnv, mountVolume, type SparkPod, withContainer } from "./SparkPod.ts"
import { driverTemplate } from "./SubmitJobTemplates.ts"

export const submitContainerName = "spark-submit"
const sparkSubmit = "/opt/spark/bin/spark-submit"

/** Variables by which a submitting machine would change the configuration (`SparkSubmitArguments`, Hadoop's UGI). */
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

/** Short stack traces: the kubelet keeps only the last 2 KiB of the log, and the causes must be in them. */
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
      mountVolume(pod, { name: `${name}-volume`, secret: { secretName: name } }, { mountPath: value }),
    pod,
  )

const imageOf = ({ conf, profile, application }: Plan): string => {
  const image = conf.get("spark.kubernetes.driver.container.image")?.value ?? ""
  return profile.substitutesImage ? image.replaceAll("{{SPARK_VERSION}}", application.spec.sparkVersion) : image
}

/** The kubelet expands `$(NAME)` and halves `$$` in arguments. */
const literal = (argument: string) => argument.replaceAll("$", "$$$$")

const nodeSelector = ({ conf }: Plan) =>
  Object.fromEntries(
    ["spark.kubernetes.node.selector.", "spark.kubernetes.driver.node.selector."].flatMap((prefix) =>
      withPrefix(conf, prefix).map(({ name, value }) => [name, value]),
    ),
  )

/** Only what lets the pod start where the driver could: no sidecars, no init containers, no ports, no probes. */
export const submitPodSpec = (plan: Plan, args: ReadonlyArray<string>, templates: string, path: string): PodSpec => {
  const { conf } = plan
  const template = driverTemplate(plan.application)
  const withoutNames = (env: ReadonlyArray<EnvVar>) => env.filter(({ name }) => !readBySubmitter.has(name))
  const spark = withSecrets(addEnv(template, confEnvironment(plan)), plan)
  const pod = mountVolume(
    withContainer(spark, { env: [submitOptions, ...withoutNames(spark.container.env ?? [])] }),
    { name: "spark-submit-templates", configMap: { name: templates } },
    { mountPath: path, readOnly: true },
  )
  const { env, envFrom, volumeMounts, securityContext } = pod.container
  const {
    volumes,
    tolerations,
    affinity,
    priorityClassName,
    securityContext: podSecurity,
    hostAliases,
    dnsConfig,
  } = pod.spec
  const account = conf.get("spark.kubernetes.authenticate.driver.serviceAccountName")?.value
  const pullPolicy = conf.get("spark.kubernetes.container.image.pullPolicy")?.value
  const pullSecrets = (conf.get("spark.kubernetes.container.image.pullSecrets")?.value ?? "")
    .split(",")
    .filter((name) => name.trim() !== "")
    .map((name) => ({ name: name.trim() }))
  const imagePullSecrets = [...(pod.spec.imagePullSecrets ?? []), ...pullSecrets]
  const selector = { ...pod.spec.nodeSelector, ...nodeSelector(plan) }
  const given = <A extends object>(members: A) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
      [K in keyof A]: Exclude<A[K], undefined>
    }
  return {
    restartPolicy: "Never",
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...given({ serviceAccountName: account, tolerations, affinity, priorityClassName, hostAliases, dnsConfig }),
    ...(Object.keys(selector).length > 0 ? { nodeSelector: selector } : {}),
    ...(imagePullSecrets.length > 0 ? { imagePullSecrets } : {}),
    ...(podSecurity === undefined ? {} : { securityContext: podSecurity }),
    ...given({ volumes }),
    containers: [
      {
        name: submitContainerName,
        image: imageOf(plan),
        imagePullPolicy: pullPolicy ?? "IfNotPresent",
        // The image's entrypoint passes other commands than driver and executor through, after giving its user a name.
        args: [sparkSubmit, ...args.map(literal)],
        ...given({ env, envFrom, volumeMounts, securityContext }),
        resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ],
  }
}
