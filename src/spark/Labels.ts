/**
 * Keys and values of the labels and annotations by which an operator, Spark and their tools find and mark the objects of an application.
 * The `sparkoperator.k8s.io` keys are kubeflow's, the `spark-` keys are written by Spark itself (`Constants.scala`).
 */

/** The name of the SparkApplication: on pods, Services and ConfigMaps. */
export const appName = "sparkoperator.k8s.io/app-name"
/** The name of the SparkConnect, likewise. */
export const connectName = "sparkoperator.k8s.io/connect-name"
/** `"true"` on every pod that belongs to an application of the operator. */
export const launchedBy = "sparkoperator.k8s.io/launched-by-spark-operator"
/** The submission (one attempt of one application) that made the object. */
export const submissionId = "sparkoperator.k8s.io/submission-id"
/** `"true"` on Services and ConfigMaps made by the operator. */
export const createdBy = "sparkoperator.k8s.io/created-by-spark-operator"
/** The ScheduledSparkApplication that made the SparkApplication. */
export const scheduledAppName = "sparkoperator.k8s.io/scheduled-app-name"

/** Annotation of a run: the time for which it was scheduled, RFC 3339 in UTC. */
export const scheduledTimeAnnotation = "sparkoperator.k8s.io/scheduled-time"
/** Annotation of a run: the generation of the schedule whose template it was started from. */
export const templateGenerationAnnotation = "sparkoperator.k8s.io/template-generation"
/**
 * Annotation of a schedule: starts one run for each value that it is set to, now and apart from the schedule. On such a run its value is
 * `manual`.
 */
export const triggerAnnotation = "sparkoperator.k8s.io/trigger"
export const manualTrigger = "manual"

/** Annotation of a resource: takes the place of `spec.submission.submitter` in manifests that other operators read, too. */
export const submitterAnnotation = "sparkoperator.k8s.io/submitter"
/** Annotation of a driver in a spec: when a user asked to run the application again. Another value is another spec, which starts a run. */
export const restartedAtAnnotation = "sparkoperator.k8s.io/restarted-at"
/** Annotation of driver pods: the fingerprint of the spec that the run was made from. */
export const runSpecHash = "sparkoperator.k8s.io/run-spec-hash"
/** Annotation of the object that is created first for a submission: what is known of it before a status records it, as JSON. */
export const submissionRecord = "sparkoperator.k8s.io/submission-record"
/** Annotation of Events: the trace of the attempt that they are about. */
export const traceAnnotation = "sparkoperator.k8s.io/trace-id"
/** Annotation of pods with probes of the operator: the preset that the probes come from. */
export const healthPresetAnnotation = "sparkoperator.k8s.io/health-preset"
/** Annotation of objects of a SparkConnect: a hash of the spec from which they were made. */
export const revisionAnnotation = "sparkoperator.k8s.io/revision"
/** Annotation of a server pod: the number of its attempt. */
export const attemptAnnotation = "sparkoperator.k8s.io/attempt"
/** Annotation of a SparkConnect: another value starts a server that was stopped because it was idle. */
export const wakeAnnotation = "sparkoperator.k8s.io/wake"
/** Annotation of what clients reach a server through: the labels, annotations and fields of the spec that the operator has set, as JSON. */
export const appliedAnnotation = "sparkoperator.k8s.io/applied"
/** Label of all objects of a SparkHistoryServer: its name. */
export const historyServer = "firesteel.dev/history-server"
/** Label of the pods of a history server: the name of their Deployment, of which a server may have two. */
export const historyDeployment = "firesteel.dev/history-deployment"
/** Annotation of the objects of a SparkHistoryServer: a hash of what the operator has applied; of its pods: of their configuration. */
export const historyRevision = "firesteel.dev/revision"
/** Annotation of the Lease: the namespaces that the leader has selected by their labels, as JSON. */
export const selectedNamespacesAnnotation = "sparkoperator.k8s.io/selected-namespaces"
/** Label of pods that the webhook of kubeflow's operator has changed. */
export const mutatedBy = "sparkoperator.k8s.io/mutated-by-spark-operator"

/** `driver`, `executor`, `connect-server`, or `submitter`, which is the pod of a Job that runs spark-submit. */
export const sparkRole = "spark-role"
export const driverRole = "driver"
export const executorRole = "executor"
/** The driver pod of a SparkConnect. */
export const connectServerRole = "connect-server"
export const submitterRole = "submitter"
/** Spark's application id, equal on the driver, its executors and its Service. */
export const sparkAppSelector = "spark-app-selector"
export const sparkAppName = "spark-app-name"
export const sparkVersion = "spark-version"
/** The executor's number, counted by its driver from 1. */
export const sparkExecId = "spark-exec-id"
export const sparkExecResourceProfileId = "spark-exec-resourceprofile-id"

/** Labels that only the operator may set; with another value pods could not be found. */
export const reservedByOperator: ReadonlyArray<string> = [appName, connectName, launchedBy, submissionId]
/** Labels that Spark refuses as custom labels of a driver (`KubernetesDriverConf.labels`). */
export const reservedBySpark: ReadonlyArray<string> = [sparkVersion, sparkAppSelector, sparkAppName, sparkRole]
/** Those of executors (`KubernetesExecutorConf.labels`). */
export const reservedBySparkForExecutors: ReadonlyArray<string> = [
  ...reservedBySpark,
  sparkExecId,
  sparkExecResourceProfileId,
]
/** Labels of the application with this prefix concern the application's own queueing and are not passed to its pods. */
export const kueuePrefix = "kueue.x-k8s.io/"
/** Label of an application that Kueue admits: its LocalQueue. */
export const kueueQueue = `${kueuePrefix}queue-name`
