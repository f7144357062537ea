/** When the spec of an application is validated, and when its status is taken at its word. */

import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { makeReader } from "../../../src/application/reconcile/ReadSpec.ts"
import { runSpecHash } from "../../../src/application/RunSpec.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { withSubmitterOf } from "../../../src/spark/submit/Submitter.ts"
import { application, type Changes, options, plainSettings } from "../../support/SparkFixture.ts"

const read = makeReader({
  buildOptions: options,
  submitter: "native",
  batchScheduling: plainSettings.scheduling,
  healthDefaults: () => plainSettings.healthDefaults,
  podMetadata: plainSettings.podMetadata,
  eventLogOf: () => noTarget,
  followsProgress: true,
})

const accepted = {
  type: "Accepted",
  status: "True",
  reason: "Valid",
  message: "",
  lastTransitionTime: "2026-11-20T12:00:00Z",
}

/** An application that an operator has reported on, as it was then. */
const reported = (spec: Changes, metadata: object = {}, status: object = {}): SparkApplication => {
  const made = application(spec, { generation: 3, ...metadata }) as unknown as SparkApplication
  return {
    ...made,
    status: {
      applicationState: { state: "RUNNING" },
      driverInfo: {},
      observedGeneration: 3,
      runSpecHash: runSpecHash(withSubmitterOf(made)),
      conditions: [accepted],
      ...status,
    },
  } as unknown as SparkApplication
}

/** An earlier operator accepted it, this one would not. */
const outdated = { sparkVersion: "2.4.8" }

describe("a spec that the status reports as accepted and submitted", () => {
  it("is not validated again", () => {
    const { recorded, problems } = read(reported(outdated))
    assert.deepStrictEqual({ recorded, problems }, { recorded: true, problems: [] })
  })

  it.each([
    ["an edit of the spec", reported(outdated, { generation: 4 })],
    ["an edit of the annotation that chooses the submitter", reported(outdated, {}, { runSpecHash: "other" })],
    ["a state that a submission follows", reported(outdated, {}, { applicationState: { state: "PENDING_RERUN" } })],
    ["a refusal", reported(outdated, {}, { conditions: [{ ...accepted, status: "False" }] })],
    ["the absence of conditions", reported(outdated, {}, { conditions: [] })],
  ])("is validated after %s", (_, application) => {
    const { recorded, problems } = read(application)
    assert.isFalse(recorded)
    assert.deepStrictEqual(
      problems.map(({ field }) => field),
      ["spec.sparkVersion"],
    )
  })

  it("gives its limits, labels and everything else when they are asked for", () => {
    const spec = read(reported({ executor: { instances: 3 } }, { labels: { team: "a" } }))
    assert.isTrue(spec.recorded)
    assert.strictEqual(spec.desired.initialExecutors, 3)
    assert.deepInclude(spec.inheritedLabels.driver, { team: "a" })
    assert.strictEqual(spec.valid()?.workload.metadata.name, "spark-pi")
  })

  it("cannot be submitted if it has problems by now", () => {
    const spec = read(reported(outdated))
    assert.isUndefined(spec.valid())
    assert.isUndefined(spec.desired.initialExecutors)
  })
})
