/**
 * Every value of kubeflow's Helm chart (2.x), and what it is in the chart of Firesteel: the same, of another name, or nothing, and why. The
 * check of a values file and the table in `docs/migrating-from-kubeflow.md` are made from it, so they cannot disagree.
 */

export interface ValueRow {
  /** A path in kubeflow's values; it stands for all that is below it. */
  readonly from: string
  /** The path in `charts/firesteel/values.yaml`; absent: there is no such value. */
  readonly to?: string
  /** The operator's setting that it becomes, by its key in `Settings.ts`, where the check depends on it. */
  readonly setting?: string
  /** Only while this value of kubeflow's is true. */
  readonly onlyWith?: string
  /** kubeflow's default where ours is another one: it has to be written down to stay as it is. */
  readonly implied?: unknown
  /** What differs, or why there is none. */
  readonly why?: string
  /** Without an equivalent somebody may miss it. */
  readonly missed?: boolean
}

const same = (path: string, more: Omit<ValueRow, "from" | "to"> = {}): ValueRow => ({ from: path, to: path, ...more })
const none = (from: string, why: string): ValueRow => ({ from, why })
const missed = (from: string, why: string): ValueRow => ({ from, why, missed: true })

const noWebhook = "there is no webhook: pods are made complete, and mistakes are told in the status"
const ownImage = "the image is Firesteel's own"

export const valueTable: ReadonlyArray<ValueRow> = [
  same("nameOverride"),
  same("fullnameOverride"),
  same("commonLabels"),
  none("image.registry", ownImage),
  none("image.repository", ownImage),
  none("image.tag", ownImage),
  same("image.pullPolicy"),
  same("image.pullSecrets"),
  none("hook", "CRDs have a chart of their own, `firesteel-crds`, which is installed and upgraded before this one"),

  same("controller.replicas"),
  same("controller.revisionHistoryLimit"),
  same("controller.leaderElection", {
    why: "the Lease is given back at a clean stop, so another takes over within seconds",
  }),
  missed("controller.featureGates", "there are no feature gates"),
  same("controller.workers", {
    why: "counts applications whose status is worked on; submissions have workers of their own (`--submission-workers`)",
  }),
  same("controller.logLevel"),
  none("controller.logEncoder", "logs are JSON, or as `--log-format` in controller.extraArgs says"),
  none("controller.driverPodCreationGracePeriod", "`--submitted-deadline` (5m) bounds how long a driver pod may take"),
  same("controller.maxTrackedExecutorPerApp"),
  same("controller.defaultTimeToLiveSeconds", { why: "needs no feature gate" }),
  same("controller.driverPodDisruptionBudget.enable", { setting: "enableDriverPdb" }),
  none(
    "controller.kubeAPIQPS",
    "requests are bounded by how many are under way (`--kube-api-concurrency`), not by rate",
  ),
  none(
    "controller.kubeAPIBurst",
    "requests are bounded by how many are under way (`--kube-api-concurrency`), not by rate",
  ),
  none("controller.scheduledSparkApplicationTimestampPrecision", "ScheduledSparkApplication is not run yet"),
  same("controller.uiService.enable", { setting: "enableUiService" }),
  same("controller.uiIngress.enable"),
  same("controller.uiIngress.urlFormat", { setting: "ingressUrlFormat", onlyWith: "controller.uiIngress.enable" }),
  same("controller.uiIngress.ingressClassName"),
  same("controller.uiIngress.tls"),
  same("controller.uiIngress.annotations"),
  same("controller.batchScheduler.enable", { setting: "enableBatchScheduler" }),
  same("controller.batchScheduler.kubeSchedulerNames", {
    setting: "kubeSchedulerNames",
    onlyWith: "controller.batchScheduler.enable",
  }),
  same("controller.batchScheduler.default", {
    setting: "defaultBatchScheduler",
    onlyWith: "controller.batchScheduler.enable",
    why: "the pods get the name of the scheduler, too",
  }),
  same("controller.serviceAccount.create"),
  same("controller.serviceAccount.name"),
  same("controller.serviceAccount.annotations"),
  none("controller.serviceAccount.automountServiceAccountToken", "the operator needs the token: it is always mounted"),
  same("controller.rbac.create"),
  same("controller.rbac.annotations"),
  same("controller.labels"),
  same("controller.annotations"),
  same("controller.deploymentAnnotations"),
  same("controller.volumes", { why: "no volume is needed; spark-submit's /tmp neither" }),
  same("controller.volumeMounts"),
  same("controller.nodeSelector"),
  same("controller.affinity"),
  same("controller.tolerations"),
  same("controller.priorityClassName"),
  same("controller.topologySpreadConstraints", { why: "the default spreads replicas over nodes" }),
  same("controller.hostUsers"),
  same("controller.env"),
  same("controller.envFrom"),
  same("controller.resources", { why: "no JVM is started: a fraction is enough, see docs/performance.md" }),
  same("controller.podSecurityContext", { why: "the user is 65532, not 185" }),
  same("controller.securityContext"),
  same("controller.sidecars"),
  same("controller.podDisruptionBudget"),
  none("controller.pprof", "it is no Go program; use Node's `--inspect`"),
  none("controller.workqueueRateLimiter", "only failures are retried later; changes never wait"),

  none("submitter", "the operator makes the driver itself, without a submission service"),
  missed(
    "webhook.resourceQuotaEnforcement.enable",
    "quota is enforced by Kubernetes alone; a refused driver is told in the status, and tried again as restartPolicy says",
  ),
  none("webhook", noWebhook),

  same("spark.jobNamespaces", {
    setting: "namespaces",
    implied: ["default"],
    why: "the default is all namespaces, there it is `default` alone",
  }),
  missed("spark.jobNamespaceSelector", "namespaces are not selected by label; list them in spark.jobNamespaces"),
  same("spark.serviceAccount.create"),
  same("spark.serviceAccount.name", {
    implied: "spark-operator-spark",
    why: "the default is `spark`, there it is the name of the release with `-spark`",
  }),
  same("spark.serviceAccount.annotations"),
  none("spark.serviceAccount.automountServiceAccountToken", "drivers need the token; Kubernetes' default holds"),
  same("spark.rbac.create"),
  same("spark.rbac.annotations"),

  same("prometheus.metrics.enable"),
  same("prometheus.metrics.port"),
  same("prometheus.metrics.portName"),
  same("prometheus.metrics.endpoint", { why: "has an effect; the operator 2.x leaves it out of account" }),
  same("prometheus.metrics.prefix"),
  same("prometheus.metrics.labels", { implied: "app_type", why: "the default is none, there it is `app_type`" }),
  same("prometheus.metrics.jobSubmitLatencyBuckets"),
  same("prometheus.metrics.jobStartLatencyBuckets"),
  same("prometheus.podMonitor.create"),
  same("prometheus.podMonitor.labels"),
  none("prometheus.podMonitor.jobLabel", "the job is named after the pod's label `app.kubernetes.io/name`"),
  same("prometheus.podMonitor.podMetricsEndpoint"),
  none("certManager", noWebhook),

  missed("labelSelectorFilter", "only of 1.x; all applications of a namespace are run, so divide them by namespace"),
  none("istio", "only of 1.x; pods get the annotations that the application names"),
]

/** Values of the charts 1.x (the operator v1beta2-1.x), by where they went in 2.x: they are looked up there. */
export const formerValues: Readonly<Record<string, string>> = {
  replicaCount: "controller.replicas",
  imagePullSecrets: "image.pullSecrets",
  sparkJobNamespace: "spark.jobNamespaces",
  sparkJobNamespaces: "spark.jobNamespaces",
  controllerThreads: "controller.workers",
  resyncInterval: "controller.workqueueRateLimiter",
  logLevel: "controller.logLevel",
  "uiService.enable": "controller.uiService.enable",
  ingressUrlFormat: "controller.uiIngress.urlFormat",
  "batchScheduler.enable": "controller.batchScheduler.enable",
  "resourceQuotaEnforcement.enable": "webhook.resourceQuotaEnforcement.enable",
  leaderElection: "controller.leaderElection",
  "serviceAccounts.spark": "spark.serviceAccount",
  "serviceAccounts.sparkoperator": "controller.serviceAccount",
  "rbac.create": "controller.rbac.create",
  "rbac.createRole": "spark.rbac.create",
  "rbac.createClusterRole": "controller.rbac.create",
  "rbac.annotations": "controller.rbac.annotations",
  metrics: "prometheus.metrics",
  podMonitor: "prometheus.podMonitor",
  podSecurityContext: "controller.podSecurityContext",
  securityContext: "controller.securityContext",
  podDisruptionBudget: "controller.podDisruptionBudget",
  sidecars: "controller.sidecars",
  volumes: "controller.volumes",
  volumeMounts: "controller.volumeMounts",
  nodeSelector: "controller.nodeSelector",
  tolerations: "controller.tolerations",
  affinity: "controller.affinity",
  podAnnotations: "controller.annotations",
  podLabels: "controller.labels",
  resources: "controller.resources",
  envFrom: "controller.envFrom",
  priorityClassName: "controller.priorityClassName",
}
