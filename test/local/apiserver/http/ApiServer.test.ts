import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Fields } from "../../../../src/local/apiserver/ApiObject.ts"
import * as ApiServer from "../../../../src/local/apiserver/http/ApiServer.ts"
import { podBackend } from "../../../../src/local/spark/SparkPods.ts"
import { configMap, pod, widget, widgetCrd } from "../../../support/WidgetCluster.ts"

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: () => any
}

/** A server with widgets, and requests to it. */
const server = (options: ApiServer.ServerOptions = {}) =>
  Effect.gen(function* () {
    const { cluster, url, kubeconfig } = yield* ApiServer.start({ seed: 7, podBackend, ...options })
    const request = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      Effect.promise(async (signal): Promise<Answer> => {
        const payload = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }
        const response = await fetch(url + path, { method, headers, signal, ...payload })
        const text = await response.text()
        return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
      })
    yield* Effect.orDie(
      cluster.create(cluster.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")!, "", widgetCrd),
    )
    return { cluster, url, kubeconfig, request }
  })

/** The first `count` lines of a watch. */
const lines = (url: string, count: number, headers: Record<string, string> = {}) =>
  Stream.fromEffect(Effect.promise((signal) => fetch(url, { signal, headers }))).pipe(
    Stream.flatMap((response) =>
      Stream.fromReadableStream({ evaluate: () => response.body!, onError: (error) => error }),
    ),
    Stream.decodeText,
    Stream.splitLines,
    Stream.take(count),
    Stream.map((line) => JSON.parse(line) as { type: string; object: any }),
    Stream.runCollect,
    Effect.orDie,
  )

const widgets = "/apis/example.com/v1/namespaces/default/widgets"
const configMaps = "/api/v1/namespaces/default/configmaps"
const pods = "/api/v1/namespaces/default/pods"
const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

describe("ApiServer", () => {
  it.effect("accepts YAML and JSON, and reports where either is malformed", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const yaml = { "Content-Type": "application/yaml" }
      const good = yield* request("POST", configMaps, "metadata:\n  name: a\ndata:\n  k: v\n", yaml)
      assert.deepStrictEqual([good.status, good.json().data], [201, { k: "v" }])
      const badYaml = yield* request("POST", configMaps, "metadata:\n  name: a\n bad: [", yaml)
      assert.strictEqual(badYaml.status, 400)
      assert.match(badYaml.json().message, /yaml: line 3:/)
      const badJson = yield* request("POST", configMaps, '{\n"metadata": {,}\n}', {
        "Content-Type": "application/json",
      })
      assert.deepInclude(badJson.json(), { kind: "Status", status: "Failure", reason: "BadRequest", code: 400 })
      assert.match(badJson.json().message, /line 2/)
      const cbor = yield* request("POST", configMaps, "k8s", {
        "Content-Type": "application/cbor",
      })
      assert.strictEqual(cbor.status, 415)
    }),
  )

  it.effect("answers unknown paths, kinds and methods with a Status", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      for (const path of ["/nope", "/apis/none/v1", "/api/v1/namespaces/default/gadgets", `${widgets}/a/scale`]) {
        const { status, json } = yield* request("GET", path)
        assert.deepStrictEqual([status, json().reason], [404, "NotFound"], path)
      }
      assert.strictEqual((yield* request("POST", "/version", {})).status, 405)
      assert.strictEqual((yield* request("POST", "/api/v1/pods", pod("a"))).status, 405)
    }),
  )

  it.effect("refuses a body above the limit of the API server", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const { status, json } = yield* request("POST", configMaps, configMap("a", {}, { k: "x".repeat(4_000_000) }))
      assert.deepStrictEqual([status, json().reason], [413, "RequestEntityTooLarge"])
    }),
  )

  it.effect("lets clients discover its kinds, one group at a time or all at once", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const groups = (yield* request("GET", "/apis")).json().groups.map(({ name }: Fields) => name)
      assert.includeMembers(groups, ["example.com", "apiextensions.k8s.io", "coordination.k8s.io"])
      const resources: Array<Fields> = (yield* request("GET", "/apis/example.com/v1")).json().resources
      assert.deepStrictEqual(
        resources.map(({ name }) => name),
        ["widgets", "widgets/status"],
      )
      const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
      const aggregated = yield* request("GET", "/apis", undefined, { Accept: accept })
      assert.match(aggregated.headers.get("content-type") ?? "", /as=APIGroupDiscoveryList/)
      const group = aggregated
        .json()
        .items.find((item: { metadata: Fields }) => item.metadata["name"] === "example.com")
      assert.deepInclude(group.versions[0].resources[0], {
        resource: "widgets",
        scope: "Namespaced",
        shortNames: ["wd"],
      })
    }),
  )

  it.effect("describes a custom resource in OpenAPI, as kubectl explain and its validation need it", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const index = (yield* request("GET", "/openapi/v3")).json()
      const document = (yield* request("GET", index.paths["apis/example.com/v1"].serverRelativeURL)).json()
      const gvk = { group: "example.com", version: "v1", kind: "Widget" }
      const { patch } = document.paths["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"]
      assert.deepStrictEqual(patch["x-kubernetes-group-version-kind"], gvk)
      assert.include(
        patch.parameters.map(({ name }: Fields) => name),
        "fieldValidation",
      )
      const schema = document.components.schemas["com.example.v1.Widget"]
      assert.deepStrictEqual(schema["x-kubernetes-group-version-kind"], [gvk])
      assert.strictEqual(schema.properties.spec.properties.color.description, "What it looks like.")
    }),
  )

  it.effect("shows pods as the table that kubectl prints", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      yield* request("POST", pods, pod("a"))
      const containerStatuses = [
        { name: "main", ready: false, restartCount: 2, state: { waiting: { reason: "ImagePullBackOff" } } },
      ]
      const body = { status: { containerStatuses } }
      yield* request("PATCH", `${pods}/a/status`, body, { "Content-Type": "application/merge-patch+json" })
      const table = (yield* request("GET", pods, undefined, { Accept: tableType })).json()
      const shown = table.columnDefinitions
        .filter(({ priority }: Fields) => priority === 0)
        .map(({ name }: Fields) => name)
      assert.deepStrictEqual(shown, ["Name", "Ready", "Status", "Restarts", "Age"])
      assert.deepStrictEqual(table.rows[0].cells.slice(0, 5), ["a", "0/1", "ImagePullBackOff", "2", "0s"])
      assert.strictEqual(table.rows[0].object.kind, "PartialObjectMetadata")
    }),
  )

  it.effect("shows a custom resource by its printer columns, also in a watch", () =>
    Effect.gen(function* () {
      const { url, request } = yield* server()
      yield* request("POST", widgets, widget("a", { size: 3 }))
      const conditions = [{ type: "Ready", status: "True" }]
      const status = { "Content-Type": "application/merge-patch+json" }
      yield* request("PATCH", `${widgets}/a/status`, { status: { conditions } }, status)
      yield* request("POST", widgets, widget("b"))
      const seen = yield* lines(`${url}${widgets}?watch=true&resourceVersion=0`, 2, { Accept: tableType })
      const [first, second] = seen
      assert.deepStrictEqual(
        first?.object.columnDefinitions.map(({ name }: Fields) => name),
        ["Name", "Size", "Ready", "Age"],
      )
      assert.isNull(second?.object.columnDefinitions)
      assert.deepStrictEqual(first?.object.rows[0].cells, ["a", 3, "True", "0s"])
      assert.deepStrictEqual(second?.object.rows[0].cells, ["b", 1, null, "0s"])
    }),
  )

  it.effect("shows events alike in both of their groups", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const involvedObject = { kind: "Pod", name: "p", namespace: "default" }
      const event = { metadata: { name: "e" }, type: "Normal", reason: "Started", message: "it began", involvedObject }
      yield* request("POST", "/api/v1/namespaces/default/events", event)
      const cells = (path: string) =>
        Effect.map(request("GET", path, undefined, { Accept: tableType }), (table) => table.json().rows[0].cells)
      const core = yield* cells("/api/v1/events")
      assert.deepStrictEqual(core.slice(0, 4), ["0s", "Normal", "Started", "pod/p"])
      assert.deepStrictEqual(yield* cells("/apis/events.k8s.io/v1/events"), core)
    }),
  )

  it.effect("streams a watch line by line, and ends it with an ERROR line when history is lost", () =>
    Effect.gen(function* () {
      const { cluster, url, request } = yield* server()
      const { resourceVersion } = (yield* request("GET", configMaps)).json().metadata
      yield* request("POST", configMaps, configMap("a"))
      yield* request("DELETE", `${configMaps}/a`)
      const seen = yield* lines(`${url}${configMaps}?watch=1&resourceVersion=${resourceVersion}`, 2)
      assert.deepStrictEqual(
        seen.map(({ type, object }) => [type, object.metadata.name]),
        [
          ["ADDED", "a"],
          ["DELETED", "a"],
        ],
      )
      yield* cluster.compact
      const late = yield* request("GET", `${configMaps}?watch=1&resourceVersion=${resourceVersion}`)
      const { type, object } = late.json()
      assert.deepStrictEqual([late.status, type, object.code, object.reason], [200, "ERROR", 410, "Expired"])
    }),
  )

  it.effect("warns about unknown fields in a header, and refuses them under strict validation", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const body = widget("a", { size: 1, foo: 1 })
      const warned = yield* request("POST", `${widgets}?dryRun=All`, body)
      assert.strictEqual(warned.headers.get("warning"), String.raw`299 - "unknown field \"spec.foo\""`)
      const strict = yield* request("POST", `${widgets}?fieldValidation=Strict`, body)
      assert.strictEqual(strict.status, 400)
    }),
  )

  it.effect("supports the four kinds of patches, and reports which a custom resource supports", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      yield* request("POST", widgets, widget("a"))
      const patch = (type: string, body: unknown, query = "") =>
        request("PATCH", `${widgets}/a?fieldManager=me${query}`, body, { "Content-Type": type })
      const json = [{ op: "replace", path: "/spec/size", value: 4 }]
      assert.strictEqual((yield* patch("application/json-patch+json", json)).json().spec.size, 4)
      assert.strictEqual((yield* patch("application/merge-patch+json", { spec: { size: 5 } })).json().spec.size, 5)
      const applied = yield* patch("application/apply-patch+yaml", { ...widget("a", { size: 6 }) }, "&force=true")
      assert.strictEqual(applied.json().spec.size, 6)
      const strategic = yield* patch("application/strategic-merge-patch+json", {})
      assert.strictEqual(strategic.status, 415)
      assert.match(strategic.json().message, /accepted media types include: application\/json-patch\+json/)
    }),
  )

  it.effect("prints the log of a pod, or why there is none", () =>
    Effect.gen(function* () {
      const { request } = yield* server()
      const made = pod("a", { annotations: { "local.firesteel.dev/log": "one\ntwo\nthree" } })
      yield* request("POST", pods, { ...made, spec: { ...made.spec, nodeName: "n" } })
      const waiting = yield* request("GET", `${pods}/a/log`)
      assert.strictEqual(waiting.json().message, 'container "main" in pod "a" is waiting to start: ContainerCreating')
      const running = { status: { phase: "Running" } }
      yield* request("PATCH", `${pods}/a/status`, running, { "Content-Type": "application/merge-patch+json" })
      assert.strictEqual((yield* request("GET", `${pods}/a/log?tailLines=2`)).text, "two\nthree\n")
      const python = yield* request("GET", `${pods}/a/log?follow=False&timestamps=True&limitBytes=40`)
      assert.match(python.text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.0{9}Z one\n\d+/)
      assert.strictEqual(python.text.length, 40)
    }),
  )

  it.effect("provides a kubeconfig for itself, and releases its port when its scope closes", () =>
    Effect.gen(function* () {
      const { url, kubeconfig } = yield* Effect.scoped(server())
      assert.include(kubeconfig, `server: ${url}\n`)
      const again = yield* ApiServer.start({ port: Number(new URL(url).port) })
      assert.strictEqual(again.url, url)
      const taken = yield* Effect.flip(ApiServer.start({ port: Number(new URL(url).port) }))
      assert.match(taken.message, /EADDRINUSE/)
    }),
  )

  it.effect("injects the given faults into HTTP requests", () =>
    Effect.gen(function* () {
      const { request } = yield* server({
        faults: ({ verb, resource }) =>
          resource !== "configmaps"
            ? undefined
            : verb === "get"
              ? { _tag: "Respond", status: 429, retryAfter: 3 }
              : verb === "create"
                ? { _tag: "DropAfter" }
                : undefined,
      })
      const throttled = yield* request("GET", `${configMaps}/a`)
      assert.deepStrictEqual([throttled.status, throttled.headers.get("retry-after")], [429, "3"])
      const lost = yield* Effect.exit(request("POST", configMaps, configMap("a")))
      assert.strictEqual(lost._tag, "Failure")
      assert.strictEqual((yield* request("GET", configMaps)).json().items.length, 1)
    }),
  )
})
