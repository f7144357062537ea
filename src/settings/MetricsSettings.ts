/** Settings of the metrics: where and to whom they are served, their names, and which series there are. */

import type { Problem } from "../api/Problem.ts"
import type { CertificateFiles } from "../telemetry/http/HttpTls.ts"
import { type FlagValues, flagName } from "./Flag.ts"
import {
  bindAddress,
  buckets,
  integer,
  labelKey,
  listOf,
  metricPrefix,
  oneOf,
  optionalText,
  toggle,
  urlPath,
} from "./ValueKind.ts"

export const flags = {
  metricsBindAddress: {
    kind: bindAddress,
    default: ":8080",
    description: "Address that serves the metrics. 0: no endpoint.",
  },
  metricsEndpoint: {
    kind: urlPath,
    default: "/metrics",
    description: "Path of the metrics.",
  },
  metricsTlsCertFile: {
    kind: optionalText("the path of a PEM file"),
    default: "",
    description:
      "Certificate for serving the metrics over TLS, with --metrics-tls-key-file; read again when it changes. Empty: plain HTTP.",
  },
  metricsTlsKeyFile: {
    kind: optionalText("the path of a PEM file"),
    default: "",
    description: "Private key of the certificate in --metrics-tls-cert-file.",
  },
  metricsTokenReview: {
    kind: toggle,
    default: "false",
    description:
      "Whether scrapers need a bearer token of a user who may get the nonResourceURL of the metrics, checked with the API server. Needs rights, see telemetry.md.",
  },
  metricsPrefix: {
    kind: metricPrefix,
    default: "",
    description: "Prefix of the names of the legacy metrics, as in kubeflow's operator.",
  },
  metricsLabels: {
    kind: listOf(labelKey, "keys of labels separated by commas"),
    default: "",
    description:
      "Labels of the application that become labels of its metrics; Unknown for an application without the label.",
  },
  metricsLegacy: {
    kind: listOf(oneOf("v1", "v2", "pods"), "any of v1, v2, pods separated by commas, or empty for none"),
    default: "v1,v2",
    description:
      "Further metric names that are exposed: v1 (spark_app_…) and v2 (spark_application_…) of earlier Spark operators, pods (spark_pod_…_total, three series per application).",
  },
  metricsPerApplication: {
    kind: toggle,
    default: "true",
    description:
      "Whether each application has its own series: pod counters for as long as it exists, progress for as long as it runs; and each schedule, its successes.",
  },
  metricsProgressLimit: {
    kind: integer(0, 100_000),
    default: "1000",
    description:
      "Running applications that have series about their progress, 13 each. The sums include all applications.",
  },
  metricsApplicationBuckets: {
    kind: buckets,
    default: "",
    description: "Buckets of the execution time. Empty: from 10 s to 4 h, see otel/instruments.md.",
  },
  metricsJobStartLatencyBuckets: {
    kind: buckets,
    default: "",
    description:
      "Buckets of the time from creation to running by label, and under the legacy names. Empty: see otel/instruments.md.",
  },
  metricsJobSubmitLatencyBuckets: {
    kind: buckets,
    default: "",
    description:
      "Buckets of the time from creation to submission by label, and under the legacy names. Empty: see otel/instruments.md.",
  },
} as const

type Values = FlagValues<typeof flags>

export interface MetricsSettings {
  /** `0`: the metrics are not served. */
  readonly bindAddress: string
  readonly path: string
  /** Undefined: plain HTTP. */
  readonly tls: CertificateFiles | undefined
  /** Whether scrapers need a bearer token that the API server accepts. */
  readonly tokenReview: boolean
  /** Prefix of the legacy names. */
  readonly prefix: string
  /** Labels of applications that become attributes. */
  readonly labelKeys: ReadonlyArray<string>
  readonly legacy: ReadonlyArray<"v1" | "v2" | "pods">
  /** Whether each application has its own series. */
  readonly perApplication: boolean
  /** Running applications that have series about their progress at the same time. */
  readonly progressLimit: number
  /** Bounds in seconds; undefined: those of the instrument. */
  readonly applicationBuckets: ReadonlyArray<number> | undefined
  readonly submitLatencyBuckets: ReadonlyArray<number> | undefined
  readonly startLatencyBuckets: ReadonlyArray<number> | undefined
}

/** A certificate without its key, or a key without its certificate. */
export const problems = ({ metricsTlsCertFile, metricsTlsKeyFile }: Partial<Values>): ReadonlyArray<Problem> => {
  const [cert, key] = [flagName("metricsTlsCertFile"), flagName("metricsTlsKeyFile")]
  if (metricsTlsCertFile !== undefined && metricsTlsKeyFile === undefined)
    return [{ field: cert, message: `needs ${key}, the key of the certificate` }]
  if (metricsTlsCertFile === undefined && metricsTlsKeyFile !== undefined)
    return [{ field: key, message: `needs ${cert}, the certificate of the key` }]
  return []
}

export const fromValues = (values: Values): MetricsSettings => ({
  bindAddress: values.metricsBindAddress,
  path: values.metricsEndpoint,
  tls:
    values.metricsTlsCertFile === undefined || values.metricsTlsKeyFile === undefined
      ? undefined
      : { certFile: values.metricsTlsCertFile, keyFile: values.metricsTlsKeyFile },
  tokenReview: values.metricsTokenReview,
  prefix: values.metricsPrefix,
  labelKeys: values.metricsLabels,
  legacy: values.metricsLegacy,
  perApplication: values.metricsPerApplication,
  progressLimit: values.metricsProgressLimit,
  applicationBuckets: values.metricsApplicationBuckets,
  submitLatencyBuckets: values.metricsJobSubmitLatencyBuckets,
  startLatencyBuckets: values.metricsJobStartLatencyBuckets,
})
