/** Rules on a SparkApplication that other kinds of workload do not share: how it is submitted, and fields that shape no pod. */

import type { SparkApplication, SparkApplicationSpec } from "../api/application/SparkApplication.ts"
import { unknownFields } from "../api/application/UnknownFields.ts"
import type { Problem } from "../api/Problem.ts"
import { resourceType } from "../spark/driver/MainResource.ts"
import * as Labels from "../spark/Labels.ts"

/** Classes that spark-submit does not run in cluster mode (`SparkSubmit.prepareSubmitEnvironment`). */
const clientOnly: ReadonlyArray<string> = [
  "org.apache.spark.repl.Main",
  "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
  "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
  "org.apache.spark.sql.connect.service.SparkConnectServer",
]

const modeProblems = ({ mode }: SparkApplicationSpec): ReadonlyArray<Problem> =>
  mode === "client"
    ? [
        {
          field: "spec.mode",
          message: "the driver cannot run in client mode, which would be inside the operator; use cluster",
        },
      ]
    : []

const classProblems = ({ mainClass, mainApplicationFile }: SparkApplicationSpec): ReadonlyArray<Problem> =>
  mainClass !== undefined && resourceType(mainApplicationFile) === "java" && clientOnly.includes(mainClass)
    ? [
        {
          field: "spec.mainClass",
          message: `${mainClass} cannot run in cluster mode: spark-submit refuses it too; run it as a workload of its own`,
        },
      ]
    : []

/** What keeps an application from being submitted in cluster mode. */
export const specProblems = (spec: SparkApplicationSpec): ReadonlyArray<Problem> => [
  ...modeProblems(spec),
  ...classProblems(spec),
]

const retries = ({ restartPolicy = {} }: SparkApplicationSpec): ReadonlyArray<Problem> =>
  (["onFailureRetries", "onSubmissionFailureRetries"] as const)
    .filter((name) => restartPolicy.type !== "OnFailure" && (restartPolicy[name] ?? 0) > 0)
    .map((name) => ({
      field: `spec.restartPolicy.${name}`,
      message: `has no effect while type is ${restartPolicy.type ?? "Never"}; use OnFailure`,
    }))

const unused = (spec: SparkApplicationSpec): ReadonlyArray<Problem> =>
  (["failureRetries", "retryInterval"] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => ({ field: `spec.${name}`, message: "has no effect; use spec.restartPolicy" }))

/**
 * Kueue's own webhook refuses dynamic allocation (`validateCreate` of its SparkApplication integration), because the quota of an admitted
 * application stays as it is. Where that webhook does not look, executors would run outside the quota.
 */
const outsideQuota = ({ metadata, spec }: SparkApplication): ReadonlyArray<Problem> =>
  metadata.labels?.[Labels.kueueQueue] && spec.dynamicAllocation?.enabled === true
    ? [
        {
          field: "spec.dynamicAllocation.enabled",
          message: `is not supported by Kueue, which counts executor.instances once (label ${Labels.kueueQueue}); set a fixed number of executors`,
        },
      ]
    : []

/** Fields without effect, or with another one than the user may expect. */
export const specWarnings = (application: SparkApplication): ReadonlyArray<Problem> => [
  ...unknownFields(application.spec),
  ...unused(application.spec),
  ...retries(application.spec),
  ...outsideQuota(application),
]
