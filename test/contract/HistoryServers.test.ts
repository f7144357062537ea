/** What the API server itself makes of a SparkHistoryServer, before any operator sees it. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkHistoryServerCrd } from "../../src/api/history/CustomResource.ts"
import { isRefused, type Row } from "../support/Refusal.ts"
import { type Json, makeNamespace, merge, type Namespace, serverLayer, table } from "../support/Server.ts"

const path = (n: Namespace) => `/apis/${n.group}/v1alpha1/namespaces/${n.name}/sparkhistoryservers`

const server = (n: Namespace, spec: object = {}, metadata: object = { name: "x" }) => ({
  apiVersion: `${n.group}/v1alpha1`,
  kind: "SparkHistoryServer",
  metadata,
  spec: { sparkVersion: "4.3.0", image: "spark:4.3.0", logDirectories: [{ url: "s3a://logs/x" }], ...spec },
})

const refused = (title: string, spec: object, message: RegExp, metadata?: object): Row => ({
  title,
  request: (n) => ["POST", path(n), server(n, spec, metadata)],
  code: 422,
  reason: "Invalid",
  message,
})

const rows: ReadonlyArray<Row> = [
  refused("no version", { sparkVersion: undefined }, /spec\.sparkVersion: Required value/),
  refused(
    "no log directory",
    { logDirectories: [] },
    /logDirectories is empty; add at least one directory with its url/,
  ),
  refused("a log directory without a URL", { logDirectories: [{}] }, /spec\.logDirectories\[0\]\.url: Required value/),
  refused(
    "a store that does not exist",
    { store: { type: "Tape" } },
    /spec\.store\.type: Unsupported value: "Tape": supported values: "Memory", "Disk", "Hybrid"/,
  ),
  refused(
    "a size of the heap",
    { store: { type: "Memory", size: "1Gi" } },
    /store\.size has no effect with type Memory/,
  ),
  refused(
    "a heap for the disk",
    { store: { type: "Disk", memory: "1g" } },
    /store\.memory has an effect with type Hybrid only/,
  ),
  refused("fewer pods than none", { replicas: -1 }, /spec\.replicas: Invalid value: -1: .*greater than or equal to 0/),
  refused(
    "an age that Spark cannot read",
    { cleaner: { enabled: true, maxAge: "7 days" } },
    /spec\.cleaner\.maxAge: Invalid value: "7 days"/,
  ),
  refused("a name that a Service cannot have", {}, /metadata\.name/, { name: "9x" }),
]

layer(serverLayer(sparkHistoryServerCrd), { excludeTestServices: true })("a history server", (it) => {
  it.effect.each(rows)("is refused with $title", (row) => isRefused(row))

  it.effect("has one replica, injects, and is shown by kubectl with its URL", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec } = yield* n.ok("POST", path(n), server(n, { applications: {} }))
      assert.deepInclude(spec, { replicas: 1, applications: { inject: true } })
      const conditions = [
        {
          type: "Available",
          status: "False",
          reason: "LogDirectoryMissing",
          message: "",
          lastTransitionTime: "2026-11-30T00:00:00Z",
        },
      ]
      const status = { conditions, readyReplicas: 0, url: "https://history.example.com" }
      yield* n.ok("PATCH", `${path(n)}/x/status`, { status }, merge)
      const { columnDefinitions, rows } = yield* n.ok("GET", path(n), undefined, undefined, table)
      const shown = columnDefinitions.flatMap(({ name, priority }: Json, index: number) =>
        priority === 0 && name !== "Age" ? [`${name}: ${rows[0].cells[index]}`] : [],
      )
      assert.deepStrictEqual(shown, [
        "Name: x",
        "Available: False",
        "Reason: LogDirectoryMissing",
        "Ready: 0",
        "URL: https://history.example.com",
      ])
    }),
  )
})
