/** The flags about metrics: where they are served and to whom, what they are called, which series there are. */

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

export const metricsFlags = {
  metricsBindAddress: {
    kind: bindAddress,
    default: ":8080",
    description: "Where Prometheus scrapes. 0: no endpoint.",
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
      "Certificate with which the metrics are served over TLS; read again when it changes. Empty: plain HTTP.",
  },
  metricsTlsKeyFile: {
    kind: optionalText("the path of a PEM file"),
    default: "",
    description: "Private key of that certificate.",
  },
  metricsTokenReview: {
    kind: toggle,
    default: "false",
    description:
      "Whether scrapers need a bearer token of a user that may get the nonResourceURL of the metrics; the API server is asked. Needs rights, see telemetry.md.",
  },
  metricsPrefix: {
    kind: metricPrefix,
    default: "",
    description: "Put before the names of the legacy metrics, as kubeflow's operator does.",
  },
  metricsLabels: {
    kind: listOf(labelKey, "keys of labels separated by commas"),
    default: "",
    description: "Labels of the application that become labels of its metrics; Unknown where it has none.",
  },
  metricsLegacy: {
    kind: listOf(oneOf("v1", "v2"), "v1, v2, both separated by a comma, or empty for none"),
    default: "v1,v2",
    description:
      "Which metric names of earlier Spark operators are exposed as well: v1 (spark_app_…), v2 (spark_application_…).",
  },
  metricsPerApplication: {
    kind: toggle,
    default: "true",
    description:
      "Whether each application has series of its own: pod counters for as long as it exists, progress for as long as it runs.",
  },
  metricsProgressLimit: {
    kind: integer(0, 100_000),
    default: "1000",
    description: "Running applications that have series about their progress, 12 each. All of them are in the sums.",
  },
  metricsApplicationBuckets: {
    kind: buckets,
    default: "",
    description: "Buckets of the execution time. Empty: from 1 s to 4 h, see otel/instruments.md.",
  },
  metricsJobStartLatencyBuckets: {
    kind: buckets,
    default: "",
    description: "Buckets of the time from creation to running. Empty: see otel/instruments.md.",
  },
  metricsJobSubmitLatencyBuckets: {
    kind: buckets,
    default: "",
    description: "Buckets of the time from creation to submission. Empty: see otel/instruments.md.",
  },
} as const
