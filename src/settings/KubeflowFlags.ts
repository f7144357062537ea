/**
 * Flags of kubeflow's `spark-operator controller start` that Firesteel does not have, and their replacements.
 * Flags that both have under the same name (`--namespaces`, `--metrics-labels`, …) are in the tables of settings.
 */

/** A flag, or a prefix of several flags if it ends in `*`. The first match wins. */
const replacements: ReadonlyArray<readonly [flag: string, advice: string]> = [
  ["--controller-threads", "use --status-workers and --submission-workers"],
  ["--cache-sync-timeout", "is not needed: /readyz reports whether the caches are complete; remove it"],
  ["--max-tracked-executor-per-app", "use --max-tracked-executors"],
  ["--default-time-to-live-seconds", "use --default-time-to-live with a unit, such as 1h"],
  ["--driver-pod-creation-grace-period", "use --submitted-deadline"],
  ["--kube-api-qps", "use --kube-api-concurrency"],
  ["--kube-api-burst", "use --kube-api-concurrency"],
  ["--workqueue-ratelimiter-*", "is not needed: only retries after failures are delayed, changes never are; remove it"],
  ["--enable-metrics", "is not needed: metrics are on unless --metrics-bind-address=0; remove it"],
  ["--secure-metrics", "use --metrics-tls-cert-file with --metrics-tls-key-file, and --metrics-token-review"],
  ["--metric-tls-*", "use --metrics-tls-cert-file with --metrics-tls-key-file, and --metrics-token-review"],
  ["--zap-log-level", "use --log-level"],
  ["--zap-encoder", "use --log-format"],
  ["--zap-devel", "use --log-format=pretty"],
  ["--zap-*", "is not supported; see --log-level and --log-format"],
  ["--leader-election", "use --leader-elect"],
  ["--leader-election-lock-name", "use --leader-elect-resource-name"],
  ["--leader-election-lock-namespace", "use --leader-elect-resource-namespace"],
  [
    "--leader-election-*",
    "use --leader-elect-lease-duration, --leader-elect-renew-deadline or --leader-elect-retry-period",
  ],
  ["--submitter-*", "is not needed: Firesteel creates the driver itself, without a submission service; remove it"],
  ["--webhook-*", "is not needed: Firesteel has no pod webhook; remove it"],
  ["--feature-gates", "is not supported: Firesteel has no feature gates; remove it"],
  ["--pprof-bind-address", "is not supported: use Node's --inspect instead"],
]

/** What to do about a flag of kubeflow's controller, or `undefined` when it is none of those. */
export const kubeflowReplacement = (flag: string): string | undefined => {
  const found = replacements.find(([name]) => (name.endsWith("*") ? flag.startsWith(name.slice(0, -1)) : flag === name))
  return found === undefined ? undefined : `is a flag of kubeflow's operator; ${advice(found[1])}`
}

const advice = (text: string): string => (text.startsWith("use ") ? text : `in Firesteel it ${text}`)
