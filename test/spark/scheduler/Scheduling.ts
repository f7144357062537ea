/** Applications as an operator with batch scheduling sees them. */

import { assert } from "@effect/vitest"
import { Result } from "effect"
import type { BatchScheduling } from "../../../src/spark/scheduler/BatchScheduler.ts"
import type { Valid } from "../../../src/spark/Validate.ts"
import { application, type Changes, validate } from "../../support/SparkFixture.ts"

export const grouping: BatchScheduling = {
  enabled: true,
  defaultScheduler: undefined,
  kubeSchedulerNames: ["scheduler-plugins-scheduler"],
}

/** The plan of an application under an operator that groups pods. */
export const scheduled = (changes: Changes, scheduling = grouping, metadata = {}): Valid =>
  Result.match(validate(application(changes, metadata), { scheduling }), {
    onFailure: (problems) => assert.fail(JSON.stringify(problems, null, 2)),
    onSuccess: (valid) => valid,
  })
