/** How objects look to those who ask for something else than the whole of them: tables, metadata. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { jsonListReader } from "../../src/kube/json/ListReader.ts"
import { protobuf, protobufListReader } from "../../src/kube/protobuf/ListAnswer.ts"
import * as Transport from "../../src/kube/Transport.ts"
import { followedPods, keepPod } from "../../src/spark/observe/FollowedPods.ts"
import {
  type Json,
  makeNamespace,
  merge,
  metadataOnly,
  Server,
  serverLayer,
  table,
  unscheduled,
} from "../support/Server.ts"
import { configMap, widgetCrd } from "../support/WidgetCluster.ts"

layer(serverLayer(widgetCrd, sparkApplicationCrd), { excludeTestServices: true })("a list", (it) => {
  it.effect("as a table has the printer columns of the resource", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 3 }))
      const { kind, columnDefinitions, rows } = yield* n.ok("GET", n.widgets, undefined, undefined, table)
      assert.strictEqual(kind, "Table")
      assert.deepStrictEqual(
        columnDefinitions.map((column: Json) => column.name),
        ["Name", "Size", "Ready", "Age"],
      )
      assert.deepStrictEqual(rows[0].cells.slice(0, 3), ["a", 3, null])
      assert.strictEqual(rows[0].object.kind, "PartialObjectMetadata")
    }),
  )

  it.effect("of SparkApplications as a table has what kubectl shows of them", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { columnDefinitions } = yield* n.ok("GET", n.sparkApplications, undefined, undefined, table)
      const shown = columnDefinitions.filter((column: Json) => column.priority === 0).map((column: Json) => column.name)
      assert.includeMembers(shown, ["Name", "Status", "Attempts", "Age"])
    }),
  )

  it.effect("of pods as a table has kubectl's columns", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.pods, unscheduled("p"))
      const { columnDefinitions, rows } = yield* n.ok("GET", n.pods, undefined, undefined, table)
      assert.deepStrictEqual(
        columnDefinitions.map((column: Json) => `${column.name} ${column.priority}`),
        [
          "Name 0",
          "Ready 0",
          "Status 0",
          "Restarts 0",
          "Age 0",
          "IP 1",
          "Node 1",
          "Nominated Node 1",
          "Readiness Gates 1",
        ],
      )
      assert.deepStrictEqual(rows[0].cells.slice(0, 4), ["p", "0/1", "Pending", "0"])
    }),
  )

  it.effect("of SparkApplications as a table shows each of them", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.sparkApplications, n.sparkApplication({ suspend: true }))
      const status = { applicationState: { state: "RUNNING" }, driverInfo: {}, executionAttempts: 2 }
      yield* n.ok("PATCH", `${n.sparkApplications}/x/status`, { status }, merge)
      const { columnDefinitions, rows } = yield* n.ok("GET", n.sparkApplications, undefined, undefined, table)
      const cell = (name: string) => rows[0].cells[columnDefinitions.findIndex((one: Json) => one.name === name)]
      assert.deepStrictEqual(["Name", "Suspend", "Status", "Attempts"].map(cell), ["x", true, "RUNNING", "2"])
    }),
  )

  it.effect("of events as a table has kubectl's columns", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", `${n.core}/events`, {
        metadata: { name: "e" },
        involvedObject: { kind: "SparkApplication", name: "x", namespace: n.name },
        reason: "Submitted",
        message: "hello",
        type: "Normal",
      })
      const { columnDefinitions, rows } = yield* n.ok("GET", `${n.core}/events`, undefined, undefined, table)
      assert.deepStrictEqual(
        columnDefinitions.map(({ name, priority }: Json) => `${name} ${priority}`),
        [
          "Last Seen 0",
          "Type 0",
          "Reason 0",
          "Object 0",
          "Subobject 1",
          "Source 1",
          "Message 0",
          "First Seen 1",
          "Count 1",
          "Name 1",
        ],
      )
      assert.deepStrictEqual(rows[0].cells.slice(1, 4), ["Normal", "Submitted", "sparkapplication/x"])
      assert.strictEqual(rows[0].cells[6], "hello")
    }),
  )

  it.effect("of service accounts as a table no longer counts their Secrets", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { columnDefinitions } = yield* n.ok("GET", `${n.core}/serviceaccounts`, undefined, undefined, table)
      assert.deepStrictEqual(
        columnDefinitions.map((column: Json) => column.name),
        ["Name", "Age"],
      )
    }),
  )

  it.effect("as a table has numbers where the API server counts", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const about = { involvedObject: { kind: "Pod", name: "x", namespace: n.name } }
      const policies = `/apis/policy/v1/namespaces/${n.name}/poddisruptionbudgets`
      const selector = { matchLabels: { a: "b" } }
      for (const [path, object, column, cell] of [
        [n.configMaps, { data: { k: "v" }, binaryData: { b: "AA==" } }, "Data", 2],
        [`${n.core}/secrets`, { stringData: { k: "v" } }, "Data", 1],
        [`${n.core}/events`, { ...about, reason: "A", type: "Normal", count: 3 }, "Count", 3],
        [policies, { spec: { minAvailable: 1, selector } }, "Min Available", "1"],
        [policies, { spec: { minAvailable: 1, selector } }, "Allowed Disruptions", 0],
      ] as const) {
        const name = `n-${column.toLowerCase().replaceAll(" ", "-")}`
        yield* n.ok("POST", path, { ...object, metadata: { name } })
        const { columnDefinitions, rows } = yield* n.ok("GET", `${path}/${name}`, undefined, undefined, table)
        const index = columnDefinitions.findIndex((one: Json) => one.name === column)
        assert.strictEqual(rows[0].cells[index], cell, path)
      }
    }),
  )

  it.effect("as a table has rows without objects where none are asked for", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a"))
      const { rows } = yield* n.ok("GET", `${n.widgets}?includeObject=None`, undefined, undefined, table)
      assert.deepStrictEqual(
        rows.map(({ cells, object }: Json) => [cells[0], object ?? undefined]),
        [["a", undefined]],
      )
    }),
  )

  it.effect("of metadata has nothing else", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a", { labels: { mine: "a" } }, { k: "v" }))
      const list = yield* n.ok("GET", `${n.configMaps}?labelSelector=mine`, undefined, undefined, metadataOnly)
      assert.deepInclude(list, { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" })
      assert.deepStrictEqual(Object.keys(list.items[0]).toSorted(), ["apiVersion", "kind", "metadata"])
      assert.deepStrictEqual(list.items[0].metadata.labels, { mine: "a" })
    }),
  )

  it.effect("of one object as a table has one row", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, n.widget("a", { size: 3 }))
      const { kind, rows } = yield* n.ok("GET", `${n.widgets}/a`, undefined, undefined, table)
      assert.deepStrictEqual([kind, rows.length, rows[0].cells[1]], ["Table", 1, 3])
    }),
  )

  it.effect("of pods says the same in Protocol Buffers, where the server has them, as in JSON", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { transport, credentials } = yield* Server
      yield* n.ok("POST", n.pods, {
        ...unscheduled("a"),
        metadata: { name: "a", labels: { team: "x" }, annotations: { note: "ünïcode" }, finalizers: ["example.com/f"] },
      })
      yield* n.ok("POST", n.pods, unscheduled("b"))
      const state = {
        terminated: {
          exitCode: 137,
          reason: "OOMKilled",
          startedAt: "2026-11-30T00:00:00Z",
          finishedAt: "2026-11-30T00:00:01Z",
        },
      }
      const container = {
        name: "main",
        image: "i",
        imageID: "",
        ready: false,
        started: false,
        restartCount: 0,
        state,
        lastState: {},
      }
      const status = { phase: "Failed", reason: "Evicted", podIP: "10.0.0.1", containerStatuses: [container] }
      yield* n.ok("PATCH", `${n.pods}/a/status`, { status }, merge)
      yield* n.ok("DELETE", `${n.pods}/a`)
      const read = Effect.fnUntraced(function* (accept: string, query = "") {
        const incoming = yield* transport.send(
          { method: "GET", path: n.pods + query, headers: { Accept: accept } },
          credentials,
        )
        const isProtobuf = incoming.headers["content-type"]?.startsWith(protobuf)
        const reader = isProtobuf ? protobufListReader<Pod>(followedPods.fields!) : jsonListReader<Pod>((pod) => pod)
        yield* Transport.readChunks(incoming, reader.push)
        const { metadata, items } = reader.end()
        return { version: metadata.resourceVersion, pods: items.map((pod) => keepPod(pod, undefined)) }
      }, Effect.scoped)
      const inJson = yield* read("application/json")
      // Of the same moment: in a real cluster others write at the same time.
      const exact = `?resourceVersion=${inJson.version}&resourceVersionMatch=Exact`
      assert.deepStrictEqual(yield* read(`${protobuf}, application/json`, exact), inJson)
      assert.deepStrictEqual(inJson.pods[0]?.status?.containerStatuses?.[0]?.state, state)
      yield* n.ok("PATCH", `${n.pods}/a`, { metadata: { finalizers: null } }, merge)
    }),
  )
})
