/**
 * `firesteel render`: the objects that the operator would create for an application, a Connect server or a history server, and the runs of a
 * schedule, as YAML, without a cluster.
 * What they are is in the modules next to it; this one reads manifests.
 */

import { Predicate, Result } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import type { Problem } from "../../api/Problem.ts"
import * as Targets from "../../history/select/Targets.ts"
import { readHealthConfig } from "../../spark/health/HealthConfig.ts"
import { type HealthDefaults, noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { type EventLogTargetFound, orElse } from "../../spark/history/EventLogTarget.ts"
import { created, nameOf } from "../manifest/Created.ts"
import { type Fields, manifestObjects, remarkText } from "../manifest/ManifestText.ts"
import { type Outcome, renderApplication } from "./RenderApplication.ts"
import { renderConnect } from "./RenderConnect.ts"
import { renderHistory } from "./RenderHistory.ts"
import { renderSchedule, type ScheduleOptions } from "./RenderSchedule.ts"

export type RenderOptions = ScheduleOptions

export interface Rendered {
  /** YAML documents; empty when nothing could be rendered. */
  readonly output: string
  /** Lines for standard error: problems and warnings. */
  readonly remarks: ReadonlyArray<string>
  /** Everything in the manifest can be submitted. */
  readonly good: boolean
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Predicate.isObject(value) ? (value as Readonly<Record<string, unknown>>) : {}

const linesOf = (problems: ReadonlyArray<Problem>) => problems.map(({ field, message }) => `${field}: ${message}`)

export interface RenderHealth {
  readonly health: HealthDefaults
  /** What cannot be used. */
  readonly remarks: ReadonlyArray<string>
}

/** Without a ConfigMap of health checks. */
export const noHealth: RenderHealth = { health: noHealthDefaults, remarks: [] }

/** The default and the templates in a manifest of the ConfigMap. */
export const healthOf = (text: string): RenderHealth => {
  for (const read of manifestObjects(text)) {
    if (Result.isFailure(read)) return { health: noHealthDefaults, remarks: [remarkText(read.failure)] }
    const { kind, metadata, data } = read.success.object
    if (kind !== "ConfigMap") continue
    const { namespace = "default", name = "" } = fieldsOf(metadata)
    const texts = Object.fromEntries(Object.entries(fieldsOf(data)).map(([key, value]) => [key, String(value)]))
    const { defaults, problems } = readHealthConfig(`${String(namespace)}/${String(name)}`, texts)
    return { health: defaults, remarks: linesOf(problems) }
  }
  return { health: noHealthDefaults, remarks: ["contains no ConfigMap"] }
}

const renderers: Readonly<Record<string, (object: unknown, options: RenderOptions) => Outcome>> = {
  [sparkApplications.kind]: renderApplication,
  [scheduledSparkApplications.kind]: renderSchedule,
  [sparkConnects.kind]: renderConnect,
  [sparkHistoryServers.kind]: renderHistory,
}

/** The event log of a workload: that of the history server in the same manifest that selects it, or else that of the settings. */
const eventLogIn = (
  objects: ReturnType<typeof manifestObjects>,
  { eventLog }: RenderOptions,
): ((object: Fields) => EventLogTargetFound) => {
  const servers = objects.flatMap((read) =>
    Result.isSuccess(read) && read.success.object["kind"] === sparkHistoryServers.kind
      ? [created(read.success.object, "default") as SparkHistoryServer]
      : [],
  )
  const { targetOf } = Targets.make(() => servers)
  return (object) => {
    const { namespace, labels } = (created(object, "default") as SparkHistoryServer).metadata
    return orElse(targetOf({ namespace, ...(Predicate.isObject(labels) ? { labels } : {}) }), eventLog)
  }
}

/** Renders every resource of a manifest that the operator runs. Pure. */
export const render = (text: string, options: RenderOptions): Rendered => {
  const output: Array<string> = []
  const remarks: Array<string> = []
  let good = true
  let rendered = 0
  const objects = manifestObjects(text)
  const eventLogOf = eventLogIn(objects, options)
  for (const read of objects) {
    if (Result.isFailure(read)) {
      remarks.push(remarkText(read.failure))
      good = false
      continue
    }
    const { object, warnings } = read.success
    const { kind, metadata } = object
    const renderer = renderers[String(kind)]
    if (renderer === undefined) continue
    rendered++
    const about = (lines: ReadonlyArray<string>, word: string) =>
      lines.map((line) => `${nameOf(metadata) ?? "(without a name)"}: ${word}: ${line}`)
    const outcome = renderer(object, { ...options, eventLog: eventLogOf(object) })
    good &&= outcome.problems.length === 0
    remarks.push(
      ...about(warnings.map(remarkText), "warning"),
      ...about(linesOf(outcome.problems), "problem"),
      ...about(linesOf(outcome.warnings), "warning"),
    )
    output.push(outcome.output)
  }
  if (rendered === 0 && good) {
    return { output: "", remarks: [`contains no ${Object.keys(renderers).join(", no ")}`], good: false }
  }
  return { output: output.join(""), remarks, good }
}
