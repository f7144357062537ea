/** Where the applications that history servers select write their event logs. */

import { assert, describe, it } from "@effect/vitest"
import type { SparkHistoryServer } from "../../../src/api/history/SparkHistoryServer.ts"
import { selectionConflict } from "../../../src/history/select/Selection.ts"
import * as Targets from "../../../src/history/select/Targets.ts"
import { historyServer, overS3 } from "../../support/HistoryFixture.ts"

const targetOf = (...servers: ReadonlyArray<SparkHistoryServer>) => Targets.make(() => servers).targetOf

describe("the event log of an application", () => {
  it("goes to the claim of the server that selects it", () => {
    const found = targetOf(historyServer({ applications: {} }))({ namespace: "team" })
    assert.deepStrictEqual(found, {
      conflict: undefined,
      target: {
        source: "SparkHistoryServer team/history",
        directory: "file:/spark-events",
        alsoReads: [],
        conf: {},
        claim: { claimName: "events", mountPath: "/spark-events", subPath: undefined },
        envFrom: [],
        inject: true,
        urlFormat: "http://history.team.svc:18080/history/{{appId}}/jobs/",
      },
    })
  })

  it("gets the credentials and properties of the directory, in the namespace of the server", () => {
    const server = overS3({
      logDirectories: [{ url: "s3a://logs/x", secretName: "keys", hadoopConf: { "fs.s3a.endpoint": "http://minio" } }],
      applications: { namespaces: ["*"], inject: false },
    })
    const of = targetOf(server)
    const own = of({ namespace: "team" }).target
    assert.deepInclude(own, {
      directory: "s3a://logs/x",
      conf: { "spark.hadoop.fs.s3a.endpoint": "http://minio" },
      envFrom: ["keys"],
      inject: false,
    })
    assert.deepInclude(of({ namespace: "other" }).target, { directory: "s3a://logs/x", envFrom: [] })
  })

  it("does not go to a claim of another namespace", () => {
    const of = targetOf(historyServer({ applications: { namespaces: ["*"] } }))
    assert.isUndefined(of({ namespace: "other" }).target)
    assert.isDefined(of({ namespace: "team" }).target)
  })

  it("has no target without a server that is valid, exists and selects it", () => {
    const none = { target: undefined, conflict: undefined }
    const selector = { matchLabels: { a: "b" } }
    for (const server of [
      historyServer(),
      historyServer({ applications: { selector } }),
      historyServer({ applications: {} }, { namespace: "other" }),
      historyServer({ applications: {}, sparkVersion: "?" }),
      historyServer({ applications: {} }, { deletionTimestamp: "2026-11-30T00:00:00Z" }),
      { ...historyServer(), spec: undefined } as unknown as SparkHistoryServer,
    ]) {
      assert.deepStrictEqual(targetOf(server)({ namespace: "team", labels: { c: "d" } }), none)
    }
    assert.isDefined(
      targetOf(historyServer({ applications: { selector } }))({ namespace: "team", labels: { a: "b" } }).target,
    )
  })

  it("has none while two servers select it, and the sentence names both", () => {
    const a = historyServer({ applications: {} })
    const b = overS3({ applications: { namespaces: ["team"] } }, { name: "b", namespace: "z", uid: "b" })
    const of = targetOf(a, b)
    const { target, conflict } = of({ namespace: "team" })
    assert.isUndefined(target)
    assert.match(
      conflict!,
      /^the application is selected by SparkHistoryServer team\/history and by SparkHistoryServer z\/b, .*; change spec\.applications/,
    )
  })

  it("is the same object while nothing changes, and another one after a change of the server", () => {
    let servers = [
      historyServer({ applications: {} }),
      overS3({ applications: { namespaces: ["z"] } }, { name: "b", uid: "b" }),
    ]
    const { targetOf } = Targets.make(() => servers)
    const first = targetOf({ namespace: "team" })
    assert.strictEqual(targetOf({ namespace: "team", labels: { a: "b" } }), first)
    assert.strictEqual(targetOf({ namespace: "x" }), targetOf({ namespace: "y" }))
    // A write of the status gives another object of the same generation.
    servers = servers.map((server) => ({ ...server, spec: { ...server.spec }, status: {} }))
    assert.strictEqual(targetOf({ namespace: "team" }), first)
    servers = [historyServer({ applications: { inject: false } }, { generation: 2 })]
    assert.deepInclude(targetOf({ namespace: "team" }).target, { inject: false })
  })
})

describe("two history servers", () => {
  const other = (applications: object, metadata: object = {}) =>
    historyServer({ applications }, { name: "other", uid: "other", ...metadata })
  const team = (value: string) => ({ selector: { matchLabels: { team: value } } })

  it("that could select the same application conflict, with the labels of such an application", () => {
    const server = historyServer({ applications: team("a") })
    assert.match(
      selectionConflict(server, [other({})])!,
      /^an application with the labels team=a in namespace team would be selected by SparkHistoryServer team\/other, too.*NotIn/,
    )
    assert.match(
      selectionConflict(historyServer({ applications: {} }), [other({})])!,
      /^an application without labels in/,
    )
  })

  it("that exclude each other by labels or namespaces do not", () => {
    const server = historyServer({ applications: team("a") })
    const notA = { selector: { matchExpressions: [{ key: "team", operator: "NotIn" as const, values: ["a"] }] } }
    assert.isUndefined(selectionConflict(server, [other(team("b")), other(notA)]))
    assert.isUndefined(selectionConflict(server, [other({}, { namespace: "elsewhere" })]))
    assert.isUndefined(selectionConflict(server, [other({ namespaces: ["*"] }, { namespace: "elsewhere" })]))
  })
})
