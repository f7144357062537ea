/**
 * The web console over HTTP: the guard of hosts and origins, who the viewer is, the handler of the path, and the headers of every answer. All that
 * it shows comes from the stores of the operator, or from the API server in the name of the viewer.
 */

import { Effect, type Scope } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { Kube } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"
import { UserKube } from "../kube/user/UserKube.ts"
import { type App, type BindError, serve as serveHttp } from "../telemetry/http/HttpEndpoint.ts"
import type { CertificateFiles } from "../telemetry/http/HttpTls.ts"
import * as Rights from "./access/Rights.ts"
import { tokenOf } from "./access/Session.ts"
import * as Tokens from "./access/Tokens.ts"
import type { Viewer } from "./access/Viewer.ts"
import type { LinkFormats } from "./api/LinkFormat.ts"
import { assetRoutes, make as makeAssets } from "./Assets.ts"
import * as ChangeFeed from "./ChangeFeed.ts"
import type { ConsoleContext } from "./ConsoleContext.ts"
import * as ExecutorPast from "./ExecutorPast.ts"
import { type Answer, type Asked, json } from "./http/Exchange.ts"
import { fromKube, notFound, Refused } from "./http/Refused.ts"
import { isForeignRead, refusalOf } from "./http/RequestGuard.ts"
import { router } from "./http/Router.ts"
import { ownHeaders } from "./http/SecurityHeaders.ts"
import * as UiProxy from "./proxy/UiProxy.ts"
import { actionRoutes } from "./routes/ActionRoutes.ts"
import { applicationRoutes } from "./routes/ApplicationRoutes.ts"
import { changeRoutes } from "./routes/ChangeRoutes.ts"
import { connectRoutes } from "./routes/ConnectRoutes.ts"
import { fleetRoutes } from "./routes/FleetRoutes.ts"
import { loginRoutes } from "./routes/LoginRoutes.ts"
import { logRoutes } from "./routes/LogRoutes.ts"
import { scheduleRoutes } from "./routes/ScheduleRoutes.ts"
import type { Sources } from "./Sources.ts"

export interface ConsoleOptions {
  /** `:8082`, `127.0.0.1:8082`; `0`: there is no console. */
  readonly bindAddress: string
  readonly tls: CertificateFiles | undefined
  /** Names under which it is reached, besides loopback; `*`: any. */
  readonly allowedHosts: ReadonlyArray<string>
  /** Whether viewers may change anything, with their own rights. */
  readonly actions: boolean
  /** Of links to traces and dashboards. */
  readonly links: LinkFormats
  /** `operator`: every viewer has the rights of the operator. `token`: viewers log in with a token of the cluster. */
  readonly access: "token" | "operator"
  readonly version: string
}

/** Pages keep a connection open, and a page of logs one more. */
const limits = { connections: 500, requestSeconds: 15, answerSeconds: 3600 }

/** Serves the console in the scope. The URL, undefined without an address. */
export const serve = Effect.fnUntraced(function* (
  sources: Sources,
  options: ConsoleOptions,
): Effect.fn.Return<string | undefined, BindError, Kube | Scope.Scope> {
  if (options.bindAddress === "0") return undefined
  const app = yield* make(sources, options)
  const served = yield* serveHttp(options.bindAddress, app, { tls: options.tls, limits })
  return served?.url
})

/** The console as an application of HTTP. */
export const make = Effect.fnUntraced(function* (
  sources: Sources,
  { allowedHosts, actions, links, access, version }: Omit<ConsoleOptions, "bindAddress" | "tls">,
): Effect.fn.Return<App, never, Kube | Scope.Scope> {
  const kube = yield* Kube
  const makeUserKube = yield* UserKube
  const executors = yield* ExecutorPast.make(sources.applicationPods)
  const context: ConsoleContext = { sources, rights: Rights.make(kube), executors, actions, links, version }
  const tokens = access === "token" && makeUserKube !== undefined ? yield* Tokens.make(kube, makeUserKube) : undefined
  const feed = yield* ChangeFeed.make(sources)
  const assets = yield* makeAssets

  const viewerOf = Effect.fnUntraced(function* (
    { headers }: Asked,
    cookies: Readonly<Record<string, string>>,
  ): Effect.fn.Return<Viewer, Refused> {
    if (access === "operator") return { _tag: "Operator", kube }
    if (tokens === undefined)
      return yield* new Refused({ status: 503, message: "There is no API server that could check a token" })
    const token = tokenOf(headers, cookies)
    const viewer = token === undefined ? undefined : yield* tokens.viewerOf(token)
    return viewer ?? (yield* new Refused({ status: 401, message: "Log in first" }))
  })

  const ui = UiProxy.make(context, {
    ask: UiProxy.throughApiServer,
    revalidate: (asked) =>
      Effect.map(Effect.option(viewerOf(asked, cookiesOf(asked))), (viewer) => viewer._tag === "Some"),
  })
  const find = router([
    ...assetRoutes(assets),
    ...loginRoutes(tokens),
    ...fleetRoutes(context, feed),
    ...applicationRoutes(context, feed),
    ...logRoutes(context),
    ...scheduleRoutes(context),
    ...connectRoutes(context),
    ...actionRoutes(context),
    ...changeRoutes(context, feed),
    ...ui.routes,
  ])

  const answer = (asked: Asked): Answer => {
    const inUi = ui.answer(asked)
    if (inUi !== undefined) return inUi
    const match = find(asked.method, asked.path)
    if (match._tag === "NotFound") return Effect.fail(notFound())
    if (match._tag === "MethodNotAllowed") {
      return Effect.fail(new Refused({ status: 405, message: `Use ${match.allow.join(" or ")}` }))
    }
    const request = { ...asked, parameters: match.parameters }
    const { handler } = match
    if (handler._tag === "Public") return handler.answer(request)
    if (isForeignRead(asked))
      return Effect.fail(new Refused({ status: 403, message: "The request comes from elsewhere" }))
    return Effect.flatMap(viewerOf(asked, cookiesOf(asked)), (viewer) => handler.answer(request, viewer))
  }

  return Effect.gen(function* () {
    const asked = askedOf(yield* HttpServerRequest.HttpServerRequest)
    const refusal = refusalOf(asked, { allowedHosts })
    const response = yield* (
      refusal === undefined ? answer(asked) : Effect.fail(new Refused({ status: 403, message: refusal }))
    ).pipe(
      Effect.catch((error) => Effect.succeed(errorAnswer(error))),
      Effect.catchDefect((defect) =>
        Effect.as(
          Effect.logError("the console failed: this is a bug", defect),
          json({ message: "Internal error" }, 500),
        ),
      ),
    )
    return HttpServerResponse.setHeaders(response, { ...ownHeaders, ...response.headers })
  })
})

const askedOf = ({ method, url, headers }: HttpServerRequest.HttpServerRequest): Asked => {
  const cut = url.indexOf("?")
  return {
    method,
    path: cut < 0 ? url : url.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? "" : url.slice(cut + 1)),
    parameters: {},
    headers,
  }
}

const cookiesOf = ({ headers }: Asked): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (headers["cookie"] ?? "").split(";").flatMap((pair) => {
      const cut = pair.indexOf("=")
      return cut < 0 ? [] : [[pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()] as const]
    }),
  )

const errorAnswer = (error: Refused | KubeError) => {
  const { status, message } = error._tag === "Refused" ? error : fromKube(error)
  return json({ message }, status)
}
