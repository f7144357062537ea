/**
 * The answer to a scrape: authorization, and the time that the scraper waits. The number of scrapes in flight is bounded, from
 * the first sample to the last byte read, so that clients that send many requests and read slowly cannot fill the memory.
 */

import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { contentType } from "../prometheus/PrometheusText.ts"
import type { TelemetryApi } from "../Telemetry.ts"
import type { Route } from "./HttpEndpoint.ts"

/** Whether a client may read metrics. `unknown`: it cannot be authenticated or authorized now. */
export type Access = "allowed" | "unauthenticated" | "forbidden" | "unknown"

export interface MetricsRouteOptions {
  /** Decides by the header `Authorization`. Absent: every client may. */
  readonly access?: ((authorization: string | undefined) => Effect.Effect<Access>) | undefined
  /** Scrapes in flight at the same time; further ones get 503. Default 8. */
  readonly scrapes?: number | undefined
}

/** Seconds until a scrape is given up: by default, and at most, whatever timeout the client sends. */
const usualSeconds = 10
const mostSeconds = 60
/** Seconds of the client's timeout reserved for the network. */
const reservedSeconds = 0.5

const refusal = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${text}\n`, { status, headers })

const refused = {
  unauthenticated: refusal(401, "Unauthorized", { "www-authenticate": "Bearer" }),
  forbidden: refusal(403, "Forbidden: this needs the verb get on the nonResourceURL of the metrics"),
  unknown: refusal(503, "The client cannot be authenticated now", { "retry-after": "5" }),
} as const

/** The route of `/metrics`. */
export const metricsRoute = (telemetry: Pick<TelemetryApi, "collect">, options: MetricsRouteOptions = {}): Route => {
  const { access, scrapes = 8 } = options
  let inFlight = 0

  const exposition = Effect.fnUntraced(function* (headers: HttpServerRequest.HttpServerRequest["headers"]) {
    const { contentType, contentEncoding, body } = yield* telemetry.collect(headers["accept-encoding"])
    return HttpServerResponse.uint8Array(body, {
      contentType,
      headers: { ...vary, ...(contentEncoding && { "content-encoding": contentEncoding }) },
    })
  })

  const scrape = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { headers } = request
    const verdict = access === undefined ? "allowed" : yield* access(headers["authorization"])
    if (verdict !== "allowed") return refused[verdict]
    if (request.method === "HEAD") {
      return HttpServerResponse.empty({
        status: 200,
        headers: { ...vary, "content-type": contentType },
      })
    }
    if (inFlight >= scrapes) return refusal(503, `${scrapes} scrapes are in flight already`, { "retry-after": "1" })
    inFlight++
    NodeHttpServerRequest.toServerResponse(request).once("close", () => inFlight--)
    return yield* exposition(headers)
  })

  return Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const seconds = secondsFor(headers["x-prometheus-scrape-timeout-seconds"])
    return yield* Effect.timeoutOrElse(scrape, {
      duration: seconds * 1000,
      orElse: () => Effect.succeed(refusal(503, `The metrics could not be written within ${seconds} s`)),
    })
  })
}

const vary = { vary: "accept-encoding, authorization" }

/** From Prometheus' own header; an invalid number counts as not given. */
const secondsFor = (header: string | undefined): number => {
  const waits = Number(header?.trim() || Number.NaN)
  if (!Number.isFinite(waits) || waits <= 0) return usualSeconds
  return Math.min(Math.max(waits - reservedSeconds, waits / 2), mostSeconds)
}
