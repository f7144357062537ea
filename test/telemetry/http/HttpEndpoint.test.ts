import { request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { emptyResource } from "@opentelemetry/resources"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { TracerDisabledWhen } from "effect/http/HttpMiddleware"
import { AnyPort, listen } from "../../../src/telemetry/http/HttpEndpoint.ts"
import { metricsRoute } from "../../../src/telemetry/http/MetricsRoute.ts"
import { tracerOf } from "../../../src/telemetry/otlp/SdkSpan.ts"
import { Telemetry } from "../../../src/telemetry/Telemetry.ts"
import { withTelemetry } from "../../support/Scrape.ts"

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly length: number
}

const ask = (url: string, method = "GET", headers: Record<string, string> = {}) =>
  Effect.callback<Answer>((resume) => {
    request(url, { method, headers, agent: false }, (response) => {
      let length = 0
      response.on("data", (chunk: Buffer) => (length += chunk.length))
      response.on("end", () =>
        resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, length })),
      )
    }).end()
  })

const ok = Effect.succeed(HttpServerResponse.text("ok\n"))

describe("the HTTP endpoint", () => {
  it.live("serves metrics as text, in the compression that the client asks for", () =>
    Effect.gen(function* () {
      const server = yield* listen("127.0.0.1:0", { "/metrics": metricsRoute(yield* Telemetry), "/healthz": ok })
      const url = `${server?.url}/metrics`
      const plain = yield* ask(url)
      assert.strictEqual(plain.status, 200)
      assert.strictEqual(plain.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
      const accept = "application/openmetrics-text;version=1.0.0"
      const small = yield* ask(url, "GET", { "accept-encoding": "gzip", accept })
      assert.strictEqual(small.headers["content-type"], plain.headers["content-type"])
      assert.strictEqual(small.headers["content-encoding"], "gzip")
      assert.isBelow(small.length, plain.length / 5)
    }).pipe(withTelemetry()),
  )

  it.live("serves metrics only to authorized clients, and collects nothing for others", () =>
    Effect.gen(function* () {
      const verdicts = ["unauthenticated", "forbidden", "unknown", "allowed"] as const
      const access = (header: string | undefined) =>
        Effect.succeed(verdicts.find((verdict) => header === `Bearer ${verdict}`) ?? "unauthenticated")
      let collected = 0
      const collect = () => Effect.sync(() => ({ contentType: "text/plain", body: Buffer.from(`up ${++collected}\n`) }))
      const server = yield* listen("127.0.0.1:0", { "/metrics": metricsRoute({ collect }, { access }) })
      const url = `${server?.url}/metrics`
      const anonymous = yield* ask(url)
      assert.deepStrictEqual([anonymous.status, anonymous.headers["www-authenticate"]], [401, "Bearer"])
      const answers = yield* Effect.forEach(verdicts, (verdict) =>
        ask(url, "GET", { authorization: `Bearer ${verdict}` }),
      )
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [401, 403, 503, 200],
      )
      assert.strictEqual((yield* ask(url, "HEAD")).status, 401)
      assert.strictEqual(collected, 1)
    }),
  )

  it.live("answers known paths only: 404 elsewhere, 405 for writes, and HEAD without a body", () =>
    Effect.gen(function* () {
      const server = yield* listen("127.0.0.1:0", { "/healthz": ok })
      assert.strictEqual((yield* ask(`${server?.url}/healthz?verbose`)).status, 200)
      assert.strictEqual((yield* ask(`${server?.url}/toString`)).status, 404)
      assert.strictEqual((yield* ask(`${server?.url}/healthz`, "POST")).status, 405)
      const head = yield* ask(`${server?.url}/healthz`, "HEAD")
      assert.deepStrictEqual([head.status, head.length], [200, 0])
    }),
  )

  it.live("reports a port that is in use", () =>
    Effect.gen(function* () {
      const first = yield* listen("127.0.0.1:0", {})
      const taken = `127.0.0.1:${new URL(first?.url ?? "").port}`
      const error = yield* Effect.flip(listen(taken, {}))
      assert.strictEqual(error.message, `cannot listen on ${taken}: the port is taken by another process`)
    }),
  )

  it.live("uses a free port instead if that is allowed, and the desired one if it is free", () =>
    Effect.gen(function* () {
      const first = yield* listen("127.0.0.1:0", {})
      const taken = new URL(first?.url ?? "").host
      const second = yield* listen(taken, { "/healthz": ok })
      assert.notStrictEqual(second?.url, first?.url)
      assert.strictEqual((yield* ask(`${second?.url}/healthz`)).status, 200)
      assert.strictEqual((yield* ask(`${first?.url}/healthz`)).status, 404)
      const free = yield* Effect.scoped(listen("127.0.0.1:0", {}))
      assert.strictEqual((yield* listen(new URL(free?.url ?? "").host, {}))?.url, free?.url)
    }).pipe(Effect.provideService(AnyPort, true)),
  )

  it.live("is off for 0, and rejects what is not an address", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* listen("0", {}))
      for (const address of ["8080", "localhost", ":99999"]) {
        assert.include((yield* Effect.flip(listen(address, {}))).message, "is not an address to listen on")
      }
    }),
  )

  it.live("adds no span to the trace in which it was started, and creates no traces", () =>
    Effect.gen(function* () {
      const spans: Array<string> = []
      const sampler = { isSampled: () => true, problem: undefined }
      const origin = { resource: emptyResource(), instrumentationScope: { name: "test" } }
      const tracer = tracerOf(sampler, origin, ({ name }) => spans.push(name))
      const route = Effect.as(Effect.withSpan(Effect.void, "work"), HttpServerResponse.empty())
      yield* Effect.gen(function* () {
        const server = yield* Effect.withSpan(listen("127.0.0.1:0", { "/": route }), "start")
        assert.strictEqual((yield* ask(`${server?.url}/`)).status, 204)
      }).pipe(
        Effect.provideService(TracerDisabledWhen, () => true),
        Effect.withTracer(tracer),
      )
      assert.deepStrictEqual(spans, ["start"])
    }),
  )
})
