/** The application of the Spark examples, changed as a test needs it, and what becomes of it. */

import { assert } from "@effect/vitest"
import { Result } from "effect"
import type { Container, Pod } from "kubernetes-types/core/v1"
import type { Problem } from "../../src/api/Problem.ts"
import { validate as validateWith, type ValidApplication } from "../../src/application/Validate.ts"
import { parseProperties } from "../../src/spark/conf/Properties.ts"
import { build, defaultMaster, type BuildOptions, type DriverObjects } from "../../src/spark/driver/Build.ts"
import { noHealthDefaults } from "../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../src/spark/pod/PodMetadata.ts"
import { driverContainerName } from "../../src/spark/pod/SparkPod.ts"
import { noBatchScheduling } from "../../src/spark/scheduler/BatchScheduler.ts"
import type { Submission } from "../../src/spark/submit/Submission.ts"
import type { ValidationSettings } from "../../src/spark/Validate.ts"

type Fields = Readonly<Record<string, unknown>>

/** Fields of the spec to set; `driver` and `executor` are merged, `undefined` removes. */
export interface Changes extends Fields {
  readonly driver?: Fields
  readonly executor?: Fields
}

export const submission: Submission = {
  submissionId: "0f0e0d0c-0b0a-8909-8807-060504030201",
  submittedAt: Date.UTC(2026, 8, 29, 11, 9, 38),
  attempt: 1,
}
export const options: BuildOptions = { master: defaultMaster }

export const application = (changes: Changes = {}, metadata: Fields = {}): Fields => ({
  apiVersion: "sparkoperator.k8s.io/v1beta2",
  kind: "SparkApplication",
  metadata: { name: "spark-pi", namespace: "default", uid: "2f1b8e2a-58cd-4a43-a4f6-5a8d3b4d2c11", ...metadata },
  // Through JSON, as it comes from the API: members that are undefined go.
  spec: JSON.parse(
    JSON.stringify({
      type: "Scala",
      sparkVersion: "4.0.4",
      image: "spark:4.0.4",
      mainClass: "org.apache.spark.examples.SparkPi",
      mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
      ...changes,
      driver: { ...changes.driver },
      executor: { ...changes.executor },
    }),
  ),
})

/** A Python application. */
export const python = (changes: Changes = {}) =>
  application({
    type: "Python",
    mainClass: undefined,
    mainApplicationFile: "local:///opt/spark/examples/pi.py",
    ...changes,
  })

/** Settings of an operator that was given none. */
export const plainSettings: ValidationSettings = {
  scheduling: noBatchScheduling,
  submitter: "native",
  healthDefaults: noHealthDefaults,
  podMetadata: noPodMetadata,
  eventLog: noTarget,
}

/** Validates under an operator with these settings. */
export const validate = (resource: unknown, settings: Partial<ValidationSettings> = {}) =>
  validateWith(resource, { ...plainSettings, ...settings })

export const valid = (resource: unknown, settings: Partial<ValidationSettings> = {}): ValidApplication =>
  Result.match(validate(resource, settings), {
    onFailure: (problems) => assert.fail(JSON.stringify(problems, null, 2)),
    onSuccess: (valid) => valid,
  })

export const problems = (resource: unknown): ReadonlyArray<Problem> =>
  Result.match(validate(resource), { onFailure: (problems) => problems, onSuccess: () => [] })

/** Asserts that there is exactly one problem, in this field, and that its message matches. */
export const assertProblem = (resource: unknown, field: string, message: RegExp) => {
  const found = problems(resource)
  assert.deepStrictEqual(
    found.map((problem) => problem.field),
    [field],
    JSON.stringify(found),
  )
  assert.match(found[0]?.message ?? "", message)
}

/** What the objects of one submission come to, taken apart for assertions. */
export interface Built extends DriverObjects {
  readonly container: Container
  readonly properties: ReadonlyMap<string, string>
  readonly executorTemplate: Pod
}

export const submit = (
  resource: unknown,
  of: Submission = submission,
  at: BuildOptions = options,
  settings: Partial<ValidationSettings> = {},
): Built => {
  const objects = build(valid(resource, settings), of, at)
  const data = (key: string) => objects.configMaps.find((configMap) => configMap.data?.[key])?.data?.[key] ?? ""
  return {
    ...objects,
    container: objects.pod.spec?.containers.find(({ name }) => name === driverContainerName) ?? assert.fail(),
    properties: parseProperties(data("spark.properties")),
    executorTemplate: JSON.parse(data("podspec-configmap-key")),
  }
}

/** The environment of a container as text; a reference shows as its path or key. */
export const environment = (container: Container): ReadonlyArray<string> =>
  (container.env ?? []).map(({ name, value, valueFrom }) => {
    const secret = valueFrom?.secretKeyRef
    return `${name}=${value ?? valueFrom?.fieldRef?.fieldPath ?? `${secret?.name}:${secret?.key}`}`
  })

export const mounts = (container: Container): ReadonlyArray<string> =>
  (container.volumeMounts ?? []).map(({ name, mountPath }) => `${name} ${mountPath}`)
