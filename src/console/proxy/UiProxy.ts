/**
 * The live Spark UI of an application below the console's own path. The application is named, never a pod, Service or port: where its UI listens
 * is known from the caches. Only GET, only with the right to get `pods/proxy`, and through the API server in the name of the viewer, which
 * checks that right itself.
 *
 * A driver runs the program of a user, so its pages are as trustworthy as that: they are served in a sandbox of their own origin.
 */

import { Effect, type Scope, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { type DriverRun, driverRun } from "../../application/progress/DriverRun.ts"
import type { PodPort } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { PodRequest, PodResponse } from "../../kube/pod/PodRequest.ts"
import { pods } from "../../kube/Resource.ts"
import type { Viewer } from "../access/Viewer.ts"
import { type ConsoleContext, visibleObject } from "../ConsoleContext.ts"
import { type Answer, type Asked, type ConsoleRoute, forViewers, redirect } from "../http/Exchange.ts"
import { notFound, Refused } from "../http/Refused.ts"
import { foreignHeaders, preflightHeaders } from "../http/SecurityHeaders.ts"
import * as Capabilities from "./Capabilities.ts"
import { headersToBrowser, headersToDriver, isHtml, ownBaseOf, rewriteHtml, rewriteLocation } from "./UiAnswer.ts"
import { uiPath } from "./UiPath.ts"

export interface UiProxy {
  /** Opens the UI of an application for a viewer. */
  readonly routes: ReadonlyArray<ConsoleRoute>
  /** The answer to a path below that of a capability; undefined for any other path. */
  readonly answer: (asked: Asked) => Answer | undefined
}

/** Asks a driver; by default through the API server in the name of the viewer. */
export type AskDriver = (
  viewer: Viewer,
  pod: PodPort,
  request: PodRequest,
) => Effect.Effect<PodResponse, KubeError, Scope.Scope>

export const throughApiServer: AskDriver = (viewer, pod, request) => viewer.kube.podRequest(pod, request)

export interface UiProxyOptions {
  readonly ask: AskDriver
  /** Authenticates the viewer of a request again, long after it. */
  readonly revalidate: (asked: Asked) => Effect.Effect<boolean>
}

/** Spark's longest pages have some thousand rows; HTML is read whole, to be rewritten. */
const longestHtml = 32 * 1024 * 1024

const right = (namespace: string) => ({ verb: "get", resource: pods, subresource: "proxy", namespace })

const noUi = (key: string) =>
  new Refused({ status: 404, message: `No driver of ${key} runs whose Spark UI could be shown` })

export const make = (context: ConsoleContext, { ask, revalidate }: UiProxyOptions): UiProxy => {
  const capabilities = Capabilities.make()

  const open = Effect.fnUntraced(function* (asked: Asked, viewer: Viewer) {
    const application = yield* visibleObject(context, viewer, "applications", asked.parameters)
    const { namespace, name, uid } = application.metadata
    yield* context.rights.require(viewer, right(namespace))
    const key = `${namespace}/${name}`
    if (driverRun(application, context.sources.applicationPods) === undefined) return yield* noUi(key)
    const id = yield* capabilities.grant({ viewer, key, uid, isValid: revalidate(asked) })
    return redirect(`/ui/~${id}/jobs/`)
  })

  const pass = Effect.fnUntraced(function* (asked: Asked, id: string, path: string) {
    const capability = yield* capabilities.find(id)
    if (capability === undefined || !(yield* capability.isValid)) {
      return yield* new Refused({
        status: 404,
        message: "This link to a Spark UI is no longer valid; open the UI from the page of its application again",
      })
    }
    const checked = uiPath(path)
    if (checked._tag === "Invalid") return yield* notFound("This path")
    if (checked._tag === "Kill") {
      return yield* new Refused({ status: 403, message: "Jobs and stages cannot be killed through the console" })
    }
    const { viewer, key, uid } = capability
    const [namespace = ""] = key.split("/")
    yield* context.rights.require(viewer, right(namespace))
    const application = context.sources.applications.get(key)
    // Another application of this name is not opened.
    if (application?.metadata.uid !== uid) return yield* noUi(key)
    const run = driverRun(application, context.sources.applicationPods)
    if (run === undefined) return yield* noUi(key)
    const query = asked.query.size === 0 ? "" : `?${asked.query}`
    const base = `/ui/~${id}`
    const response = yield* ask(viewer, run.address, {
      path: `${path}${query}`,
      headers: headersToDriver(asked.headers, base),
    })
    return yield* answerOf(response, { base, ownBase: ownBaseOf(application), run, path })
  })

  return {
    routes: [forViewers("GET", "/ui/:namespace/:name", open)],
    answer: (asked) => {
      const [, id, path = "/"] = /^\/ui\/~([A-Za-z0-9_-]{1,64})(\/.*)?$/s.exec(asked.path) ?? []
      if (id === undefined) return undefined
      const { method } = asked
      if (method === "OPTIONS") {
        return Effect.succeed(
          HttpServerResponse.empty({ status: 204, headers: { ...foreignHeaders(), ...preflightHeaders } }),
        )
      }
      if (method !== "GET" && method !== "HEAD") {
        return Effect.fail(new Refused({ status: 405, message: "The Spark UI can only be read through the console" }))
      }
      return Effect.map(pass(asked, id, path), HttpServerResponse.setHeaders(foreignHeaders()))
    },
  }
}

interface Place {
  readonly base: string
  readonly ownBase: string
  readonly run: DriverRun
  readonly path: string
}

const answerOf = Effect.fnUntraced(function* (
  { status, headers, body }: PodResponse,
  { base, ownBase, run: { address }, path }: Place,
) {
  const kept = headersToBrowser(headers)
  const location = headers["location"]
  if (status >= 300 && status < 400 && status !== 304) {
    const addresses = address.ip === undefined ? [] : [address.ip]
    const target =
      location === undefined ? undefined : rewriteLocation(location, { base, ownBase, pod: address, addresses, path })
    if (target === undefined) {
      return yield* new Refused({
        status: 502,
        message: "The driver redirects to another server, which is not followed",
      })
    }
    return HttpServerResponse.empty({ status, headers: { ...kept, location: target } })
  }
  if (!isHtml(headers)) return HttpServerResponse.stream(body, { status, headers: kept })
  let length = 0
  const chunks = yield* Stream.runCollect(Stream.takeWhile(body, (chunk) => (length += chunk.length) <= longestHtml))
  if (length > longestHtml) return yield* new Refused({ status: 502, message: "The page is too long to be shown" })
  const html = new TextDecoder().decode(Buffer.concat(chunks))
  return HttpServerResponse.text(withStorage(rewriteHtml(html, address, ownBase, base)), { status, headers: kept })
})

/** Spark's scripts remember what is folded in `localStorage`, which a sandbox does not have. */
const withStorage = (html: string) => html.replace(/<head[^>]*>/i, '$&<script src="/assets/sandbox.js"></script>')
