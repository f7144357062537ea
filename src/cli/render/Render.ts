/**
 * `firesteel render`: the objects that the operator would create for an application, as YAML, without a cluster, and the executor that its
 * driver would create. They are built by the same functions that submit it, so they are exactly those objects; only identities (uid,
 * submission id) are placeholders.
 */

import { Predicate, Result } from "effect"
import { stringify } from "yaml"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import type { Problem } from "../../api/Problem.ts"
import { validate } from "../../application/Validate.ts"
import { children } from "../../spark/Children.ts"
import { build, type BuildOptions } from "../../spark/driver/Build.ts"
import { executorPod } from "../../spark/executor/ExecutorPod.ts"
import { readHealthConfig } from "../../spark/health/HealthConfig.ts"
import { type HealthDefaults, noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { submitJob } from "../../spark/submit/SubmitJob.ts"
import type { Valid } from "../../spark/Validate.ts"
import { created, nameOf } from "../manifest/Created.ts"
import { manifestObjects, remarkText } from "../manifest/ManifestText.ts"

export interface RenderOptions {
  readonly build: BuildOptions
  readonly scheduling: BatchScheduling
  readonly submitter: SubmitterKind
  readonly health: HealthDefaults
}

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

const submission = { submissionId: "00000000-0000-8000-8000-000000000000", submittedAt: 0, attempt: 1 }

type Titled = readonly [title: string, object: object]

const objectsOf = (valid: Valid, options: BuildOptions): ReadonlyArray<Titled> => {
  const companions = children(valid, submission, options).map(({ object }): Titled => [
    `companion object: ${object.kind}`,
    object,
  ])
  const { pod, service, configMaps } = build(valid, submission, options)
  const executor: Titled = [
    "the first executor, as the driver creates it",
    executorPod(valid, pod, submission, options),
  ]
  if (valid.submitter.by === "job") {
    const { configMap, job } = submitJob(valid, submission, options)
    return [executor, ["submission by the image's spark-submit", job], ["its pod templates", configMap], ...companions]
  }
  const [template, ...configuration] = configMaps
  return [
    ["driver", pod],
    executor,
    ["Service of the driver", service],
    ...configuration.map((object): Titled => ["configuration", object]),
    ...(template === undefined ? [] : [["template of executors", template] as const]),
    ...companions,
  ]
}

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

/** Renders every SparkApplication of a manifest. Pure. */
export const render = (text: string, { build: options, scheduling, submitter, health }: RenderOptions): Rendered => {
  const output: Array<string> = []
  const remarks: Array<string> = []
  let good = true
  let applications = 0
  for (const read of manifestObjects(text)) {
    if (Result.isFailure(read)) {
      remarks.push(remarkText(read.failure))
      good = false
      continue
    }
    const { object, warnings } = read.success
    const { kind, metadata } = object
    if (kind !== sparkApplications.kind) continue
    applications++
    const about = (lines: ReadonlyArray<string>, word: string) =>
      lines.map((line) => `${nameOf(metadata) ?? "(without a name)"}: ${word}: ${line}`)
    remarks.push(...about(warnings.map(remarkText), "warning"))
    Result.match(validate(created(object, "default"), { scheduling, submitter, healthDefaults: health }), {
      onFailure: (problems) => {
        good = false
        remarks.push(...about(linesOf(problems), "problem"))
      },
      onSuccess: (valid) => {
        remarks.push(...about(linesOf(valid.warnings), "warning"))
        for (const [title, object] of objectsOf(valid, options)) {
          output.push(`---\n# ${title}\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
        }
      },
    })
  }
  if (applications === 0 && good) return { output: "", remarks: ["contains no SparkApplication"], good: false }
  return { output: output.join(""), remarks, good }
}
