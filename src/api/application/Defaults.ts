/**
 * Defaults of a spec: the values that kubeflow's admission webhook fills in. Only those that do not depend on other fields are also
 * defaults of the CRD. The operator applies all of them when it reads a spec and does not store them, so that the resource stays as the
 * user wrote it.
 */

import { withTemplates } from "./PodTemplateAlias.ts"
import type { DeployMode, RestartPolicy, RestartPolicyType, SparkApplicationSpec } from "./SparkApplication.ts"

/** A spec in which every field that has an unconditional default is set. */
export interface DefaultedSpec extends SparkApplicationSpec {
  readonly mode: DeployMode
  readonly restartPolicy: RestartPolicy & { readonly type: RestartPolicyType }
}

type Properties = SparkApplicationSpec["sparkConf"]

const retryIntervalSeconds = 5

/** Whether dynamic allocation is on: determined by `dynamicAllocation` if set, otherwise by `spark.dynamicAllocation.enabled`. */
export const isDynamicAllocationEnabled = (spec: SparkApplicationSpec): boolean =>
  spec.dynamicAllocation === undefined
    ? spec.sparkConf?.["spark.dynamicAllocation.enabled"]?.toLowerCase() === "true"
    : spec.dynamicAllocation.enabled === true

/** One core and 1 GiB, unless the role or a Spark property sets them. */
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
 * The spec with kubeflow's defaults (`api/v1beta2/defaults.go`): mode `cluster`, restart policy `Never`, retry intervals of 5 s if the
 * policy retries, 1 core and `1g` for driver and executors, 1 executor, shuffle tracking with dynamic allocation. Cores, memory and
 * instances get no default if the corresponding Spark property is set. Unlike kubeflow's webhook, it also recognises dynamic allocation
 * that is enabled by `spark.dynamicAllocation.enabled`. `podTemplate` becomes `template`. Idempotent.
 */
export const withDefaults = (written: SparkApplicationSpec): DefaultedSpec => {
  const spec = withTemplates(written)
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
