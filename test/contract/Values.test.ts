/** Times and quantities, which the API server prints in one form, whatever form a client sent. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { isRefused, type Row } from "../support/Refusal.ts"
import { makeNamespace, merge, type Namespace, serverLayer, strategic, unscheduled } from "../support/Server.ts"

const leases = (n: Namespace) => `/apis/coordination.k8s.io/v1/namespaces/${n.name}/leases`
const lease = (renewTime: string) => ({ metadata: { name: "l" }, spec: { holderIdentity: "me", renewTime } })

const event = (n: Namespace, firstTimestamp: string) => ({
  metadata: { name: "e.1" },
  involvedObject: { kind: "Pod", name: "p", namespace: n.name },
  reason: "Test",
  type: "Normal",
  firstTimestamp,
})

const withMemory = (memory: unknown) =>
  unscheduled("x", { containers: [{ name: "main", image: "b", resources: { requests: { memory } } }] })

layer(serverLayer(), { excludeTestServices: true })("a quantity", (it) => {
  it.effect.each([
    ["0.5", "500m"],
    ["1000m", "1"],
    [1, "1"],
    [0.25, "250m"],
    ["1000000", "1M"],
    ["1500", "1500"],
    ["1e9", "1e9"],
    ["12E6", "12E6"],
    ["1500e1", "15e3"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["1408Mi", "1408Mi"],
    ["0.1Gi", "107374182400m"],
    ["0.5Ki", "512"],
    ["0.1n", "1m"],
    ["1.0001", "1001m"],
    ["00.50k", "500"],
    ["0", "0"],
  ] as const)("%s is shown as %s", ([sent, shown]) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec } = yield* n.ok("POST", n.pods, withMemory(sent))
      assert.strictEqual(spec.containers[0].resources.requests.memory, shown)
    }),
  )

  it.effect("of a claim is one as well", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec } = yield* n.ok("POST", `${n.core}/persistentvolumeclaims`, {
        metadata: { name: "c" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2048Mi" } } },
      })
      assert.strictEqual(spec.resources.requests.storage, "2Gi")
    }),
  )
})

layer(serverLayer(sparkApplicationCrd), { excludeTestServices: true })("a time", (it) => {
  it.effect("with an offset, as clients in Python send it, is shown in UTC", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec } = yield* n.ok("POST", leases(n), lease("2026-01-01T02:00:00.123456+02:00"))
      assert.strictEqual(spec.renewTime, "2026-01-01T00:00:00.123456Z")
      const { firstTimestamp } = yield* n.ok("POST", `${n.core}/events`, event(n, "2026-01-01T02:00:00.9+02:00"))
      assert.strictEqual(firstTimestamp, "2026-01-01T00:00:00Z")
    }),
  )

  it.effect("of a custom resource stays as it was sent", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const applications = `/apis/${n.group}/v1beta2/namespaces/${n.name}/sparkapplications`
      yield* n.ok("POST", applications, {
        apiVersion: `${n.group}/v1beta2`,
        kind: "SparkApplication",
        metadata: { name: "pi" },
        spec: {
          type: "Python",
          sparkVersion: "4.1.4",
          mainApplicationFile: "local:///a.py",
          driver: {},
          executor: {},
        },
      })
      const lastSubmissionAttemptTime = "2026-01-01T02:00:00.5+02:00"
      const body = { status: { lastSubmissionAttemptTime, applicationState: { state: "SUBMITTED" }, driverInfo: {} } }
      const { status } = yield* n.ok("PATCH", `${applications}/pi/status`, body, merge)
      assert.strictEqual(status.lastSubmissionAttemptTime, lastSubmissionAttemptTime)
    }),
  )

  it.effect("in another form in a pod that is sent back as it was read changes no manager", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.pods, unscheduled("p"))
      const sent = JSON.parse(JSON.stringify(made).replaceAll(/(:\d\d)Z"/g, '$1+00:00"'))
      const { metadata } = yield* n.ok("PATCH", `${n.pods}/p`, sent, strategic)
      assert.deepStrictEqual(metadata, made.metadata)
    }),
  )
})

const rows: ReadonlyArray<Row> = [
  {
    title: "a time that is none",
    request: (n) => ["POST", `${n.core}/events`, event(n, "yesterday")],
    code: 400,
    reason: "BadRequest",
    message:
      /^Event in version "v1" cannot be handled as a Event: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00"/,
  },
  {
    title: "a time in microseconds without a fraction",
    request: (n) => ["POST", leases(n), lease("2026-01-01T00:00:00Z")],
    code: 400,
    reason: "BadRequest",
    message: /parsing time "2026-01-01T00:00:00Z" as "2006-01-02T15:04:05\.000000Z07:00"/,
  },
  {
    title: "a claim of a quantity that is none",
    request: (n) => [
      "POST",
      `${n.core}/persistentvolumeclaims`,
      { metadata: { name: "c" }, spec: { resources: { requests: { storage: "much" } } } },
    ],
    code: 400,
    reason: "BadRequest",
    message: /quantities must match the regular expression/,
  },
]

layer(serverLayer(), { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", (row) => isRefused(row))
})
