/**
 * Every knob of the operator: one table of flag, environment variable, default and meaning, decoded once at start.
 * `docs/settings.md` and `--help` are generated from it. Durations are seconds after decoding.
 */

import type { Result } from "effect"
import type { Problem } from "../api/Problem.ts"
import { type Environment, type FlagValues, decodeFlags } from "./Flag.ts"
import { flagTable } from "./FlagReference.ts"
import { healthFlags } from "./HealthFlags.ts"
import { annotations, ingressTls, ingressUrlFormat } from "./IngressKind.ts"
import { kubeflowReplacement } from "./KubeflowFlags.ts"
import { leaderElectionFlags } from "./LeaderElectionFlags.ts"
import { metricsFlags } from "./MetricsFlags.ts"
import { progressFlags } from "./ProgressFlags.ts"
import {
  bindAddress,
  duration,
  durationOrNone,
  integer,
  listOf,
  namespace,
  oneOf,
  optionalText,
  schedulerName,
  sparkMaster,
  toggle,
} from "./ValueKind.ts"

export const settingsFlags = {
  kubeconfig: {
    kind: optionalText("the path of a kubeconfig file"),
    default: "",
    description:
      "Kubeconfig to connect with. Without it: $KUBECONFIG, then ~/.kube/config, then the pod's service account.",
  },
  context: {
    kind: optionalText("the name of a context"),
    default: "",
    description: "Context of the kubeconfig. Without it: its current context.",
  },
  namespaces: {
    kind: listOf(namespace, "names of namespaces separated by commas"),
    default: "",
    description: "Namespaces whose applications are run. Empty: all.",
  },
  master: {
    kind: sparkMaster,
    default: "k8s://https://kubernetes.default.svc:443",
    description: "Spark master URL that drivers use to reach the Kubernetes API.",
  },
  submitter: {
    kind: oneOf("native", "job", "auto"),
    default: "native",
    description:
      "Who submits applications that do not choose: native (the operator), job (spark-submit in a Job), auto (job only for what cannot be native).",
  },

  statusWorkers: {
    kind: integer(1, 1000),
    default: "20",
    description: "Applications whose status is worked on at the same time.",
  },
  submissionWorkers: {
    kind: integer(1, 1000),
    default: "10",
    description: "Applications that are submitted at the same time. Submissions never hold up status work.",
  },
  kubeApiConcurrency: {
    kind: integer(1, 10_000),
    default: "64",
    description: "Requests to the Kubernetes API in flight at the same time, watches not counted.",
  },
  requestTimeout: {
    kind: duration,
    default: "30s",
    description: "Deadline of one request to the Kubernetes API.",
  },
  shutdownGrace: {
    kind: durationOrNone,
    default: "10s",
    description: "How long work in progress may take to finish after SIGTERM.",
  },

  ...leaderElectionFlags,

  submissionParity: {
    kind: oneOf("default", "strict"),
    default: "default",
    description:
      "strict: the objects of a submission are those of spark-submit and nothing is added. default: they have our labels and improvements, see docs/submission.md.",
  },

  traceContext: {
    kind: toggle,
    default: "false",
    description:
      "Whether drivers and executors of every application get TRACEPARENT, the trace of their attempt; those with spec.telemetry mode otlp get it anyway. Not with strict parity.",
  },

  enableUiService: {
    kind: toggle,
    default: "true",
    description: "Whether each driver gets a Service for its Spark UI, for as long as it runs.",
  },
  ingressUrlFormat: {
    kind: ingressUrlFormat,
    default: "",
    description:
      "Address of the Ingress of each Spark UI, with {{$appName}}, {{$appNamespace}} and {{$appId}}. Empty: no Ingresses.",
  },
  ingressClassName: {
    kind: optionalText("the name of an IngressClass"),
    default: "",
    description: "IngressClass of the Ingresses. Empty: the cluster's default.",
  },
  ingressTls: {
    kind: ingressTls,
    default: "",
    description: "Certificates of Ingresses whose application names none, as JSON.",
  },
  ingressAnnotations: {
    kind: annotations,
    default: "",
    description: "Annotations of Ingresses whose application has none, as JSON.",
  },
  enableDriverPdb: {
    kind: toggle,
    default: "false",
    description: "Whether applications with driverPodDisruptionBudget get a PodDisruptionBudget for their driver.",
  },

  maxTrackedExecutors: {
    kind: integer(0, 100_000),
    default: "1000",
    description: "Executor pods listed one by one in the status of an application. Counts stay exact beyond it.",
  },
  defaultTimeToLive: {
    kind: durationOrNone,
    default: "0",
    description: "After this time a finished application without timeToLiveSeconds of its own is deleted. 0: never.",
  },
  submittedDeadline: {
    kind: durationOrNone,
    default: "5m",
    description: "Longest time from the decision to submit until the driver pod exists. 0: no deadline.",
  },
  scheduledDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time from the driver pod's creation until it has a node. 0: no deadline.",
  },
  startedDeadline: {
    kind: durationOrNone,
    default: "15m",
    description:
      "Longest time from having a node until the driver container runs; image pulls are in it. 0: no deadline.",
  },
  readyDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time from the driver container's start until its pod is ready. 0: no deadline.",
  },
  runningDeadline: {
    kind: durationOrNone,
    default: "0",
    description: "Longest time that a driver may run. 0: no deadline.",
  },

  ...progressFlags,
  ...healthFlags,

  enableBatchScheduler: {
    kind: toggle,
    default: "false",
    description: "Whether pods are grouped for the batch scheduler that an application names, see batch-schedulers.md.",
  },
  defaultBatchScheduler: {
    kind: optionalText("the name of a batch scheduler"),
    default: "",
    description: "Batch scheduler of applications that name no scheduler. Empty: none.",
  },
  kubeSchedulerNames: {
    kind: listOf(schedulerName, "names of schedulers separated by commas"),
    default: "",
    description: "Names under which kube-schedulers with the coscheduling plugin run.",
  },

  ...metricsFlags,

  healthProbeBindAddress: {
    kind: bindAddress,
    default: ":8081",
    description: "Where /healthz and /readyz answer. 0: no endpoint.",
  },
  logLevel: {
    kind: oneOf("trace", "debug", "info", "warn", "error"),
    default: "info",
    description: "The least important messages that are logged.",
  },
  logFormat: {
    kind: oneOf("auto", "json", "pretty"),
    default: "auto",
    description: "One JSON object per line, or lines for people. auto: pretty on a terminal, else json.",
  },
} as const

/** All settings after decoding; every duration is a number of seconds. */
export interface Settings extends FlagValues<typeof settingsFlags> {}

/**
 * Settings from the command line (without the command's name) and the environment; the command line wins over `FIRESTEEL_*`
 * variables, these over the defaults. Fails with every problem at once.
 */
export const decodeSettings = (
  args: ReadonlyArray<string>,
  env: Environment,
): Result.Result<Settings, ReadonlyArray<Problem>> => decodeFlags(settingsFlags, args, env, kubeflowReplacement)

/** The page `docs/settings.md`. */
export const settingsReference =
  (): string => `<!-- Generated by \`npm run generate\` from src/settings/Settings.ts. -->
# Settings of the operator

Every setting is a flag of \`firesteel operator\` and an environment variable. The flag wins over the variable, the variable over the
default; an empty variable counts as unset. A wrong value stops the start with exit code 2 and one line per mistake.

${flagTable(settingsFlags)}

Lists may be given several times: \`--namespaces a --namespaces b\` is \`--namespaces a,b\`. Durations are numbers with a unit
(\`ms\`, \`s\`, \`m\`, \`h\`, \`d\`), and several may follow each other: \`1h30m\`.

## OpenTelemetry

Metrics, traces and logs go out over OTLP (HTTP, protobuf). That is configured by the standard variables of OpenTelemetry, such as \`OTEL_EXPORTER_OTLP_ENDPOINT\`,
\`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_METRIC_EXPORT_INTERVAL\` and \`OTEL_RESOURCE_ATTRIBUTES\`. Without an endpoint nothing is sent.

## Flags of kubeflow's operator

Flags that mean the same keep their name: \`--namespaces\`, \`--kubeconfig\`, \`--metrics-bind-address\`, \`--metrics-endpoint\`,
\`--metrics-prefix\`, \`--metrics-labels\`, \`--metrics-job-start-latency-buckets\`, \`--metrics-job-submit-latency-buckets\`,
\`--health-probe-bind-address\`, \`--enable-batch-scheduler\`, \`--default-batch-scheduler\`, \`--kube-scheduler-names\`,
\`--enable-ui-service\`, \`--ingress-url-format\`, \`--ingress-class-name\`, \`--ingress-tls\`, \`--ingress-annotations\`,
\`--enable-driver-pdb\`. For the others the error says what to use instead.
`
