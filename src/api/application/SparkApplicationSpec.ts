/**
 * The spec of `sparkoperator.k8s.io/v1beta2` SparkApplication: every field that kubeflow's operator accepts, including deprecated and
 * unused ones, and Firesteel's own `deadlines`, `submission`, `telemetry` and `healthChecks`. The types are those on the wire; `src/spark`
 * turns them into Spark configuration and Kubernetes objects.
 */

import { Schema } from "effect"
import { UserConf } from "../pod/ForbiddenKeys.ts"
import { Volume } from "../pod/Volume.ts"
import { integer, listMap, optional, required, rule, serverRule } from "../schema/Field.ts"
import { Factor, Int32, Int64, StringMap, Strings } from "../schema/Scalar.ts"
import { DriverIngressOptions, SparkUIOptions } from "./DriverAccess.ts"
import { DriverSpec } from "./DriverSpec.ts"
import { BatchSchedulerOptions, DynamicAllocation } from "./DynamicAllocation.ts"
import { ExecutorSpec } from "./ExecutorSpec.ts"
import { HealthChecks } from "./HealthChecks.ts"
import { Monitoring } from "./Monitoring.ts"
import { Deadlines, RestartPolicy } from "./RestartPolicy.ts"
import { SubmissionOptions } from "./SubmissionOptions.ts"
import { TelemetryOptions } from "./TelemetryOptions.ts"

export const ApplicationType = Schema.Literals(["Java", "Python", "Scala", "R"])
export type ApplicationType = typeof ApplicationType.Type

export const DeployMode = Schema.Literals(["cluster", "client"])
export type DeployMode = typeof DeployMode.Type

export const Dependencies = Schema.Struct({
  jars: optional(Strings, "Jar files on the class path of driver and executors."),
  files: optional(Strings, "Files that are placed in the working directory of executors."),
  pyFiles: optional(Strings, "Python files on the Python path of driver and executors."),
  packages: optional(Strings, "Maven coordinates, as group:artifact:version, of jar files on the class path."),
  excludePackages: optional(Strings, "Dependencies, as group:artifact, that are excluded when packages are resolved."),
  repositories: optional(Strings, "Additional Maven repositories for packages."),
  archives: optional(Strings, "Archives that are extracted in the working directory of executors."),
})
export type Dependencies = typeof Dependencies.Type

const fields = Schema.Struct({
  suspend: optional(
    Schema.Boolean,
    "If true, the application is not submitted, and a current run is ended. Defaults to false.",
  ),
  type: required(ApplicationType, "The language of the application: Java, Python, Scala or R."),
  sparkVersion: required(Schema.String, "The version of Spark in the image, such as 4.0.1."),
  mode: optional(
    DeployMode,
    "The deploy mode. Only cluster is supported, in which the driver runs in its own pod. Defaults to cluster.",
    "cluster",
  ),
  proxyUser: optional(Schema.String, "The user that Spark impersonates when it accesses Hadoop services."),
  image: optional(Schema.String, "The container image of driver and executors. A role can override it."),
  imagePullPolicy: optional(
    Schema.String,
    "When the image is pulled: Always, IfNotPresent or Never. Defaults to IfNotPresent.",
  ),
  imagePullSecrets: optional(Strings, "Names of Secrets with credentials for pulling images."),
  mainClass: optional(Schema.String, "The main class of a Java or Scala application."),
  mainApplicationFile: required(Schema.String, "The jar, Python or R file to run, such as local:///opt/app.jar."),
  arguments: optional(Strings, "The arguments that are passed to the application."),
  sparkConf: optional(UserConf, "Spark configuration properties. Fields of this resource take precedence over them."),
  hadoopConf: optional(StringMap, "Hadoop configuration properties, without the prefix spark.hadoop."),
  sparkConfigMap: optional(
    Schema.String,
    "The name of a ConfigMap with Spark configuration files, mounted at /etc/spark/conf.",
  ),
  hadoopConfigMap: optional(
    Schema.String,
    "The name of a ConfigMap with Hadoop configuration files, mounted at /etc/hadoop/conf.",
  ),
  volumes: optional(listMap(Volume, "name"), "Volumes that driver and executors can mount."),
  driver: required(DriverSpec, "The driver of the application."),
  executor: required(ExecutorSpec, "The executors of the application."),
  deps: optional(Dependencies, "Files and packages that the application depends on."),
  restartPolicy: optional(RestartPolicy, "Whether and when the application is run again after it has ended."),
  deadlines: optional(
    Deadlines,
    "The maximum duration of each phase of an attempt, in seconds. An attempt that exceeds one has failed. The operator's flags set defaults.",
  ),
  submission: optional(SubmissionOptions, "How the application is submitted."),
  healthChecks: optional(
    HealthChecks,
    "Probes of driver and executors, and detection of stalled runs. Defaults to the operator's default, if any.",
  ),
  nodeSelector: optional(
    StringMap,
    "Labels that nodes must have to run driver and executors. Cannot be combined with nodeSelector of driver or executor.",
  ),
  failureRetries: optional(Int32, "Has no effect. Use restartPolicy instead."),
  retryInterval: optional(Int64, "Has no effect. Use restartPolicy instead."),
  pythonVersion: optional(
    Schema.Literals(["2", "3"]),
    "The major version of Python. Has no effect in Spark 3.1 and later.",
  ),
  memoryOverheadFactor: optional(
    Factor,
    "The memory outside the heap as a fraction of the heap. Defaults to 0.1, or 0.4 for Python and R.",
  ),
  monitoring: optional(Monitoring, "How Spark exposes its own metrics."),
  telemetry: optional(
    TelemetryOptions,
    "The telemetry that Spark itself exports: Prometheus metrics, or traces, metrics and logs over OTLP.",
  ),
  batchScheduler: optional(
    Schema.String,
    "The batch scheduler that places the pods: volcano, yunikorn or the name of another scheduler.",
  ),
  batchSchedulerOptions: optional(BatchSchedulerOptions, "Options of the batch scheduler."),
  timeToLiveSeconds: optional(
    integer("int64", 0),
    "Seconds after the end of the application until the resource is deleted. If unset, it is kept.",
  ),
  sparkUIOptions: optional(SparkUIOptions, "The Service and Ingress of the Spark UI."),
  driverIngressOptions: optional(
    Schema.Array(DriverIngressOptions),
    "Services and Ingresses of additional driver ports.",
  ),
  dynamicAllocation: optional(DynamicAllocation, "Whether and how Spark adapts the number of executors to the load."),
  driverPodDisruptionBudget: optional(
    Schema.Boolean,
    "Whether a PodDisruptionBudget protects the driver. Must be enabled in the operator.",
  ),
})
type Fields = typeof fields.Type

export const SparkApplicationSpec = fields.check(
  rule<Fields>({
    field: "nodeSelector",
    rule: "!has(self.nodeSelector) || !(has(self.driver.nodeSelector) || has(self.executor.nodeSelector))",
    holds: ({ nodeSelector, driver, executor }) =>
      nodeSelector === undefined || (driver.nodeSelector === undefined && executor.nodeSelector === undefined),
    message: "nodeSelector must be set either in spec or in driver and executor, not in both",
  }),
  serverRule("!has(self.mode) || self.mode != 'client'", "mode must be cluster: the driver runs in its own pod"),
  // For a jar outside the image, the spark-submit of a Job reads the main class from the jar's manifest, so it may be omitted. What ends in
  // .py or .R runs without a class, whatever the type.
  serverRule(
    "(self.type != 'Java' && self.type != 'Scala') || !self.mainApplicationFile.startsWith('local:') || self.mainApplicationFile.matches('[.](py|[rR])$') || (has(self.mainClass) && self.mainClass != '')",
    "mainClass is required for Java and Scala",
  ),
)
export type SparkApplicationSpec = typeof SparkApplicationSpec.Type
