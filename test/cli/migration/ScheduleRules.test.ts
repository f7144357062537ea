import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import type { Assumed } from "../../../src/cli/migration/ApplicationRules.ts"
import type { Finding } from "../../../src/cli/migration/Finding.ts"
import { checkManifests } from "../../../src/cli/migration/MigrateCheck.ts"
import { checkSchedule, scheduleFates, takeOverSchedule } from "../../../src/cli/migration/ScheduleRules.ts"
import { noTarget } from "../../../src/spark/history/EventLogTarget.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const plain: Assumed = {
  precision: "seconds",
  submitter: "native",
  batchScheduling: { enabled: true, defaultScheduler: undefined, kubeSchedulerNames: [] },
  eventLog: noTarget,
  children: { uiService: true, driverPodDisruptionBudget: false },
}

const example = parse(readFileSync(join(import.meta.dirname, "kubeflow/spark-pi-scheduled.yaml"), "utf8")) as {
  readonly spec: { readonly template: object }
}

const schedule = (spec: object, metadata: object = {}) => ({
  ...example,
  metadata: { name: "nightly", namespace: "default", uid: "s", ...metadata },
  spec: { ...example.spec, schedule: "0 3 * * *", ...spec },
})

const lines = (findings: ReadonlyArray<Finding>) =>
  findings.map(({ severity, field, message }) => `${severity} ${field}: ${message}`)

const template = (spec: object) => ({ template: { ...example.spec.template, ...spec } })

describe("a schedule", () => {
  const table: ReadonlyArray<readonly [string, object, ReadonlyArray<RegExp>]> = [
    ["that is as it should be has nothing to be told of", {}, []],
    [
      "with a wrong expression",
      { schedule: "0 0 * * 7" },
      [/^problem spec\.schedule: day of week "7": .* Sunday is 0/],
    ],
    ["with six fields", { schedule: "0 0 3 * * *" }, [/^problem spec\.schedule: .*six|6 fields; use five/]],
    ["with a zone that does not exist", { timeZone: "Europe/Bern" }, [/^problem spec\.timeZone: "Europe\/Bern"/]],
    [
      "with the zone in the expression",
      { schedule: "TZ=Asia/Tokyo 0 9 * * *" },
      [/^warning spec\.schedule: the zone is part of the schedule/],
    ],
    [
      "without a policy, which kubeflow's operator understands otherwise than it documents",
      { concurrencyPolicy: undefined },
      [/^warning spec\.concurrencyPolicy: is not set: .*set Forbid if runs must not overlap$/],
    ],
    [
      "with an empty policy, which our definition does not take",
      { concurrencyPolicy: "" },
      [
        /^problem spec\.concurrencyPolicy: expected one of Allow, Forbid, Replace/,
        /^warning spec\.concurrencyPolicy: /,
      ],
    ],
    [
      "with a policy that does not exist",
      { concurrencyPolicy: "Skip" },
      [/^problem spec\.concurrencyPolicy: .*"Skip"/],
    ],
    [
      "with a limit below zero",
      { failedRunHistoryLimit: -1 },
      [/^problem spec\.failedRunHistoryLimit: -1 is not a whole number of at least 0/],
    ],
    [
      "whose template would be refused",
      template({ mode: "client" }),
      [/^problem spec\.template\.mode: .*use cluster$/],
    ],
    [
      "whose template works differently",
      template({ batchScheduler: "volcano" }),
      [/^note spec\.template\.batchScheduler: the PodGroup requests more than before/],
    ],
    [
      "that forbids overlaps",
      { concurrencyPolicy: "Forbid" },
      [/^note spec\.concurrencyPolicy: all unfinished runs count/],
    ],
    [
      "that replaces runs",
      { concurrencyPolicy: "Replace" },
      [/^note spec\.concurrencyPolicy: the new run starts when/],
    ],
    ["that is suspended", { suspend: true }, [/^note spec\.suspend: scheduled times that pass during the suspension/]],
    ["with an interval", { schedule: "@every 3m" }, [/^note spec\.schedule: counts at a fixed distance/]],
  ]
  it.each(table)("%s", (_, spec, expected) => {
    const found = lines(checkSchedule(schedule(spec), plain))
    assert.strictEqual(found.length, expected.length, found.join("\n"))
    found.forEach((line, index) => assert.match(line, expected[index]!))
  })

  it("whose runs would have names that are too long is reported with the limit, which depends on the flag", () => {
    const named = schedule({}, { name: "n".repeat(50) })
    assert.deepStrictEqual(checkSchedule(named, plain), [])
    const [found] = lines(checkSchedule(named, { ...plain, precision: "nanos" }))
    assert.match(found!, /^problem metadata\.name: has 50 characters; use at most 43, .*have at most 63$/)
  })

  it("of a version that is no longer served, and with a misspelt field, is reported", () => {
    const old = { ...schedule({ suspended: true }), apiVersion: "sparkoperator.k8s.io/v1beta1" }
    const [checked] = checkManifests([{ source: "", object: old }], plain)
    const found = lines(checked!.findings).join("\n")
    assert.match(found, /^problem apiVersion: v1beta1 is no longer served; use sparkoperator\.k8s\.io\/v1beta2$/m)
    assert.match(found, /^warning spec\.suspended: is not a known field/m)
  })
})

describe("a schedule that exists when Firesteel starts", () => {
  const left = (status?: object) =>
    ({ ...schedule({}), ...(status === undefined ? {} : { status }) }) as unknown as ScheduledSparkApplication
  const run = (name: string, state: "RUNNING" | "COMPLETED", uid = "s") => {
    const application = sparkPi(name)
    const owner = { apiVersion: "v1", kind: "ScheduledSparkApplication", name: "nightly", uid }
    return {
      ...application,
      metadata: { ...application.metadata, ownerReferences: [owner] },
      status: { applicationState: { state }, driverInfo: {} },
    }
  }

  it.each(["", "Scheduled", "FailedValidation"])("in state %j is reported with what happens to it", (scheduleState) => {
    const found = lines(takeOverSchedule(left({ scheduleState }), []))
    assert.deepStrictEqual(found, [`note status: ${scheduleState || "New"}: ${scheduleFates[scheduleState]}`])
  })

  it("keeps its unfinished runs", () => {
    const runs = [run("a", "RUNNING"), run("b", "COMPLETED"), run("c", "RUNNING", "of another")]
    const found = lines(takeOverSchedule(left({ scheduleState: "Scheduled" }), runs))
    assert.match(found[1]!, /^note status: unfinished runs are taken over, and count for its policy: a$/)
  })

  it("is not reported if Firesteel already manages it, and is reported with an unknown state", () => {
    assert.deepStrictEqual(takeOverSchedule(left({ scheduleState: "Scheduled", observedGeneration: 1 }), []), [])
    assert.match(
      lines(takeOverSchedule(left({ scheduleState: "Odd" }), [])).join(),
      /^warning status\.scheduleState: Odd/,
    )
  })
})
