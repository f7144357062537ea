/**
 * The event log of a driver: configured for those that do not configure it themselves, and what links a run with its history.
 * Keys are those of Spark (`core/src/main/scala/org/apache/spark/internal/config/package.scala`).
 */

import type { Problem } from "../../api/Problem.ts"
import { keyOf, type SparkConf } from "../conf/SparkConf.ts"
import type { Workload, WorkloadSpec } from "../Workload.ts"
import type { EventLogTarget, EventLogTargetFound } from "./EventLogTarget.ts"
import { historyUrl } from "./HistoryUrl.ts"

const enabledKey = "spark.eventLog.enabled"
const directoryKey = "spark.eventLog.dir"
/** Of the claim with the directory, in the driver pod. */
const volumeName = "spark-event-log"

/** As Scala reads a boolean. */
const isTrue = (value: string | undefined) => value?.trim().toLowerCase() === "true"

/** The workload, which writes its event log to the target unless its own configuration says whether or where it does. */
export const withEventLog = (workload: Workload, { target }: EventLogTargetFound): Workload => {
  const { spec } = workload
  const { sparkConf = {} } = spec
  const isConfigured =
    sparkConf[directoryKey] !== undefined || (sparkConf[enabledKey] !== undefined && !isTrue(sparkConf[enabledKey]))
  if (target?.directory === undefined || !target.inject || isConfigured) return workload
  const defaults = { ...target.conf, [enabledKey]: "true", [directoryKey]: target.directory }
  return { ...workload, spec: withAccess({ ...spec, sparkConf: { ...defaults, ...sparkConf } }, target) }
}

/** The spec with what its driver needs to reach the directory. A volume that the user mounts there stays. */
const withAccess = (spec: WorkloadSpec, { claim, envFrom }: EventLogTarget): WorkloadSpec => {
  const { driver } = spec
  const environment =
    envFrom.length === 0
      ? {}
      : { envFrom: [...(driver.envFrom ?? []), ...envFrom.map((name) => ({ secretRef: { name } }))] }
  if (claim === undefined || driver.volumeMounts?.some(({ mountPath }) => mountPath === claim.mountPath) === true) {
    return { ...spec, driver: { ...driver, ...environment } }
  }
  const { claimName, mountPath, subPath } = claim
  const mount = { name: volumeName, mountPath, ...(subPath === undefined ? {} : { subPath }) }
  return {
    ...spec,
    volumes: [...(spec.volumes ?? []), { name: volumeName, persistentVolumeClaim: { claimName } }],
    driver: { ...driver, ...environment, volumeMounts: [...(driver.volumeMounts ?? []), mount] },
  }
}

/** The directory of the event log by the finished configuration; undefined if none is written, or only to a default that dies with the pod. */
const eventLogDirectory = (conf: SparkConf): string | undefined =>
  isTrue(conf.get(enabledKey)?.value) ? conf.get(directoryKey)?.value : undefined

/** Equal for two spellings of one directory. */
const normalized = (directory: string) =>
  directory
    .trim()
    .replace(/^file:\/*/, "/")
    .replace(/\/+$/, "")

const isElsewhere = (directory: string, target: EventLogTarget) =>
  target.directory !== undefined &&
  [target.directory, ...(target.alsoReads ?? [])].every((read) => normalized(directory) !== normalized(read))

/** What a plan says of the event log. */
interface Logging {
  readonly workload: Pick<Workload, "metadata">
  readonly conf: SparkConf
  readonly eventLog: EventLogTargetFound
}

/** Where the run with this id can be seen, now or after its end; undefined if it writes no event log that the target reads. */
export const historyUrlOf = (
  { workload: { metadata }, conf, eventLog: { target } }: Logging,
  sparkApplicationId: string,
): string | undefined => {
  const directory = eventLogDirectory(conf)
  if (target?.urlFormat === undefined || directory === undefined || isElsewhere(directory, target)) return undefined
  const { name: appName, namespace: appNamespace } = metadata
  return historyUrl(target.urlFormat, { appId: sparkApplicationId, appName, appNamespace })
}

/** Why a run cannot be found in the history, although its user may expect it. */
export const eventLogWarnings = ({
  conf,
  eventLog: { target, conflict },
}: Omit<Logging, "workload">): ReadonlyArray<Problem> => {
  const directory = eventLogDirectory(conf)
  return [
    ...(conflict === undefined ? [] : [{ field: "metadata.labels", message: conflict }]),
    ...(target !== undefined && directory !== undefined && isElsewhere(directory, target)
      ? [
          {
            field: keyOf("spec.sparkConf", directoryKey),
            message: `is ${directory}, which ${target.source} does not read: the history of the run has no link; use ${target.directory}, or leave out ${enabledKey} and ${directoryKey}`,
          },
        ]
      : []),
  ]
}
