/** Applications: the table, one of them, its Events, and the objects that were made from it. */

import { Clock, Effect, Result } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../api/Kinds.ts"
import { byApplication } from "../../application/reconcile/Caches.ts"
import { events, pods } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import { driverRole, executorRole, sparkRole } from "../../spark/Labels.ts"
import type { Viewer } from "../access/Viewer.ts"
import { type ApplicationPage, applicationPage, parseQuery } from "../api/ApplicationQuery.ts"
import { applicationView } from "../api/ApplicationView.ts"
import { eventViews } from "../api/EventView.ts"
import type { ObjectView } from "../api/ObjectView.ts"
import { redact } from "../api/Redact.ts"
import type { ChangeFeed } from "../ChangeFeed.ts"
import { type ConsoleContext, visibleObject, visibleOf } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"
import { badRequest } from "../http/Refused.ts"
import * as KeptViews from "../KeptViews.ts"

/** Events read of one object. */
const mostEvents = 200

export const applicationRoutes = (context: ConsoleContext, feed: ChangeFeed): ReadonlyArray<ConsoleRoute> => {
  const { sources } = context
  const keptPages = KeptViews.make<ApplicationPage>(feed)

  const driverOf = (application: SparkApplication) =>
    sources.applicationPods
      .by(byApplication, keyOf(application))
      .find(({ metadata }) => metadata?.labels?.[sparkRole] === driverRole)

  const eventsOf = (viewer: Viewer, namespace: string, uid: string | undefined) =>
    uid === undefined
      ? Effect.succeed([])
      : Effect.map(
          viewer.kube.list(events, { namespace, fieldSelector: `involvedObject.uid=${uid}`, limit: mostEvents }),
          ({ items }) => items,
        )

  return [
    forViewers(
      "GET",
      "/api/applications",
      Effect.fnUntraced(function* ({ query }, viewer) {
        const parsed = parseQuery(query)
        if (Result.isFailure(parsed)) return yield* badRequest(parsed.failure)
        const { namespace } = parsed.success
        const { isVisible, scope, unchecked } = yield* visibleOf(context, viewer, "applications", namespace)
        const page = keptPages(`${query}\n${scope}`, () =>
          applicationPage(sources.applications.values(), isVisible, parsed.success),
        )
        return json({ ...page, unchecked })
      }),
    ),
    forViewers(
      "GET",
      "/api/applications/:namespace/:name",
      Effect.fnUntraced(function* ({ parameters }, viewer) {
        const application = yield* visibleObject(context, viewer, "applications", parameters)
        return json(
          applicationView(application, {
            pods: sources.applicationPods,
            spans: context.executors.of(keyOf(application)),
            formats: context.links,
            now: yield* Clock.currentTimeMillis,
          }),
        )
      }),
    ),
    forViewers(
      "GET",
      "/api/applications/:namespace/:name/events",
      Effect.fnUntraced(function* ({ parameters }, viewer) {
        const application = yield* visibleObject(context, viewer, "applications", parameters)
        const { namespace, uid } = application.metadata
        yield* context.rights.require(viewer, { verb: "list", resource: events, namespace })
        const found = [
          ...(yield* eventsOf(viewer, namespace, uid)),
          ...(yield* eventsOf(viewer, namespace, driverOf(application)?.metadata?.uid)),
        ]
        return json({ rows: eventViews(found) })
      }),
    ),
    forViewers(
      "GET",
      "/api/applications/:namespace/:name/objects",
      Effect.fnUntraced(function* ({ parameters }, viewer) {
        const application = yield* visibleObject(context, viewer, "applications", parameters)
        const { namespace } = application.metadata
        yield* context.rights.require(viewer, { verb: "get", resource: pods, namespace })
        const made = sources.applicationPods.by(byApplication, keyOf(application))
        // One executor shows what all are made from.
        const shown = [driverRole, executorRole].flatMap(
          (role) => made.find(({ metadata }) => metadata?.labels?.[sparkRole] === role) ?? [],
        )
        const read = yield* Effect.forEach(shown, ({ metadata }) =>
          viewer.kube.get(pods, namespace, metadata?.name ?? "").pipe(Effect.option),
        )
        const { stringify } = yield* Effect.promise(() => import("yaml"))
        const { status: _status, ...written } = application
        const objects = [
          { title: sparkApplications.kind, object: written },
          ...read.flatMap((pod) =>
            pod._tag === "Some" ? [{ title: `Pod ${pod.value.metadata?.name}`, object: pod.value }] : [],
          ),
        ]
        return json({
          objects: objects.map(({ title, object }): ObjectView => ({ title, yaml: stringify(redact(object)) })),
        })
      }),
    ),
  ]
}
