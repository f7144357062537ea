/** What a handler of the console gets, and the answers that it gives. */

import { Effect, type Scope } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Viewer } from "../access/Viewer.ts"
import type { Refused } from "./Refused.ts"
import type { Parameters, Route } from "./Router.ts"

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly parameters: Parameters
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

export type Answer = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  Refused | KubeError,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

/** Answers every request, or only those of viewers who have logged in. */
export type Handler =
  | { readonly _tag: "Public"; readonly answer: (asked: Asked) => Answer }
  | { readonly _tag: "Viewer"; readonly answer: (asked: Asked, viewer: Viewer) => Answer }

export type ConsoleRoute = Route<Handler>

export const forAll = (
  method: ConsoleRoute["method"],
  pattern: string,
  answer: (asked: Asked) => Answer,
): ConsoleRoute => ({ method, pattern, handler: { _tag: "Public", answer } })

export const forViewers = (
  method: ConsoleRoute["method"],
  pattern: string,
  answer: (asked: Asked, viewer: Viewer) => Answer,
): ConsoleRoute => ({ method, pattern, handler: { _tag: "Viewer", answer } })

/** Data of this moment, which is not cached. */
export const json = (value: unknown, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(value), {
    status,
    contentType: "application/json; charset=utf-8",
    headers: { "cache-control": "no-store" },
  })

export const redirect = (location: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.empty({ status: 303, headers: { location, "cache-control": "no-store", ...headers } })
