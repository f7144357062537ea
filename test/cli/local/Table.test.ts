import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import type { LocalRow } from "../../../src/cli/local/Row.ts"
import type { ScheduleRow } from "../../../src/cli/local/ScheduleRow.ts"
import type { ServerRow } from "../../../src/cli/local/ServerRow.ts"
import {
  applicationTable,
  changeLine,
  scheduleChangeLine,
  serverChangeLine,
  verdictTable,
} from "../../../src/cli/local/Table.ts"
import { type ViewRows, frame } from "../../../src/cli/local/View.ts"

const rows: ReadonlyArray<LocalRow> = [
  { key: "default/spark-pi", state: "RUNNING", attempt: 1, executors: "1/2", progress: 42, reason: "" },
  {
    key: "team/bad-image",
    state: "SUBMITTED",
    attempt: 3,
    executors: "",
    progress: undefined,
    reason: "ImagePullBackOff: no such image",
  },
  { key: "default/new", state: "NEW", attempt: 0, executors: "", progress: undefined, reason: "" },
]
const nightly: ScheduleRow = {
  key: "default/nightly",
  state: "Scheduled",
  schedule: "0 3 * * * Europe/Berlin",
  next: "2026-12-01T02:00:00Z",
  last: "nightly-1796004000",
  active: 1,
  reason: "",
}
const notebooks: ServerRow = {
  key: "default/notebooks",
  state: "Ready",
  attempt: 1,
  executors: "1/1",
  sessions: "2 open, 1 running",
  endpoint: "sc://notebooks-server.default.svc:15002",
  reason: "",
}
const plain = (line: string) => stripVTControlCharacters(line)

describe("LocalTable", () => {
  it("shows one line per application in columns", () => {
    assert.deepStrictEqual(applicationTable(rows, { width: 100, colors: false }), [
      "NAME            STATE      ATTEMPT  EXECUTORS  PROGRESS         REASON",
      "spark-pi        RUNNING    1        1/2        ████░░░░░░  42%",
      "team/bad-image  SUBMITTED  3                                    ImagePullBackOff: no such image",
      "new             NEW",
    ])
  })

  it("adds colours without moving a column", () => {
    const style = { width: 100, colors: true }
    const colored = applicationTable(rows, style)
    assert.include(colored.join("\n"), "\u001B[36mRUNNING")
    assert.deepStrictEqual(
      colored.map((line) => plain(line).trimEnd()),
      applicationTable(rows, { ...style, colors: false }),
    )
  })

  it("never writes beyond the window, and marks truncation with an ellipsis", () => {
    for (let width = 0; width < 110; width++) {
      for (const line of applicationTable(rows, { width, colors: false })) assert.isAtMost(line.length, width)
    }
    assert.include(
      applicationTable(rows, { width: 80, colors: false })[2],
      "ImagePullBacko…".replace("o…", "O…").slice(0, 8),
    )
    assert.match(applicationTable(rows, { width: 80, colors: false })[2]!, /…$/)
  })

  it("prints each change on one line without a terminal", () => {
    assert.strictEqual(
      changeLine(rows[0]!),
      "spark-pi                  RUNNING            attempt 1  executors 1/2  42%",
    )
    assert.strictEqual(changeLine(rows[2]!), "new                       NEW")
    assert.strictEqual(
      scheduleChangeLine(nightly),
      "nightly                   Scheduled          next 2026-12-01T02:00:00Z  last nightly-1796004000  active 1",
    )
    assert.strictEqual(
      serverChangeLine(notebooks),
      "notebooks                 Ready              attempt 1  executors 1/1  sessions 2 open, 1 running  sc://notebooks-server.default.svc:15002",
    )
  })

  it("marks what ended as expected and what did not", () => {
    const verdicts = [
      {
        row: { ...rows[0]!, state: "COMPLETED" as const },
        attempts: 1,
        expectedState: "COMPLETED",
        expectedAttempts: 1,
        met: true,
        final: true,
        seconds: 4,
      },
      {
        row: rows[1]!,
        attempts: 3,
        expectedState: "FAILED",
        expectedAttempts: 2,
        met: false,
        final: false,
        seconds: undefined,
      },
    ]
    assert.deepStrictEqual(verdictTable(verdicts, { width: 120, colors: false }), [
      "   NAME            EXPECTED   STATE      ATTEMPTS  DURATION  REASON",
      "✓  spark-pi        COMPLETED  COMPLETED  1         4s",
      "✗  team/bad-image  FAILED     SUBMITTED  3 of 2              ImagePullBackOff: no such image",
    ])
  })
})

describe("LocalView", () => {
  const addresses = {
    console: undefined,
    api: "http://127.0.0.1:8001",
    metrics: "http://127.0.0.1:8080/metrics",
    healthz: undefined,
    readyz: undefined,
    kubeconfig: "/home/me/.firesteel/kubeconfig",
    log: ".firesteel/operator.log",
    takenPorts: [8081],
  }
  const view = { title: "Firesteel", addresses, colors: true }
  const rowsWith = (some: Partial<ViewRows>): ViewRows => ({
    applications: [],
    schedules: [],
    servers: [],
    histories: [],
    ...some,
  })
  const many = Array.from({ length: 40 }, (_, index): LocalRow => ({ ...rows[0]!, key: `default/app-${index}` }))

  it("shows the addresses, the applications, and how to quit", () => {
    assert.deepStrictEqual(
      frame(view, rowsWith({ applications: rows.slice(0, 1) }), { columns: 90, rows: 30 }).map(plain),
      [
        "Firesteel",
        "",
        "Kubernetes API  http://127.0.0.1:8001",
        "metrics         http://127.0.0.1:8080/metrics",
        "logs            .firesteel/operator.log",
        "already in use  port 8081",
        "kubectl         export KUBECONFIG=/home/me/.firesteel/kubeconfig",
        "",
        "NAME      STATE    ATTEMPT  EXECUTORS  PROGRESS         REASON",
        "spark-pi  RUNNING  1        1/2        ████░░░░░░  42%",
        "",
        "1 application: 1 RUNNING · q: quit",
      ],
    )
  })

  it("shows schedules and Connect servers under the applications", () => {
    const shownRows = rowsWith({ applications: rows.slice(0, 1), schedules: [nightly], servers: [notebooks] })
    const lines = frame(view, shownRows, { columns: 130, rows: 30 }).map(plain)
    assert.deepStrictEqual(lines.slice(8), [
      "NAME      STATE    ATTEMPT  EXECUTORS  PROGRESS         REASON",
      "spark-pi  RUNNING  1        1/2        ████░░░░░░  42%",
      "",
      "SCHEDULE  STATE      WHEN                     NEXT RUN              LAST RUN            ACTIVE  REASON",
      "nightly   Scheduled  0 3 * * * Europe/Berlin  2026-12-01T02:00:00Z  nightly-1796004000  1",
      "",
      "CONNECT SERVER  STATE  ATTEMPT  EXECUTORS  SESSIONS           ENDPOINT                                 REASON",
      "notebooks       Ready  1        1/1        2 open, 1 running  sc://notebooks-server.default.svc:15002",
      "",
      "1 application: 1 RUNNING · q: quit",
    ])
  })

  it("fits every window, and counts what it had to leave out", () => {
    const schedules = Array.from({ length: 9 }, (_, index) => ({ ...nightly, key: `default/schedule-${index}` }))
    const servers = Array.from({ length: 9 }, (_, index) => ({ ...notebooks, key: `default/server-${index}` }))
    for (const window of [
      { columns: 80, rows: 24 },
      { columns: 30, rows: 10 },
      { columns: 5, rows: 3 },
    ]) {
      const lines = frame(view, rowsWith({ applications: many, schedules, servers }), window).map(plain)
      assert.isAtMost(lines.length, window.rows)
      for (const line of lines) assert.isAtMost(line.length, window.columns)
    }
    const lines = frame(view, rowsWith({ applications: many }), { columns: 80, rows: 24 }).map(plain)
    const shown = lines.filter((line) => line.startsWith("app-")).length
    assert.include(lines, `… and ${40 - shown} more`)
    assert.include(lines.at(-1), "40 applications")
  })
})
