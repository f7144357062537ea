/** How the API server reads the query of a request: the spellings of different clients, and the options of logs. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { isRefused, type Row } from "../support/Refusal.ts"
import { applyPatch, makeNamespace, serverLayer, unscheduled } from "../support/Server.ts"
import { configMap } from "../support/WidgetCluster.ts"

layer(serverLayer(), { excludeTestServices: true })("a boolean in a query", (it) => {
  it.effect.each(["true", "True", "TRUE", "1", "yes", "t"])("%s is true", (spelling) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const list = yield* n.ok("GET", n.configMaps)
      yield* n.ok("POST", n.configMaps, configMap("seen"))
      const from = `resourceVersion=${list.metadata.resourceVersion}&timeoutSeconds=15`
      const [line] = yield* n.watch(`${n.configMaps}?watch=${spelling}&${from}&fieldSelector=metadata.name%3Dseen`, 1)
      assert.deepStrictEqual([line?.type, line?.object.metadata.name], ["ADDED", "seen"])
      const apply = (manager: string, force: string) => {
        const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { by: manager } }
        return n.send("PATCH", `${n.configMaps}/a?fieldManager=${manager}&force=${force}`, body, applyPatch)
      }
      assert.strictEqual((yield* apply("me", "false")).code, 201)
      assert.strictEqual((yield* apply("you", "False")).code, 409)
      assert.strictEqual((yield* apply("you", "0")).code, 409)
      assert.strictEqual((yield* apply("you", spelling)).body.data.by, "you")
    }),
  )

  it.effect.each(["false", "False", "FALSE", "0"])("%s is false", (spelling) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("GET", `${n.configMaps}?watch=${spelling}`)
      assert.strictEqual(reply.body.kind, "ConfigMapList")
    }),
  )
})

const invalid = { code: 422, reason: "Invalid" } as const

const rows: ReadonlyArray<Row> = [
  {
    title: "the log of a container that is not there",
    request: (n) => ["GET", `${n.pods}/p/log?container=other`],
    code: 400,
    reason: "BadRequest",
    message: /^container other is not valid for pod p$/,
  },
  {
    title: "the log of one of several containers, without a name",
    request: (n) => ["GET", `${n.pods}/several/log`],
    code: 400,
    reason: "BadRequest",
    message: /^a container name must be specified for pod several, choose one of: \[init main sidecar\]$/,
  },
  {
    title: "a log of less than one byte",
    request: (n) => ["GET", `${n.pods}/p/log?limitBytes=0`],
    ...invalid,
    message: /^PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0$/,
  },
  {
    title: "a log of a negative number of lines",
    request: (n) => ["GET", `${n.pods}/p/log?tailLines=-1`],
    ...invalid,
    message: /tailLines: Invalid value: -1: must be greater than or equal to 0/,
  },
  {
    title: "a log of the last zero seconds",
    request: (n) => ["GET", `${n.pods}/p/log?sinceSeconds=0`],
    ...invalid,
    message: /sinceSeconds: Invalid value: 0: must be greater than 0/,
  },
  {
    title: "a log since two times",
    request: (n) => ["GET", `${n.pods}/p/log?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z`],
    ...invalid,
    message: /at most one of `sinceTime` or `sinceSeconds` may be specified/,
  },
  {
    title: "a log of an invalid number of lines",
    request: (n) => ["GET", `${n.pods}/p/log?tailLines=few`],
    code: 400,
    reason: "BadRequest",
    message: /few/,
  },
  ...[
    ["metadata.name", /invalid selector: 'metadata\.name'; can't understand 'metadata\.name'/],
    ["metadata.name=a=b", /invalid field selector: unescaped character in value: 61/],
    [String.raw`metadata.name=\a`, /invalid field selector: invalid escape sequence: \\a/],
    [" metadata.name=a", /field label not supported: {2}metadata\.name/],
  ].map(([selector, message]): Row => ({
    title: `the field selector "${selector}"`,
    request: (n) => ["GET", `${n.pods}?fieldSelector=${encodeURIComponent(String(selector))}`],
    code: 400,
    reason: "BadRequest",
    message: message as RegExp,
  })),
  {
    title: "a label selector that ends with a comma",
    request: (n) => ["GET", `${n.pods}?labelSelector=a%3Db,`],
    code: 400,
    reason: "BadRequest",
    message: /found '', expected: identifier after ','/,
  },
  {
    title: "a propagation policy that is none",
    request: (n) => ["DELETE", `${n.configMaps}/a?propagationPolicy=Later`],
    ...invalid,
    message:
      /^DeleteOptions\.meta\.k8s\.io "" is invalid: propagationPolicy: Unsupported value: "Later": supported values: "Foreground", "Background", "Orphan", "nil"$/,
  },
  {
    title: "a propagation policy that is none, in the body",
    request: (n) => ["DELETE", `${n.configMaps}/a`, { propagationPolicy: "Later" }],
    ...invalid,
    message: /propagationPolicy: Unsupported value: "Later"/,
  },
  {
    title: "a deletion of a collection with such a policy",
    request: (n) => ["DELETE", `${n.configMaps}?propagationPolicy=Later`],
    ...invalid,
    message: /propagationPolicy: Unsupported value: "Later"/,
  },
  {
    title: "a deletion that is dry in a way that is none",
    request: (n) => ["DELETE", `${n.configMaps}/a`, { dryRun: ["Some"] }],
    ...invalid,
    message:
      /^DeleteOptions\.meta\.k8s\.io "" is invalid: dryRun: Unsupported value: \["Some"\]: supported values: "All"$/,
  },
  {
    title: "a deletion with a policy and with orphanDependents",
    request: (n) => ["DELETE", `${n.configMaps}/a?propagationPolicy=Orphan&orphanDependents=true`],
    ...invalid,
    message: /orphanDependents and deletionPropagation cannot be both set/,
  },
]

layer(serverLayer(), { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", (row) =>
    isRefused(row, (n) => {
      const [init, main, sidecar] = ["init", "main", "sidecar"].map((name) => ({ name, image: "b" }))
      return n.ok("POST", n.pods, unscheduled("several", { initContainers: [init], containers: [main, sidecar] }))
    }),
  )
})

layer(serverLayer(), { excludeTestServices: true })("the log of a pod without a node", (it) => {
  it.effect("is empty, with any options, of any container", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const init = { name: "init", image: "b" }
      yield* n.ok("POST", n.pods, unscheduled("p", { initContainers: [init] }))
      for (const query of ["", "?timestamps=True&limitBytes=5&tailLines=0", "?container=init&sinceSeconds=5"]) {
        const reply = yield* n.send("GET", `${n.pods}/p/log${query}`)
        assert.deepStrictEqual([reply.code, reply.body], [204, ""])
      }
    }),
  )
})
