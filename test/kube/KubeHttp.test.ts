import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { configMaps, leases, pods } from "../../src/kube/Resource.ts"
import { followedPods } from "../../src/spark/observe/FollowedPods.ts"
import { type Answer, json, serve } from "../support/ApiServerStub.ts"
import { encodeList } from "../support/Protobuf.ts"

const status = (code: number, reason: string, message: string) => ({ kind: "Status", code, reason, message })
const pod = (name: string) => ({ metadata: { name, namespace: "default", managedFields: [{ manager: "kubelet" }] } })

/** A watch answer that sends these chunks as they are and ends, unless told to stay open. */
const chunks =
  (texts: ReadonlyArray<string>, stayOpen = false): Answer =>
  (response) => {
    response.writeHead(200)
    const next = (index: number): void => {
      const text = texts[index]
      if (text !== undefined) response.write(text, () => setImmediate(next, index + 1))
      else if (!stayOpen) response.end()
      else response.flushHeaders()
    }
    next(0)
  }

describe("KubeHttp", () => {
  it.live("gets an object without its managed fields, and counts the request", () =>
    Effect.gen(function* () {
      const { kube, asked, requests } = yield* serve([json(200, pod("driver"))], { version: "1.2.3" })
      const object = yield* kube.get(pods, "default", "driver")
      assert.deepStrictEqual(object.metadata, { name: "driver", namespace: "default" })
      assert.strictEqual(asked[0]?.url, "/api/v1/namespaces/default/pods/driver")
      assert.strictEqual(asked[0]?.headers["user-agent"], "firesteel/1.2.3")
      assert.strictEqual(asked[0]?.headers.authorization, "Bearer token-0")
      assert.deepStrictEqual(requests, ["get pods 200"])
    }),
  )

  it.live("lists with selectors and pages, and sets kind and version of every item", () =>
    Effect.gen(function* () {
      const page = { metadata: { resourceVersion: "7", continue: "more" }, items: [pod("a")] }
      const { kube, asked } = yield* serve([json(200, page)])
      const list = yield* kube.list(pods, { labelSelector: "spark-role in (driver)", limit: 2, continue: "c" })
      assert.strictEqual(asked[0]?.url, "/api/v1/pods?labelSelector=spark-role+in+%28driver%29&limit=2&continue=c")
      assert.deepStrictEqual(list.metadata, { resourceVersion: "7", continue: "more" })
      assert.deepStrictEqual(list.items, [
        { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "default" } },
      ])
    }),
  )

  it.live("lists what is read of pods in Protocol Buffers, or in JSON if the server has nothing else", () =>
    Effect.gen(function* () {
      const inProtobuf: Answer = (response) => {
        response.writeHead(200, { "content-type": "application/vnd.kubernetes.protobuf" })
        response.end(encodeList("7", "", [[[1, [[1, "a"]]]]]))
      }
      const inJson = json(200, { metadata: { resourceVersion: "8" }, items: [pod("b")] })
      const { kube, asked } = yield* serve([inProtobuf, inJson])
      const [first, second] = [yield* kube.list(followedPods, {}), yield* kube.list(followedPods, {})]
      assert.strictEqual(asked[0]?.headers.accept, "application/vnd.kubernetes.protobuf, application/json")
      assert.deepStrictEqual(first, { metadata: { resourceVersion: "7" }, items: [{ metadata: { name: "a" } }] })
      assert.deepStrictEqual(
        second.items.map(({ metadata }) => metadata?.name),
        ["b"],
      )
    }),
  )

  it.live("reports a list that is none, or that is cut off", () =>
    Effect.gen(function* () {
      const cutOff: Answer = (response) => {
        response.writeHead(200, { "content-type": "application/vnd.kubernetes.protobuf" })
        response.end(encodeList("7", "", [[[1, [[1, "a"]]]]]).subarray(0, 20))
      }
      const { kube } = yield* serve([json(200, "<html>a proxy</html>"), cutOff, json(200, '{"items": [{"a": 1}, {"b')])
      for (const resource of [pods, followedPods, pods]) {
        const { reason, message } = yield* Effect.flip(kube.list(resource, {}))
        assert.strictEqual(reason, "Decode")
        assert.match(message, /is not JSON|cut off/)
      }
    }),
  )

  it.live("accepts an empty list whose items are null", () =>
    Effect.gen(function* () {
      const { kube } = yield* serve([json(200, { metadata: { resourceVersion: "7" }, items: null })])
      assert.deepStrictEqual((yield* kube.list(pods, {})).items, [])
    }),
  )

  it.live("writes with the right bodies and content types", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([json(201, pod("x"))])
      yield* kube.create(configMaps, "default", { metadata: { name: "x" }, data: { a: "ä" } })
      yield* kube.patch(sparkApplications, "default", "x", {
        type: "merge",
        body: { status: {} },
        subresource: "status",
      })
      yield* kube.patch(pods, "default", "x", { type: "json", body: [] })
      yield* kube.patch(sparkApplications, "default", "x", {
        type: "json",
        body: [],
        subresource: "status",
        dryRun: true,
      })
      yield* kube.delete(pods, "default", "x", { propagationPolicy: "Background", uid: "u" })
      assert.deepStrictEqual(
        asked.map(({ method, url, headers }) => [method, url, headers["content-type"]]),
        [
          ["POST", "/api/v1/namespaces/default/configmaps", "application/json"],
          [
            "PATCH",
            "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications/x/status",
            "application/merge-patch+json",
          ],
          ["PATCH", "/api/v1/namespaces/default/pods/x", "application/json-patch+json"],
          [
            "PATCH",
            "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications/x/status?dryRun=All",
            "application/json-patch+json",
          ],
          ["DELETE", "/api/v1/namespaces/default/pods/x", "application/json"],
        ],
      )
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "x" },
        data: { a: "ä" },
      })
      assert.deepStrictEqual(JSON.parse(asked[4]!.body), {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        preconditions: { uid: "u" },
      })
    }),
  )

  it.live.each([
    [400, "BadRequest", "Invalid"],
    [403, "Forbidden", "Forbidden"],
    [404, "NotFound", "NotFound"],
    [409, "AlreadyExists", "AlreadyExists"],
    [409, "Conflict", "Conflict"],
    [410, "Expired", "Gone"],
    [422, "Invalid", "Invalid"],
    [500, "InternalError", "Unavailable"],
  ] as const)("turns %s %s into reason %s, with the server's words", ([code, reason, expected]) =>
    Effect.gen(function* () {
      const { kube, requests } = yield* serve([json(code, status(code, reason, "the server's words"))])
      const error = yield* Effect.flip(kube.create(pods, "default", { metadata: { name: "driver" } }))
      assert.strictEqual(error.reason, expected)
      assert.strictEqual(error.message, "the server's words")
      assert.strictEqual(error.request, "create pods default/driver")
      assert.deepStrictEqual(requests, [`create pods ${code}`])
    }),
  )

  it.live("reports the Retry-After of a throttling server, and does not repeat the write", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([json(429, "slow down", { "Retry-After": "7" })])
      const error = yield* Effect.flip(kube.create(pods, "default", pod("driver")))
      assert.deepStrictEqual([error.reason, error.retryAfter, error.message], ["Throttled", 7, "slow down"])
      assert.strictEqual(asked.length, 1)
    }),
  )

  it.live("retries a read when the failure may pass", () =>
    Effect.gen(function* () {
      const hangUp: Answer = (response) => response.socket?.destroy()
      const { kube, requests } = yield* serve([json(503, "warming up"), hangUp, json(200, pod("driver"))])
      assert.strictEqual((yield* kube.get(pods, "default", "driver")).metadata?.name, "driver")
      assert.deepStrictEqual(requests, ["get pods 503", "get pods Transport", "get pods 200"])
    }),
  )

  it.live("reads the token again once when the old one is rejected", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([json(401, status(401, "Unauthorized", "no")), json(201, pod("driver"))])
      yield* kube.create(pods, "default", pod("driver"))
      assert.deepStrictEqual(
        asked.map((it) => it.headers.authorization),
        ["Bearer token-0", "Bearer token-1"],
      )
    }),
  )

  it.live("gives up a request at its deadline", () =>
    Effect.gen(function* () {
      const { kube, requests } = yield* serve([() => {}], { deadlineSeconds: 0.05 })
      const error = yield* Effect.flip(kube.get(pods, "default", "driver"))
      assert.strictEqual(error.reason, "Timeout")
      assert.deepStrictEqual(requests, ["get pods Timeout"])
    }),
  )

  it.live("also gives up an incomplete answer at the deadline", () =>
    Effect.gen(function* () {
      const half: Answer = (response) => response.writeHead(200).write('{"metadata":')
      const { kube } = yield* serve([half], { deadlineSeconds: 0.05 })
      assert.strictEqual((yield* Effect.flip(kube.delete(pods, "default", "driver"))).reason, "Timeout")
    }),
  )

  it.live("reports an answer that is not JSON", () =>
    Effect.gen(function* () {
      const { kube } = yield* serve([json(200, "<html>a proxy</html>")])
      const error = yield* Effect.flip(kube.create(pods, "default", pod("driver")))
      assert.strictEqual(error.reason, "Decode")
      assert.include(error.message, "<html>a proxy</html>")
    }),
  )

  it.live("reports the request when the server does not serve the path", () =>
    Effect.gen(function* () {
      const nothing: Answer = (response) => response.writeHead(404).end("404 page not found\n")
      const { kube } = yield* serve([nothing])
      const error = yield* Effect.flip(kube.create(pods, "default", pod("driver")))
      assert.strictEqual(error.reason, "NotFound")
      assert.match(error.message, /does not know this resource \(create pods default\/driver\)/)
    }),
  )

  it.live("reports an address that does not listen", () =>
    Effect.gen(function* () {
      const { kube, server } = yield* serve([])
      server.close()
      const error = yield* Effect.flip(kube.create(pods, "default", pod("driver")))
      assert.strictEqual(error.reason, "Transport")
      assert.include(error.message, "ECONNREFUSED")
    }),
  )

  it.live("reuses its sockets", () =>
    Effect.gen(function* () {
      const { kube, sockets } = yield* serve([json(200, pod("driver"))])
      yield* Effect.repeat(kube.get(pods, "default", "driver"), { times: 20 })
      assert.strictEqual(sockets.size, 1)
    }),
  )

  it.live("has no more requests in flight than allowed", () =>
    Effect.gen(function* () {
      const { kube, sockets, asked } = yield* serve([json(200, pod("driver"))], { concurrency: 3 })
      yield* Effect.forEach(Array(30).keys(), () => kube.get(pods, "default", "driver"), { concurrency: "unbounded" })
      assert.strictEqual(asked.length, 30)
      assert.isAtMost(sockets.size, 3)
    }),
  )

  it.live("renews a Lease while as many requests as allowed are in flight", () =>
    Effect.gen(function* () {
      const lease = { metadata: { name: "firesteel", namespace: "default" } }
      const { kube, asked } = yield* serve([() => {}, json(200, lease)], { concurrency: 1 })
      yield* Effect.forkScoped(kube.get(pods, "default", "driver"))
      yield* Effect.repeat(Effect.sleep(10), { until: () => asked.length === 1 })
      yield* kube.patch(leases, "default", "firesteel", { type: "json", body: [] })
      assert.strictEqual(asked.length, 2)
    }),
  )

  it.live("reads the lines of a watch however they are split into chunks", () =>
    Effect.gen(function* () {
      const lines = [
        `${JSON.stringify({ type: "ADDED", object: pod("größe") })}\n`,
        `${JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } })}\n`,
        `${JSON.stringify({ type: "DELETED", object: pod("b") })}\n`,
      ].join("")
      const { kube, asked } = yield* serve([chunks([lines.slice(0, 10), lines.slice(10, 110), lines.slice(110)])])
      const events = yield* Stream.runCollect(kube.watch(pods, { resourceVersion: "5", labelSelector: "a=b" }))
      const received = events.map((event) => ("received" in event ? event.received : undefined))
      assert.deepStrictEqual(
        received.map((at) => typeof at),
        ["bigint", "undefined", "bigint"],
      )
      const bare = events.map((event) =>
        Object.fromEntries(Object.entries(event).filter(([key]) => key !== "received")),
      )
      assert.deepStrictEqual(bare, [
        { type: "ADDED", object: { metadata: { name: "größe", namespace: "default" } } },
        { type: "BOOKMARK", resourceVersion: "9" },
        { type: "DELETED", object: { metadata: { name: "b", namespace: "default" } } },
      ])
      const query = new URL(asked[0]!.url, "http://x").searchParams
      assert.strictEqual(query.get("allowWatchBookmarks"), "true")
      assert.strictEqual(query.get("resourceVersion"), "5")
      assert.isAtLeast(Number(query.get("timeoutSeconds")), 300)
      assert.isAtMost(Number(query.get("timeoutSeconds")), 360)
    }),
  )

  it.live("turns an ERROR line of a watch into a failure", () =>
    Effect.gen(function* () {
      const line = { type: "ERROR", object: status(410, "Expired", "too old resource version") }
      const { kube } = yield* serve([chunks([`${JSON.stringify(line)}\n`], true)])
      const error = yield* Effect.flip(Stream.runDrain(kube.watch(pods, { resourceVersion: "5" })))
      assert.strictEqual(error.reason, "Gone")
      assert.strictEqual(error.message, "too old resource version")
    }),
  )

  it.live("fails a watch whose connection breaks", () =>
    Effect.gen(function* () {
      const { kube, server } = yield* serve([chunks([], true)])
      const watching = yield* Effect.forkChild(Effect.flip(Stream.runDrain(kube.watch(pods, { resourceVersion: "5" }))))
      yield* Effect.sleep("50 millis")
      server.closeAllConnections()
      assert.strictEqual((yield* Fiber.join(watching)).reason, "Transport")
    }),
  )

  it.effect("gives up a watch that stays silent after the server should have ended it: its socket is dead", () =>
    Effect.gen(function* () {
      const { kube, asked } = yield* serve([chunks([], true)])
      const watching = yield* Effect.forkChild(Effect.flip(Stream.runDrain(kube.watch(pods, { resourceVersion: "5" }))))
      yield* TestClock.withLive(Effect.repeat(Effect.sleep("5 millis"), { until: () => asked.length === 1 }))
      yield* TestClock.withLive(Effect.sleep("50 millis"))
      yield* TestClock.adjust("309 seconds")
      assert.isUndefined(watching.pollUnsafe())
      yield* TestClock.adjust("62 seconds")
      assert.strictEqual((yield* Fiber.join(watching)).reason, "Timeout")
    }),
  )

  it.live("closes the connection of a watch that is no longer read", () =>
    Effect.gen(function* () {
      let closed = false
      const { kube } = yield* serve([
        (response, asked) => {
          response.on("close", () => (closed = true))
          chunks([`${JSON.stringify({ type: "ADDED", object: pod("a") })}\n`], true)(response, asked)
        },
      ])
      yield* Stream.runHead(kube.watch(pods, { resourceVersion: "5" }))
      yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => closed, times: 100 })
      assert.isTrue(closed)
    }),
  )
})
