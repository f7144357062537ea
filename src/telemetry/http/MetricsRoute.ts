/**
 * The answer to a scrape: who may have it, in which format, and within the time that the scraper waits. Only so many scrapes are under
 * way at once, from the first sample to the last byte taken, so that clients who ask a lot and read slowly cannot fill the memory.
 */

import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { negotiate } from "../prometheus/Negotiation.ts"
import { contentTypes } from "../prometheus/PrometheusText.ts"
import type { TelemetryApi } from "../Telemetry.ts"
import type { Route } from "./HttpEndpoint.ts"

/** Whether a client may read metrics. `unknown`: who it is or what it may cannot be found out now. */
export type Access = "allowed" | "unauthenticated" | "forbidden" | "unknown"

export interface MetricsRouteOptions {
  /** Judges by the header `Authorization`. Absent: everybody may. */
  readonly access?: ((authorization: string | undefined) => Effect.Effect<Access>) | undefined
  /** Scrapes under way at the same time; further ones get 503. Default 8. */
  readonly scrapes?: number | undefined
}

/** Seconds until a scrape is given up when the client does not say how long it waits; no client is waited for longer than the second. */
const usualSeconds = 10
const mostSeconds = 60
/** Part of the client's time that is left for the way there and back. */
const reservedSeconds = 0.5

const refusal = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${text}\n`, { status, headers })

const refused = {
  unauthenticated: refusal(401, "Unauthorized", { "www-authenticate": "Bearer" }),
  forbidden: refusal(403, "Forbidden: this needs the verb get on the nonResourceURL of the metrics"),
  unknown: refusal(503, "Who asks cannot be found out now", { "retry-after": "5" }),
} as const

/** The route of `/metrics`. */
export const metricsRoute = (telemetry: Pick<TelemetryApi, "collect">, options: MetricsRouteOptions = {}): Route => {
  const { access, scrapes = 8 } = options
  let underWay = 0

  const exposition = Effect.fnUntraced(function* (headers: HttpServerRequest.HttpServerRequest["headers"]) {
    const { contentType, contentEncoding, body } = yield* telemetry.collect({
      accept: headers["accept"],
      acceptEncoding: headers["accept-encoding"],
    })
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
        headers: { ...vary, "content-type": contentTypes[negotiate(headers["accept"])] },
      })
    }
    if (underWay >= scrapes) return refusal(503, `${scrapes} scrapes are under way already`, { "retry-after": "1" })
    underWay++
    NodeHttpServerRequest.toServerResponse(request).once("close", () => underWay--)
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

const vary = { vary: "accept, accept-encoding, authorization" }

/** From Prometheus' own header; what is no number counts as not given. */
const secondsFor = (header: string | undefined): number => {
  const waits = Number(header?.trim() || Number.NaN)
  if (!Number.isFinite(waits) || waits <= 0) return usualSeconds
  return Math.min(Math.max(waits - reservedSeconds, waits / 2), mostSeconds)
}
