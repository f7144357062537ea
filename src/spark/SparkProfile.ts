/**
 * The differences between Spark versions in the objects of a submission, as one table of booleans.
 * Steps ask the profile for a behaviour and never compare versions, so a new Spark version is a new row here.
 */

export interface SparkProfile {
  /** The minor version the row was verified for, such as `4.0`. */
  readonly minor: string
  /** The driver Service takes `spark.kubernetes.driver.service.label.*` and its IP families from the configuration. */
  readonly configurableService: boolean
  /** Executors mount the Hadoop ConfigMap themselves, by `spark.kubernetes.executor.hadoopConfigMapName`. */
  readonly executorHadoopConfigMap: boolean
  /** A given `spark.app.submitTime` is kept. */
  readonly keepsSubmitTime: boolean
  /** `spark.{driver,executor}.minMemoryOverhead` replace the fixed 384 MiB. */
  readonly minMemoryOverhead: boolean
  /** `{{APP_ID}}` and `{{EXECUTOR_ID}}` are substituted in label values (in annotations they always are). */
  readonly substitutesLabels: boolean
  /** `hostPath` volumes have a type and mounts a `subPathExpr`. */
  readonly richVolumeOptions: boolean
  /** Driver pod and Service have the port `spark-connect`. */
  readonly connectPort: boolean
  /** That port has `appProtocol: grpc`. */
  readonly connectAppProtocol: boolean
  /** The server of Spark Connect answers gRPC's health protocol. No released version does (SPARK-57584); seen in the jars up to 4.3.0. */
  readonly connectHealthService: boolean
  /** The REST API lists sessions and operations of Spark Connect (SPARK-57941). */
  readonly connectSessions: boolean
  /** The driver sets `terminationGracePeriodSeconds` of executors from the configuration, overriding the template. */
  readonly configurableExecutorGrace: boolean
  /** `spark.dynamicAllocation.shuffleTracking.enabled` is true unless the configuration says otherwise. */
  readonly tracksShufflesByDefault: boolean
  /** The driver checks `spark.executor.defaultJavaOptions` as it checks `spark.executor.extraJavaOptions`. */
  readonly checksDefaultJavaOptions: boolean
  /** The driver adds its ports to those of the executor template; without it, it replaces them. */
  readonly keepsExecutorPorts: boolean
  /** Executors have a `resizePolicy`: sizes may change without a restart. */
  readonly resizableExecutors: boolean
  /** `spark.kubernetes.executor.useDriverPodIP` makes executors reach the driver by the address of its pod, without its Service. */
  readonly configurableDriverAddress: boolean
  /** They do unless that key says otherwise. */
  readonly driverAddressByDefault: boolean
  /** `spark.kubernetes.executor.pod.excludedFeatureSteps` leaves out steps of executors. */
  readonly excludableSteps: boolean
  /** `{{SPARK_VERSION}}` is substituted in image names. */
  readonly substitutesImage: boolean
  /** `spark.kubernetes.legacy.useReadWriteOnceAccessMode` chooses the access mode of claims that are made with the driver. */
  readonly configurableAccessMode: boolean
  /** Such a claim is for one pod (`ReadWriteOncePod`) unless that key says otherwise. */
  readonly readWriteOncePod: boolean
  /** A NetworkPolicy blocks traffic of other pods to the executors. */
  readonly networkPolicy: boolean
  /** Containers must not gain more privileges than their parent process (`allowPrivilegeEscalation`). */
  readonly forbidsPrivilegeEscalation: boolean
  /** The driver Service takes `publishNotReadyAddresses` from the configuration. */
  readonly configurablePublishing: boolean
  /** `SPARK_USER` is the user on whose behalf the application runs, if there is one. */
  readonly proxyUserIsSparkUser: boolean
}

const v33: SparkProfile = {
  minor: "3.3",
  configurableService: false,
  executorHadoopConfigMap: false,
  keepsSubmitTime: false,
  minMemoryOverhead: false,
  substitutesLabels: false,
  richVolumeOptions: false,
  connectPort: false,
  connectAppProtocol: false,
  connectHealthService: false,
  connectSessions: false,
  configurableExecutorGrace: false,
  tracksShufflesByDefault: false,
  checksDefaultJavaOptions: false,
  keepsExecutorPorts: false,
  resizableExecutors: false,
  configurableDriverAddress: false,
  driverAddressByDefault: false,
  excludableSteps: false,
  substitutesImage: false,
  configurableAccessMode: false,
  readWriteOncePod: false,
  networkPolicy: false,
  forbidsPrivilegeEscalation: false,
  configurablePublishing: false,
  proxyUserIsSparkUser: false,
}
const v34: SparkProfile = {
  ...v33,
  minor: "3.4",
  configurableService: true,
  configurableAccessMode: true,
  keepsExecutorPorts: true,
  tracksShufflesByDefault: true,
}
const v35: SparkProfile = { ...v34, minor: "3.5", executorHadoopConfigMap: true, keepsSubmitTime: true }
const v40: SparkProfile = {
  ...v35,
  minor: "4.0",
  minMemoryOverhead: true,
  checksDefaultJavaOptions: true,
  substitutesLabels: true,
  richVolumeOptions: true,
  readWriteOncePod: true,
}
const v41: SparkProfile = {
  ...v40,
  minor: "4.1",
  connectPort: true,
  configurableExecutorGrace: true,
  excludableSteps: true,
  configurableDriverAddress: true,
  substitutesImage: true,
}
const v42: SparkProfile = {
  ...v41,
  minor: "4.2",
  connectAppProtocol: true,
  networkPolicy: true,
  resizableExecutors: true,
}
const v43: SparkProfile = {
  ...v42,
  minor: "4.3",
  connectSessions: true,
  forbidsPrivilegeEscalation: true,
  driverAddressByDefault: true,
  configurablePublishing: true,
  proxyUserIsSparkUser: true,
}

/** Oldest first. */
export const profiles: ReadonlyArray<SparkProfile> = [v33, v34, v35, v40, v41, v42, v43]
export const newestProfile: SparkProfile = v43

/** The profile of a full Spark version such as `4.0.4` or `4.1.0-preview1`; undefined when its minor version has none. */
export const profileOf = (sparkVersion: string): SparkProfile | undefined => {
  const minor = /^(\d+\.\d+)(?:[.-][A-Za-z0-9._-]*)?$/.exec(sparkVersion)?.[1]
  return profiles.find((profile) => profile.minor === minor)
}
