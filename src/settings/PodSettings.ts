/**
 * Settings that shape the objects of an application: for the operator, which makes them; for `firesteel render`, which prints them without
 * a cluster; and for `firesteel migrate check`.
 */

import type { SubmitterKind } from "../api/application/SubmissionOptions.ts"
import type { Problem } from "../api/Problem.ts"
import type { BuildOptions } from "../spark/driver/Build.ts"
import { noPodMetadata, podAnnotationErrors, podLabelErrors, type PodMetadata } from "../spark/pod/PodMetadata.ts"
import type { BatchScheduling } from "../spark/scheduler/BatchScheduler.ts"
import { flagName, type FlagValues } from "./Flag.ts"
import { annotations, ingressTls, ingressUrlFormat } from "./IngressValues.ts"
import * as Routes from "./RouteSettings.ts"
import { listOf, oneOf, optionalText, schedulerName, sparkMaster, stringMap, toggle } from "./ValueKind.ts"

export const flags = {
  master: {
    kind: sparkMaster,
    default: "k8s://https://kubernetes.default.svc:443",
    description: "Spark master URL that drivers use to reach the Kubernetes API.",
  },
  submitter: {
    kind: oneOf("native", "job", "auto"),
    default: "native",
    description:
      "How applications that do not choose a submitter are submitted: native (by the operator), job (by spark-submit in a Job), auto (in a Job only if native is not possible).",
  },
  submissionParity: {
    kind: oneOf("default", "strict"),
    default: "default",
    description:
      "strict: a submission creates the objects of spark-submit and nothing else. default: they also have Firesteel's labels and improvements, see docs/submission.md.",
  },
  podLabels: {
    kind: stringMap,
    default: "",
    description:
      "Labels of all Spark pods: drivers, executors, Connect servers, pods of submit Jobs. What an application says itself wins. With strict parity not for applications.",
  },
  podAnnotations: {
    kind: stringMap,
    default: "",
    description: "Annotations of all Spark pods, likewise.",
  },
  traceContext: {
    kind: toggle,
    default: "false",
    description:
      "Whether drivers and executors of every application get TRACEPARENT, the trace of their attempt. Applications with spec.telemetry mode otlp always get it. Not with strict parity.",
  },
  enableUiService: {
    kind: toggle,
    default: "true",
    description: "Whether each driver gets a Service for its Spark UI for as long as it runs.",
  },
  ingressUrlFormat: {
    kind: ingressUrlFormat,
    default: "",
    description:
      "Address of the Ingress or HTTPRoute of each Spark UI, with {{$appName}}, {{$appNamespace}} and {{$appId}}. Empty: none.",
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
    description: "Annotations of Ingresses and HTTPRoutes whose application has none, as JSON.",
  },
  ...Routes.flags,
  enableDriverPdb: {
    kind: toggle,
    default: "false",
    description: "Whether applications with driverPodDisruptionBudget get a PodDisruptionBudget for their driver.",
  },
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
} as const

type Values = FlagValues<typeof flags>

/** `BuildOptions` but for the sampling of traces, which the settings do not decide. */
export interface BuildSettings extends Pick<BuildOptions, "master" | "parity" | "children"> {
  readonly traceContext: { readonly everywhere: boolean }
}

export interface PodSettings {
  readonly build: BuildSettings
  readonly scheduling: BatchScheduling
  /** Of applications that do not choose one. */
  readonly submitter: SubmitterKind
  /** Of the pods of applications and of Connect servers. */
  readonly metadata: { readonly applications: PodMetadata; readonly connects: PodMetadata }
}

export const fromValues = (values: Values): PodSettings => ({
  build: {
    master: values.master,
    parity: values.submissionParity,
    traceContext: { everywhere: values.traceContext && values.submissionParity !== "strict" },
    children: {
      uiService: values.enableUiService,
      ingressUrlFormat: values.ingressUrlFormat,
      ingressClassName: values.ingressClassName,
      ingressTls: values.ingressTls,
      ingressAnnotations: values.ingressAnnotations,
      uiRoute: values.uiRoute,
      gatewayParents: values.gatewayParentRefs,
      driverPodDisruptionBudget: values.enableDriverPdb,
    },
  },
  scheduling: schedulingFrom(values),
  submitter: values.submitter,
  metadata: metadataFrom(values),
})

const metadataFrom = (values: Values): PodSettings["metadata"] => {
  const all = { labels: values.podLabels, annotations: values.podAnnotations }
  return { applications: values.submissionParity === "strict" ? noPodMetadata : all, connects: all }
}

/** Keys and values that pods cannot have, and keys that are not free. */
export const problems = ({ podLabels = {}, podAnnotations = {} }: Partial<Values>): ReadonlyArray<Problem> => [
  ...podLabelErrors(podLabels).map((message) => ({ field: flagName("podLabels"), message })),
  ...podAnnotationErrors(podAnnotations).map((message) => ({ field: flagName("podAnnotations"), message })),
]

export const schedulingFrom = (
  values: Pick<Values, "enableBatchScheduler" | "defaultBatchScheduler" | "kubeSchedulerNames">,
): BatchScheduling => ({
  enabled: values.enableBatchScheduler,
  defaultScheduler: values.defaultBatchScheduler,
  kubeSchedulerNames: values.kubeSchedulerNames,
})

/** `isSampled`: whether the operator exports the trace with this id. */
export const buildOptions = (build: BuildSettings, isSampled: (traceId: string) => boolean): BuildOptions => ({
  ...build,
  traceContext: { ...build.traceContext, isSampled },
})
