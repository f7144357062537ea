/**
 * What users write: the spec of `sparkoperator.k8s.io/v1beta2` SparkApplication with every field that kubeflow's operator accepts,
 * the deprecated and the unused ones too, and Firesteel's own `deadlines`, `submission`, `telemetry` and `healthChecks`.
 * The shapes are those on the wire; what they become is said in the room `spark`.
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
  jars: optional(Strings, "Jar files for the class path of driver and executors."),
  files: optional(Strings, "Files for the working directory of executors."),
  pyFiles: optional(Strings, "Python files for the Python path."),
  packages: optional(Strings, "Maven coordinates of jars, as group:artifact:version."),
  excludePackages: optional(Strings, "What to leave out while resolving packages, as group:artifact."),
  repositories: optional(Strings, "Further Maven repositories for packages."),
  archives: optional(Strings, "Archives that are unpacked in the working directory of executors."),
})
export type Dependencies = typeof Dependencies.Type

const fields = Schema.Struct({
  suspend: optional(Schema.Boolean, "True keeps the application from running, and ends a run."),
  type: required(ApplicationType, "The language: Java, Python, Scala or R."),
  sparkVersion: required(Schema.String, "The version of Spark in the image, such as 4.0.1."),
  mode: optional(DeployMode, "Where the driver runs; cluster means in a pod of its own.", "cluster"),
  proxyUser: optional(Schema.String, "The user to impersonate."),
  image: optional(Schema.String, "The container image of driver and executors."),
  imagePullPolicy: optional(Schema.String, "Always, IfNotPresent or Never."),
  imagePullSecrets: optional(Strings, "Names of Secrets for pulling images."),
  mainClass: optional(Schema.String, "The main class, for Java and Scala."),
  mainApplicationFile: required(Schema.String, "The jar, Python or R file to run, such as local:///opt/app.jar."),
  arguments: optional(Strings, "The arguments of the application."),
  sparkConf: optional(UserConf, "Spark configuration properties; fields of this resource win over them."),
  hadoopConf: optional(StringMap, "Hadoop configuration properties, without the prefix spark.hadoop."),
  sparkConfigMap: optional(Schema.String, "A ConfigMap of Spark configuration files, mounted at /etc/spark/conf."),
  hadoopConfigMap: optional(Schema.String, "A ConfigMap of Hadoop configuration files, mounted at /etc/hadoop/conf."),
  volumes: optional(listMap(Volume, "name"), "Volumes that driver and executors can mount."),
  driver: required(DriverSpec, "The driver."),
  executor: required(ExecutorSpec, "The executors."),
  deps: optional(Dependencies, "Files and packages the application needs."),
  restartPolicy: optional(RestartPolicy, "When the application is run again."),
  deadlines: optional(Deadlines, "How many seconds each phase of a run may take before it counts as failed."),
  submission: optional(SubmissionOptions, "How the application is submitted."),
  healthChecks: optional(
    HealthChecks,
    "Probes of driver and executors; none when left out, unless by the operator's default.",
  ),
  nodeSelector: optional(StringMap, "Labels a node must have, for driver and executors."),
  failureRetries: optional(Int32, "Not used; see restartPolicy."),
  retryInterval: optional(Int64, "Not used; see restartPolicy."),
  pythonVersion: optional(Schema.Literals(["2", "3"]), "The major version of Python; without effect since Spark 3.1."),
  memoryOverheadFactor: optional(Factor, "The memory outside of the heap as a share of it, such as 0.1."),
  monitoring: optional(Monitoring, "Metrics of Spark itself."),
  telemetry: optional(TelemetryOptions, "What Spark itself tells of a run, and to whom."),
  batchScheduler: optional(Schema.String, "The batch scheduler: volcano, yunikorn or the name of a scheduler."),
  batchSchedulerOptions: optional(BatchSchedulerOptions, "Options of the batch scheduler."),
  timeToLiveSeconds: optional(
    integer("int64", 0),
    "Seconds after the end when the resource is deleted; never when left out.",
  ),
  sparkUIOptions: optional(SparkUIOptions, "The Service and Ingress of the Spark UI."),
  driverIngressOptions: optional(Schema.Array(DriverIngressOptions), "Services and Ingresses of further driver ports."),
  dynamicAllocation: optional(DynamicAllocation, "Whether and how Spark changes the number of executors."),
  driverPodDisruptionBudget: optional(Schema.Boolean, "Whether a PodDisruptionBudget protects the driver."),
})
type Fields = typeof fields.Type

export const SparkApplicationSpec = fields.check(
  rule<Fields>({
    field: "nodeSelector",
    rule: "!has(self.nodeSelector) || !(has(self.driver.nodeSelector) || has(self.executor.nodeSelector))",
    holds: ({ nodeSelector, driver, executor }) =>
      nodeSelector === undefined || (driver.nodeSelector === undefined && executor.nodeSelector === undefined),
    message: "nodeSelector must stand either in spec or in driver and executor, not in both",
  }),
  serverRule("!has(self.mode) || self.mode != 'client'", "mode must be cluster: the driver has a pod of its own"),
  // The real spark-submit reads the manifest of a jar that it can fetch.
  // Of a jar somewhere else, a Job's spark-submit reads the main class from the manifest.
  serverRule(
    "(self.type != 'Java' && self.type != 'Scala') || !self.mainApplicationFile.startsWith('local:') || (has(self.mainClass) && self.mainClass != '')",
    "mainClass is required for Java and Scala",
  ),
)
export type SparkApplicationSpec = typeof SparkApplicationSpec.Type
