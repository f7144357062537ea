/** A SparkConnect, changed as a test needs it, and what becomes of it. */

import { assert } from "@effect/vitest"
import { Result } from "effect"
import type { SparkConnect } from "../../src/api/connect/SparkConnect.ts"
import type { Problem } from "../../src/api/Problem.ts"
import { type ConnectSettings, validate, type ValidConnect } from "../../src/connect/Validate.ts"
import { noHealthDefaults } from "../../src/spark/health/HealthDefaults.ts"
import { noTarget } from "../../src/spark/history/EventLogTarget.ts"
import { noPodMetadata } from "../../src/spark/pod/PodMetadata.ts"
import { noBatchScheduling } from "../../src/spark/scheduler/BatchScheduler.ts"

type Fields = Readonly<Record<string, unknown>>

/** As it comes from the API; members that are undefined go. */
export const connect = (spec: Fields = {}, metadata: Fields = {}): SparkConnect =>
  JSON.parse(
    JSON.stringify({
      apiVersion: "sparkoperator.k8s.io/v1alpha1",
      kind: "SparkConnect",
      metadata: { name: "analysts", namespace: "default", uid: "8c1f0a1e-58cd-4a43-a4f6-5a8d3b4d2c11", ...metadata },
      spec: { sparkVersion: "4.1.1", image: "spark:4.1.1", server: {}, executor: {}, ...spec },
    }),
  )

export const connectSettings: ConnectSettings = {
  scheduling: noBatchScheduling,
  healthDefaults: noHealthDefaults,
  gatewayParents: undefined,
  podMetadata: noPodMetadata,
  eventLog: noTarget,
}

export const valid = (resource: unknown, attempt = 1): ValidConnect =>
  Result.match(validate(resource, attempt, connectSettings), {
    onFailure: (problems) => assert.fail(JSON.stringify(problems, null, 2)),
    onSuccess: (valid) => valid,
  })

export const problems = (resource: unknown): ReadonlyArray<Problem> =>
  Result.match(validate(resource, 1, connectSettings), { onFailure: (found) => found, onSuccess: () => [] })
