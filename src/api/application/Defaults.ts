/**
 * What a spec means when it leaves something out: the values that kubeflow's admission webhook fills in.
 * Only those that never depend on other fields are also defaults of the CRD; the operator applies all of them when it reads a spec,
 * so that what is stored stays what the user wrote.
 */

import type { DeployMode, RestartPolicy, RestartPolicyType, SparkApplicationSpec } from "./SparkApplication.ts"

/** A spec in which what always has a value is there. */
export interface DefaultedSpec extends SparkApplicationSpec {
  readonly mode: DeployMode
  readonly restartPolicy: RestartPolicy & { readonly type: RestartPolicyType }
}

type Properties = SparkApplicationSpec["sparkConf"]

const retryIntervalSeconds = 5

/** Dynamic allocation is on: by its own field if that is there, else by `spark.dynamicAllocation.enabled`. */
export const isDynamicAllocationEnabled = (spec: SparkApplicationSpec): boolean =>
  spec.dynamicAllocation === undefined
    ? spec.sparkConf?.["spark.dynamicAllocation.enabled"]?.toLowerCase() === "true"
    : spec.dynamicAllocation.enabled === true

/** One core and one gibibyte, unless the role or a Spark property says otherwise. */
const size = (
  role: "driver" | "executor",
  spec: { readonly cores?: number; readonly memory?: string },
  sparkConf: Properties,
) => ({
  ...(spec.cores === undefined && sparkConf?.[`spark.${role}.cores`] === undefined ? { cores: 1 } : {}),
  ...(spec.memory === undefined && sparkConf?.[`spark.${role}.memory`] === undefined ? { memory: "1g" } : {}),
})

const restartPolicy = (policy: RestartPolicy = {}): DefaultedSpec["restartPolicy"] => {
  const type = policy.type ?? "Never"
  return type === "Never"
    ? { ...policy, type }
    : {
        onFailureRetryInterval: retryIntervalSeconds,
        onSubmissionFailureRetryInterval: retryIntervalSeconds,
        ...policy,
        type,
      }
}

/**
 * The spec with kubeflow's defaults (`api/v1beta2/defaults.go`): mode cluster, restartPolicy.type Never, retry intervals of 5 s when
 * something is retried, 1 core and `1g` for driver and executors, 1 executor, shuffle tracking with dynamic allocation. A default for
 * cores, memory or instances gives way to the Spark property of the same meaning. Unlike kubeflow's webhook it also recognises dynamic
 * allocation that is switched on by `spark.dynamicAllocation.enabled`. Applying it twice changes nothing.
 */
export const withDefaults = (spec: SparkApplicationSpec): DefaultedSpec => {
  const dynamic = isDynamicAllocationEnabled(spec)
  const hasInstances =
    spec.executor.instances !== undefined || (spec.sparkConf?.["spark.executor.instances"] ?? "") !== ""
  return {
    ...spec,
    mode: spec.mode ?? "cluster",
    restartPolicy: restartPolicy(spec.restartPolicy),
    driver: { ...spec.driver, ...size("driver", spec.driver, spec.sparkConf) },
    executor: {
      ...spec.executor,
      ...size("executor", spec.executor, spec.sparkConf),
      ...(hasInstances || dynamic ? {} : { instances: 1 }),
    },
    ...(spec.dynamicAllocation !== undefined && dynamic
      ? { dynamicAllocation: { shuffleTrackingEnabled: true, ...spec.dynamicAllocation } }
      : {}),
  }
}
