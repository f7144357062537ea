/** Alerts on history servers that do not answer. */

import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const namespaced = "job, k8s_namespace_name"

const unavailable: Alert = {
  name: "SparkHistoryServerUnavailable",
  severity: "warning",
  expr: `sum by (${namespaced}) (max without (instance, pod, node) (${of("spark.history.servers", 'state=~"New|Invalid|Unavailable"')})) > 0`,
  for: "15m",
  summary: "A history server in {{ $labels.k8s_namespace_name }} is unavailable",
  description:
    '{{ printf "%.0f" $value }} history servers have not answered for 15 minutes, so the links of applications lead nowhere. Event logs are written all the same. Servers with `spec.replicas: 0` are not included.',
  look: [
    "`kubectl get sparkhistoryservers -n <namespace>`: those that are not available, with the reason.",
    "`kubectl describe sparkhistoryserver`: the condition Available names the cause; Events say since when.",
  ],
  act: [
    "LogDirectoryMissing: create the directory that the condition names; the server tries again by itself.",
    "FileSystemMissing: use an image with the connector of the scheme, such as hadoop-aws for s3a.",
    "LogDirectoryForbidden: correct the credentials (`secretName` of the log directory, `spec.serviceAccount`).",
    "OOMKilled, or ServerFailed with an OutOfMemoryError: raise `spec.memory`, or use a store on disk.",
    "Invalid: the condition Accepted names the field and what would be right.",
  ],
}

export const historyAlerts: AlertGroup = {
  name: "spark-history",
  title: "History servers",
  alerts: [unavailable],
}
