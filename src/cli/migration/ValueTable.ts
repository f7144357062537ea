/**
 * Every value of kubeflow's Helm chart (2.x) and its equivalent in the chart of Firesteel: the same, one with another name, or none, and
 * why. The check of a values file and `docs/kubeflow-values.md` are both made from it.
 */

export interface ValueRow {
  /** A path in kubeflow's values; the row applies to everything below it. */
  readonly from: string
  /** The path in `charts/firesteel/values.yaml`; absent: no equivalent. */
  readonly to?: string
  /** The operator's setting that it becomes, by its key in `Settings.ts`, if the check depends on it. */
  readonly setting?: string
  /** Has an effect only if this value of kubeflow's is true. */
  readonly onlyWith?: string
  /** kubeflow's default if ours is different: it must be set explicitly to keep the behaviour. */
  readonly implied?: unknown
  /** What is different, or why there is no equivalent. */
  readonly why?: string
  /** A user may miss it: a warning instead of a note. */
  readonly missed?: boolean
}

const same = (path: string, more: Omit<ValueRow, "from" | "to"> = {}): ValueRow => ({ from: path, to: path, ...more })
const none = (from: string, why: string): ValueRow => ({ from, why })
const missed = (from: string, why: string): ValueRow => ({ from, why, missed: true })

const noWebhook =
  "there is no webhook: pods are created complete, and mistakes are reported in the status; `admissionPolicy.enable` has the API server refuse the worst of them"
const ownImage = "the image is Firesteel's own"

export const valueTable: ReadonlyArray<ValueRow> = [
  same("nameOverride", {
    why: "with `spark-operator`, pods have the labels of kubeflow's chart and the Lease has its name, for tools that look for the controller",
  }),
  same("fullnameOverride"),
  same("commonLabels"),
  none("image.registry", ownImage),
  none("image.repository", ownImage),
  none("image.tag", ownImage),
  same("image.pullPolicy"),
  same("image.pullSecrets"),
  none("hook", "CRDs have their own chart, `firesteel-crds`, which is installed and upgraded before this one"),

  same("controller.replicas"),
  same("controller.revisionHistoryLimit"),
  same("controller.leaderElection", {
    why: "the Lease is released on a clean shutdown, so another replica takes over within seconds",
  }),
  missed("controller.featureGates", "there are no feature gates"),
  same("controller.workers", {
    why: "applies to status updates; submissions have their own workers (`--submission-workers`)",
  }),
  same("controller.logLevel"),
  none("controller.logEncoder", "logs are JSON; set `--log-format` in controller.extraArgs to change that"),
  none(
    "controller.driverPodCreationGracePeriod",
    "`--submitted-deadline` (5m) limits how long the creation of a driver pod may take",
  ),
  same("controller.maxTrackedExecutorPerApp"),
  same("controller.defaultTimeToLiveSeconds", { why: "needs no feature gate" }),
  same("controller.driverPodDisruptionBudget.enable", { setting: "enableDriverPdb" }),
  none("controller.kubeAPIQPS", "requests are limited by the number in flight (`--kube-api-concurrency`), not by rate"),
  none(
    "controller.kubeAPIBurst",
    "requests are limited by the number in flight (`--kube-api-concurrency`), not by rate",
  ),
  same("controller.scheduledSparkApplicationTimestampPrecision", {
    setting: "scheduledSparkApplicationTimestampPrecision",
    why: "the number is the scheduled time, not that of the creation; the default is `seconds`, in kubeflow's chart `nanos`",
  }),
  same("controller.uiService.enable", { setting: "enableUiService" }),
  same("controller.uiIngress.enable", {
    why: "`controller.uiRoute: gateway` makes HTTPRoutes of the Gateway API instead of Ingresses, see docs/access.md",
  }),
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
    why: "the pods get the name of the scheduler as well",
  }),
  same("controller.serviceAccount.create"),
  same("controller.serviceAccount.name"),
  same("controller.serviceAccount.annotations"),
  none(
    "controller.serviceAccount.automountServiceAccountToken",
    "the operator needs the token, so it is always mounted",
  ),
  same("controller.rbac.create"),
  same("controller.rbac.annotations"),
  same("controller.labels"),
  same("controller.annotations"),
  same("controller.deploymentAnnotations"),
  same("controller.volumes", { why: "no volume is needed, not even spark-submit's /tmp" }),
  same("controller.volumeMounts"),
  same("controller.nodeSelector"),
  same("controller.affinity"),
  same("controller.tolerations"),
  same("controller.priorityClassName"),
  same("controller.topologySpreadConstraints", { why: "the default spreads replicas over nodes" }),
  same("controller.hostUsers"),
  same("controller.env"),
  same("controller.envFrom"),
  same("controller.resources", { why: "no JVM is started, so a fraction is enough, see docs/performance.md" }),
  same("controller.podSecurityContext", { why: "the user is 65532, not 185" }),
  same("controller.securityContext"),
  same("controller.sidecars"),
  same("controller.podDisruptionBudget"),
  none("controller.pprof", "it is not a Go program; use Node's `--inspect`"),
  none("controller.workqueueRateLimiter", "only retries after failures are delayed; changes never are"),

  none("submitter", "the operator creates the driver itself, without a submission service"),
  missed(
    "webhook.resourceQuotaEnforcement.enable",
    "quota is enforced by Kubernetes only; a rejected driver is reported in the status and retried according to restartPolicy",
  ),
  none("webhook", noWebhook),

  same("spark.jobNamespaces", {
    setting: "namespaces",
    implied: ["default"],
    why: "the default is all namespaces, in kubeflow's chart only `default`",
  }),
  same("spark.jobNamespaceSelector", {
    setting: "namespaceSelector",
    why: "the same rules: namespaces with the labels, and those that are listed; applications that exist when a namespace gets the labels are run, too",
  }),
  same("spark.serviceAccount.create"),
  same("spark.serviceAccount.name"),
  same("spark.serviceAccount.annotations"),
  none("spark.serviceAccount.automountServiceAccountToken", "drivers need the token; Kubernetes' default applies"),
  same("spark.rbac.create"),
  same("spark.rbac.annotations"),

  same("prometheus.metrics.enable"),
  same("prometheus.metrics.port"),
  same("prometheus.metrics.portName"),
  same("prometheus.metrics.endpoint", { why: "has an effect, unlike in kubeflow's operator 2.x, which ignores it" }),
  same("prometheus.metrics.prefix"),
  same("prometheus.metrics.labels", {
    implied: "app_type",
    why: "the default is none, in kubeflow's chart `app_type`",
  }),
  same("prometheus.metrics.jobSubmitLatencyBuckets"),
  same("prometheus.metrics.jobStartLatencyBuckets"),
  same("prometheus.podMonitor.create"),
  same("prometheus.podMonitor.labels"),
  none("prometheus.podMonitor.jobLabel", "the job has the name in the pod's label `app.kubernetes.io/name`"),
  same("prometheus.podMonitor.podMetricsEndpoint"),
  none("certManager", "there is no webhook that needs a certificate"),

  missed("labelSelectorFilter", "only in 1.x; all applications of a namespace are run, so separate them by namespace"),
  none("istio", "only in 1.x; pods get the annotations of the application"),
]

/** Values of the charts 1.x (the operator v1beta2-1.x) and their paths in 2.x, which have the rows of the table. */
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
