/** Real sockets on loopback: what slow, rude and too many clients do to the endpoint, and that the next scrape does not notice. */

import { request } from "node:http"
import { connect, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { listen, type ListenOptions } from "../../../src/telemetry/http/HttpEndpoint.ts"
import { metricsRoute, type MetricsRouteOptions } from "../../../src/telemetry/http/MetricsRoute.ts"
import type { Exposition } from "../../../src/telemetry/prometheus/Exposition.ts"

const exposition = (body = "up 1\n"): Exposition => ({ contentType: "text/plain", body: Buffer.from(body) })

/** The port of an endpoint whose scrapes are what `collect` gives. */
const endpoint = Effect.fnUntraced(function* (
  collect: Effect.Effect<Exposition>,
  options: ListenOptions & { readonly route?: MetricsRouteOptions } = {},
) {
  const routes = { "/metrics": metricsRoute({ collect: () => collect }, options.route) }
  const server = yield* listen("127.0.0.1:0", routes, options)
  return Number(new URL(server?.url ?? "").port)
})

/** The status of a scrape on a connection of its own; 0 if the connection broke. */
const scrape = (port: number, headers: Record<string, string> = {}) =>
  Effect.callback<number>((resume) => {
    const sent = request({ port, host: "127.0.0.1", path: "/metrics", headers, agent: false }, (response) => {
      response.resume()
      response.on("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
      response.on("error", () => resume(Effect.succeed(0)))
    })
    sent.on("error", () => resume(Effect.succeed(0)))
    sent.end()
  })

const open = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = connect({ port, host: "127.0.0.1" }, () => resume(Effect.succeed(socket)))
      socket.on("error", () => {})
    }),
    (socket) => Effect.sync(() => socket.destroy()),
  )

/** Everything that the server says before it closes the connection. */
const untilClosed = (socket: Socket) =>
  Effect.callback<string>((resume) => {
    let text = ""
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")))
    socket.on("close", () => resume(Effect.succeed(text)))
  })

/** The first line of the answer to `text`, sent as it is. */
const said = Effect.fnUntraced(function* (port: number, text: string) {
  const socket = yield* open(port)
  socket.write(text)
  return (yield* untilClosed(socket)).split("\r\n")[0]
})

const impatient = { limits: { requestSeconds: 0.2, answerSeconds: 0.3 } }

describe("the metrics endpoint", () => {
  it.live("closes connections that send nothing, or their request too slowly", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.succeed(exposition()), impatient)
      assert.include(["", "HTTP/1.1 408 Request Timeout"], yield* said(port, ""))
      assert.strictEqual(
        yield* said(port, "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow: "),
        "HTTP/1.1 408 Request Timeout",
      )
      assert.strictEqual(yield* scrape(port), 200)
    }),
  )

  it.live("rejects input that is not HTTP, and headers without end", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.succeed(exposition()), impatient)
      assert.strictEqual(yield* said(port, "\u0016\u0003\u0001 hello\r\n\r\n"), "HTTP/1.1 400 Bad Request")
      assert.strictEqual(yield* scrape(port, { cookie: "x".repeat(20_000) }), 431)
      assert.strictEqual(yield* scrape(port), 200)
    }),
  )

  it.live("ignores a request for an upgrade, and keeps no connection for it", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.succeed(exposition()), impatient)
      const upgrade = "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
      assert.strictEqual(yield* said(port, upgrade), "HTTP/1.1 200 OK")
    }),
  )

  it.live("does not wait for the body of a request", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.succeed(exposition()), impatient)
      const endless = "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc"
      assert.strictEqual(yield* said(port, endless), "HTTP/1.1 405 Method Not Allowed")
    }),
  )

  it.live("frees the place of a client that does not read its answer", () =>
    Effect.gen(function* () {
      const large = exposition("x".repeat(32 * 1024 * 1024))
      const port = yield* endpoint(Effect.succeed(large), { ...impatient, route: { scrapes: 1 } })
      const idle = yield* open(port)
      idle.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
      yield* Effect.callback<void>((resume) => {
        idle.once("readable", () => resume(Effect.void))
      })
      assert.strictEqual(yield* scrape(port), 503)
      yield* Effect.filterOrFail(scrape(port), (status) => status === 200).pipe(Effect.eventually)
    }),
  )

  it.live("writes a limited number of answers at once, whichever clients ask", () =>
    Effect.gen(function* () {
      const release = yield* Deferred.make<void>()
      const port = yield* endpoint(Effect.as(Deferred.await(release), exposition()), { route: { scrapes: 3 } })
      const refused = yield* Deferred.make<void>()
      let refusals = 0
      const ask = Effect.tap(scrape(port), (status) => {
        if (status === 503 && ++refusals === 22) return Deferred.succeed(refused, undefined)
        return Effect.void
      })
      yield* Effect.forkChild(Effect.andThen(Deferred.await(refused), Deferred.succeed(release, undefined)))
      const all = yield* Effect.all(
        Array.from({ length: 25 }, () => ask),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(
        [200, 503].map((status) => all.filter((it) => it === status).length),
        [3, 22],
      )
      assert.strictEqual(yield* scrape(port), 200)
    }),
  )

  it.live("limits connections, and accepts new ones when others are closed", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.succeed(exposition()), { limits: { connections: 2 } })
      const first = yield* open(port)
      yield* open(port)
      assert.strictEqual(yield* scrape(port), 0)
      first.destroy()
      yield* Effect.filterOrFail(scrape(port), (status) => status === 200).pipe(Effect.eventually)
    }),
  )

  it.live("gives up when the scraper's timeout has passed", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.never)
      assert.strictEqual(yield* scrape(port, { "x-prometheus-scrape-timeout-seconds": "0.1" }), 503)
    }),
  )

  it.live("stops collecting for a client that has disconnected", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      const collect = Effect.andThen(Deferred.succeed(started, undefined), Effect.never).pipe(
        Effect.onInterrupt(() => Deferred.succeed(stopped, undefined)),
      )
      const port = yield* endpoint(collect)
      const socket = yield* open(port)
      socket.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
      yield* Deferred.await(started)
      socket.destroy()
      yield* Deferred.await(stopped)
    }),
  )

  it.live("answers HEAD without collecting anything", () =>
    Effect.gen(function* () {
      const port = yield* endpoint(Effect.never, impatient)
      const head = "HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      const socket = yield* open(port)
      socket.write(head)
      const answer = yield* untilClosed(socket)
      assert.match(answer, /^HTTP\/1.1 200 OK\r\n/)
      assert.match(answer, /content-type: text\/plain; version=0.0.4/i)
    }),
  )
})
