/** What the API server itself makes of a SparkConnect, before any operator sees it. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkConnectCrd } from "../../src/api/connect/CustomResource.ts"
import { isRefused, type Row } from "../support/Refusal.ts"
import { type Json, makeNamespace, merge, serverLayer, table } from "../support/Server.ts"

const refused = (title: string, spec: object, message: RegExp, metadata: object = { name: "x" }): Row => ({
  title,
  request: (n) => ["POST", n.connects, { ...n.connect(spec), metadata }],
  code: 422,
  reason: "Invalid",
  message,
})

const rows: ReadonlyArray<Row> = [
  refused("no version", { sparkVersion: undefined }, /spec\.sparkVersion: Required value/),
  refused("no server", { server: undefined }, /spec\.server: Required value/),
  refused("no executor", { executor: undefined }, /spec\.executor: Required value/),
  refused(
    "an update strategy that does not exist",
    { updateStrategy: "Rolling" },
    /spec\.updateStrategy: Unsupported value: "Rolling": supported values: "Recreate", "WhenIdle", "OnDelete"/,
  ),
  refused(
    "an idle timeout of nothing",
    { idle: { timeoutSeconds: 0 } },
    /spec\.idle\.timeoutSeconds: Invalid value: 0: .*greater than or equal to 1/,
  ),
  refused(
    "a Secret without a token",
    { auth: { mode: "None", secretName: "s" } },
    /auth\.secretName has no effect with mode None; set mode to Token or remove secretName/,
  ),
  refused(
    "no executor that could run a query",
    { executor: { instances: 0 } },
    /executor\.instances is 0 without dynamic allocation, so no query could run/,
  ),
  refused(
    "more initial executors than there may be",
    { executor: { instances: 3 }, dynamicAllocation: { enabled: true, maxExecutors: 2 } },
    /executor\.instances is more than dynamicAllocation\.maxExecutors/,
  ),
  refused("a name that leaves no room for that of its pod", {}, /metadata\.name/, { name: "x".repeat(57) }),
]

layer(serverLayer(sparkConnectCrd), { excludeTestServices: true })("a Connect server", (it) => {
  it.effect.each(rows)("is refused with $title", (row) => isRefused(row, () => Effect.void))

  it.effect("is shown by kubectl with kubeflow's columns, and its endpoint", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.connects, n.connect({}))
      const status = { state: "Ready", server: { podName: "x-server" }, endpoint: "sc://x-server.ns.svc:15002" }
      yield* n.ok("PATCH", `${n.connects}/x/status`, { status }, merge)
      const { columnDefinitions, rows } = yield* n.ok("GET", n.connects, undefined, undefined, table)
      const shown = columnDefinitions.filter(({ priority }: Json) => priority === 0).map(({ name }: Json) => name)
      assert.deepStrictEqual(shown, ["Name", "Age", "Status", "PodName", "Endpoint"])
      const cells = shown.map((name: string) =>
        name === "Age" ? "" : rows[0].cells[columnDefinitions.findIndex((one: Json) => one.name === name)],
      )
      assert.deepStrictEqual(cells, ["x", "", "Ready", "x-server", "sc://x-server.ns.svc:15002"])
    }),
  )

  it.effect("keeps its generation when only its status changes or it is woken", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.connects, n.connect({}))
      yield* n.ok("PATCH", `${n.connects}/x/status`, { status: { state: "Idle" } }, merge)
      const wake = { metadata: { annotations: { "sparkoperator.k8s.io/wake": "1" } } }
      assert.strictEqual((yield* n.ok("PATCH", `${n.connects}/x`, wake, merge)).metadata.generation, 1)
      const suspended = yield* n.ok("PATCH", `${n.connects}/x`, { spec: { suspend: true } }, merge)
      assert.deepStrictEqual([suspended.metadata.generation, suspended.status.state], [2, "Idle"])
    }),
  )
})
