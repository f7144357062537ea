/** Logs of the pods of an application, as they are printed: to be followed or downloaded, in the name of the viewer. */

import { Effect, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { applicationKeyOf } from "../../application/reconcile/Ownership.ts"
import { pods } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import { sparkContainer } from "../../spark/observe/SparkContainer.ts"
import { type ConsoleContext, visibleObject } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers } from "../http/Exchange.ts"
import { badRequest, notFound } from "../http/Refused.ts"

/** Lines at the start of a log that is shown. */
const shownLines = 1000
const mostLines = 100_000

const isOn = (query: URLSearchParams, name: string) => query.get(name) === "true"

export const logRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
  forViewers(
    "GET",
    "/api/applications/:namespace/:name/pods/:pod/log",
    Effect.fnUntraced(function* ({ parameters, query }, viewer) {
      const application = yield* visibleObject(context, viewer, "applications", parameters)
      const { namespace } = application.metadata
      yield* context.rights.require(viewer, { verb: "get", resource: pods, subresource: "log", namespace })
      const pod = context.sources.applicationPods.get(`${namespace}/${parameters["pod"] ?? ""}`)
      // Only pods of this application; other logs cannot be read through this path.
      if (pod === undefined || applicationKeyOf(pod) !== keyOf(application)) return yield* notFound("This pod")
      const lines = Number(query.get("tailLines") ?? shownLines)
      if (!Number.isInteger(lines) || lines < 1 || lines > mostLines) {
        return yield* badRequest(`tailLines: use a whole number from 1 to ${mostLines}`)
      }
      const name = pod.metadata?.name ?? ""
      const download = isOn(query, "download")
      const container = sparkContainer(pod)?.name
      const log = viewer.kube.podLog(
        { namespace, name, ...(container === undefined ? {} : { container }) },
        {
          follow: isOn(query, "follow") && !download,
          previous: isOn(query, "previous"),
          timestamps: isOn(query, "timestamps"),
          ...(download ? {} : { tailLines: lines }),
        },
      )
      // A log that is followed may be silent for long, so its answer begins before anything is known of it.
      const body = log.pipe(
        Stream.catch(({ message }) => Stream.make(`\n(the log cannot be read: ${message})\n`)),
        Stream.encodeText,
      )
      return HttpServerResponse.stream(body, {
        contentType: "text/plain; charset=utf-8",
        headers: {
          "cache-control": "no-store",
          "x-accel-buffering": "no",
          ...(download ? { "content-disposition": `attachment; filename="${name}.log"` } : {}),
        },
      })
    }),
  ),
]
