/**
 * The shape of a golden case: an application, and next to it the command line and templates that a person who knows kubeflow's operator
 * would hand to spark-submit for it. The two are written by hand, so that a mistake in our translation cannot hide in the recording.
 */

type Fields = Readonly<Record<string, unknown>>

interface Run {
  readonly flags: ReadonlyArray<string>
  readonly file: string
  readonly arguments?: ReadonlyArray<string>
}

export interface GoldenCase {
  /** Name of the folder. */
  readonly name: string
  /** What the case shows, as the title of its test. */
  readonly shows: string
  /** The minor version that first knows what the case uses. */
  readonly since?: string
  /** Name, labels and annotations of the application; `spark-pi` when left out. */
  readonly metadata?: Fields
  /** The spec, over that of {@link applicationOf}. */
  readonly spec: Fields
  /** Main class or nothing, main file and arguments, in spark-submit's order; those of SparkPi when left out. */
  readonly run?: Run
  /** What `--conf` gets besides {@link commandLine}'s own, in the order of `spec`; `null` takes one of those away. */
  readonly conf?: Readonly<Record<string, string | null>>
  /** Other flags, such as `--jars`. */
  readonly flags?: ReadonlyArray<string>
  /** The template files over the empty ones that kubeflow's operator always writes. */
  readonly driverTemplate?: Fields
  readonly executorTemplate?: Fields
  /** Several volumes or Secrets come in the order of a hash table. */
  readonly unordered?: boolean
}

export const submissionId = "0f0e0d0c-0b0a-8909-8807-060504030201"
export const uid = "2f1b8e2a-58cd-4a43-a4f6-5a8d3b4d2c11"
export const sparkPi: Run = {
  flags: ["--class", "org.apache.spark.examples.SparkPi"],
  file: "local:///opt/spark/examples/jars/spark-examples.jar",
}

const nameOf = ({ metadata }: GoldenCase) => (typeof metadata?.["name"] === "string" ? metadata["name"] : "spark-pi")

/** Through JSON, as it comes from the API: members that are undefined go. */
const asRead = (fields: Fields): Fields => JSON.parse(JSON.stringify(fields)) as Fields

/** The application as read from the API. */
export const applicationOf = (golden: GoldenCase, sparkVersion: string): Fields =>
  asRead({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { namespace: "jobs", uid, ...golden.metadata, name: nameOf(golden) },
    spec: {
      type: "Scala",
      mainClass: "org.apache.spark.examples.SparkPi",
      mainApplicationFile: sparkPi.file,
      sparkVersion,
      image: "registry.example.com/spark:1",
      driver: {},
      executor: {},
      ...golden.spec,
    },
  })

/** Whether a Spark of this version can be asked for the case. */
export const appliesTo = ({ since }: Pick<GoldenCase, "since">, sparkVersion: string): boolean =>
  since === undefined || Number.parseFloat(sparkVersion) >= Number.parseFloat(since)

const owner = (golden: GoldenCase) => ({
  apiVersion: "sparkoperator.k8s.io/v1beta2",
  kind: "SparkApplication",
  name: nameOf(golden),
  uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** The two files that kubeflow's operator writes for every application; Spark's containers have their names in both. */
export const templatesOf = (golden: GoldenCase): { readonly driver: Fields; readonly executor: Fields } => ({
  driver: {
    apiVersion: "v1",
    kind: "Pod",
    spec: { containers: [{ name: "spark-kubernetes-driver" }] },
    ...golden.driverTemplate,
    metadata: { ...(golden.driverTemplate?.["metadata"] as Fields | undefined), ownerReferences: [owner(golden)] },
  },
  executor: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {},
    spec: { containers: [{ name: "spark-kubernetes-executor" }] },
    ...golden.executorTemplate,
  },
})

export interface SubmitPaths {
  readonly master: string
  readonly driverTemplate: string
  readonly executorTemplate: string
}

/** The arguments of spark-submit, in the order of kubeflow's operator; the last of equal keys counts. */
export const commandLine = (golden: GoldenCase, paths: SubmitPaths): ReadonlyArray<string> => {
  const name = nameOf(golden)
  const run = golden.run ?? sparkPi
  const image = "registry.example.com/spark:1"
  const label = (role: string) => `spark.kubernetes.${role}.label.sparkoperator.k8s.io`
  const roleLabels = (role: string) => ({
    [`${label(role)}/app-name`]: name,
    [`${label(role)}/launched-by-spark-operator`]: "true",
    [`${label(role)}/submission-id`]: submissionId,
  })
  const conf: Readonly<Record<string, string | null>> = {
    "spark.kubernetes.namespace": "jobs",
    "spark.kubernetes.container.image": image,
    "spark.kubernetes.submission.waitAppCompletion": "false",
    "spark.kubernetes.driver.pod.name": `${name}-driver`,
    ...roleLabels("driver"),
    "spark.kubernetes.driver.container.image": image,
    "spark.driver.cores": "1",
    "spark.driver.memory": "1g",
    ...roleLabels("executor"),
    "spark.executor.instances": "1",
    "spark.kubernetes.executor.container.image": image,
    "spark.executor.cores": "1",
    "spark.executor.memory": "1g",
    ...golden.conf,
    "spark.kubernetes.driver.podTemplateFile": paths.driverTemplate,
    "spark.kubernetes.driver.podTemplateContainerName": "spark-kubernetes-driver",
    "spark.kubernetes.executor.podTemplateFile": paths.executorTemplate,
    "spark.kubernetes.executor.podTemplateContainerName": "spark-kubernetes-executor",
  }
  return [
    "--master",
    paths.master,
    "--deploy-mode",
    "cluster",
    ...run.flags,
    "--name",
    name,
    ...(golden.flags ?? []),
    ...Object.entries(conf).flatMap(([key, value]) => (value === null ? [] : ["--conf", `${key}=${value}`])),
    run.file,
    ...(run.arguments ?? []),
  ]
}
