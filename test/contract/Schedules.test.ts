/** What the API server itself makes of a ScheduledSparkApplication, before any operator sees it. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { scheduledSparkApplicationCrd } from "../../src/api/schedule/CustomResource.ts"
import { isRefused, type Row } from "../support/Refusal.ts"
import { type Json, makeNamespace, merge, type Namespace, serverLayer, table } from "../support/Server.ts"

const refused = (title: string, spec: object, message: RegExp, metadata: object = { name: "x" }): Row => ({
  title,
  request: (n) => ["POST", n.schedules, { ...n.schedule(spec), metadata }],
  code: 422,
  reason: "Invalid",
  message,
})

const rows: ReadonlyArray<Row> = [
  refused(
    "a policy that does not exist",
    { concurrencyPolicy: "Skip" },
    /spec\.concurrencyPolicy: Unsupported value: "Skip": supported values: "Allow", "Forbid", "Replace"/,
  ),
  refused(
    "an empty policy, which kubeflow's operator takes for one of its own",
    { concurrencyPolicy: "" },
    /spec\.concurrencyPolicy: Unsupported value: ""/,
  ),
  refused(
    "a limit below zero",
    { successfulRunHistoryLimit: -1 },
    /spec\.successfulRunHistoryLimit: Invalid value: -1: .*should be greater than or equal to 0/,
  ),
  refused(
    "the other limit below zero",
    { failedRunHistoryLimit: -1 },
    /spec\.failedRunHistoryLimit: Invalid value: -1/,
  ),
  refused(
    "a deadline that no operator could keep",
    { startingDeadlineSeconds: 5 },
    /spec\.startingDeadlineSeconds: Invalid value: 5: .*greater than or equal to 10/,
  ),
  refused(
    "six fields",
    { schedule: "0 0 3 * * *" },
    /spec: Invalid value: .*schedule must have five fields \(minute, hour/,
  ),
  refused("a time zone without a schedule", { schedule: "TZ=UTC" }, /schedule must have five fields/),
  refused("no schedule", { schedule: undefined }, /spec\.schedule: Required value/),
  refused("no template", { template: undefined }, /spec\.template: Required value/),
  refused(
    "a template that would be refused as an application",
    { template: { type: "Cobol" } },
    /spec\.template\.type: Unsupported value: "Cobol"/,
  ),
  refused(
    "a name that leaves no room for the time in the names of runs",
    {},
    /metadata\.name is not a schedule name; use at most 54 lower case letters/,
    {
      name: "x".repeat(55),
    },
  ),
]

layer(serverLayer(scheduledSparkApplicationCrd), { excludeTestServices: true })("a schedule", (it) => {
  it.effect.each(rows)("is refused with $title", (row) => isRefused(row, () => Effect.void))

  it.effect("allows concurrent runs unless it says otherwise", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec } = yield* n.ok("POST", n.schedules, n.schedule({}))
      assert.strictEqual(spec.concurrencyPolicy, "Allow")
    }),
  )

  it.effect.each([
    { schedule: "@every 1h30m" },
    { schedule: "TZ=Asia/Tokyo @daily" },
    { schedule: "  */5 9-17 ?  jan,JUL * " },
  ])("is taken with $schedule", ({ schedule }) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      assert.strictEqual((yield* n.ok("POST", n.schedules, n.schedule({ schedule }))).spec.schedule, schedule)
    }),
  )

  const cellsOf = (n: Namespace) =>
    Effect.map(n.ok("GET", n.schedules, undefined, undefined, table), ({ columnDefinitions, rows }) => ({
      shown: columnDefinitions.filter((one: Json) => one.priority === 0).map((one: Json) => one.name),
      cell: (name: string) => rows[0].cells[columnDefinitions.findIndex((one: Json) => one.name === name)],
    }))

  it.effect("is shown by kubectl with kubeflow's columns, and with more where they are asked for", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.schedules, n.schedule({ timeZone: "Europe/Berlin", suspend: true }))
      const status = {
        scheduleState: "Scheduled",
        lastRunName: "x-1796004000",
        nextRun: "2026-12-01T02:00:00Z",
        active: [{ name: "x-1796004000", uid: "u", scheduledTime: "2026-11-30T02:00:00Z" }],
      }
      yield* n.ok("PATCH", `${n.schedules}/x/status`, { status }, merge)
      const { shown, cell } = yield* cellsOf(n)
      assert.deepStrictEqual(shown, ["Name", "Schedule", "TimeZone", "Suspend", "Last Run", "Last Run Name", "Age"])
      assert.deepStrictEqual(
        ["Name", "Schedule", "TimeZone", "Suspend", "Last Run Name", "Next Run", "State", "Active"].map(cell),
        [
          "x",
          "0 3 * * *",
          "Europe/Berlin",
          "true",
          "x-1796004000",
          "2026-12-01T02:00:00Z",
          "Scheduled",
          "x-1796004000",
        ],
      )
    }),
  )

  it.effect("keeps its generation when only its status or its trigger changes", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.schedules, n.schedule({}))
      yield* n.ok("PATCH", `${n.schedules}/x/status`, { status: { scheduleState: "Scheduled" } }, merge)
      const trigger = { metadata: { annotations: { "sparkoperator.k8s.io/trigger": "1" } } }
      const triggered = yield* n.ok("PATCH", `${n.schedules}/x`, trigger, merge)
      assert.strictEqual(triggered.metadata.generation, 1)
      const suspended = yield* n.ok("PATCH", `${n.schedules}/x`, { spec: { suspend: true } }, merge)
      assert.strictEqual(suspended.metadata.generation, 2)
      assert.strictEqual(suspended.status.scheduleState, "Scheduled")
    }),
  )
})
