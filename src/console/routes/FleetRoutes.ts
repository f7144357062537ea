/** The first page, and who the viewer is. */

import { Effect } from "effect"
import { nameOf } from "../access/Viewer.ts"
import { type FleetAnswer, type FleetView, fleetView } from "../api/FleetView.ts"
import type { SessionView } from "../api/SessionView.ts"
import type { Unchecked } from "../api/Unchecked.ts"
import type { ChangeFeed } from "../ChangeFeed.ts"
import { type ConsoleContext, objectsOf, visibleOf } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"
import * as KeptViews from "../KeptViews.ts"
import type { ShownKind } from "../Sources.ts"

export const fleetRoutes = (context: ConsoleContext, feed: ChangeFeed): ReadonlyArray<ConsoleRoute> => {
  const keptViews = KeptViews.make<FleetView>(feed)
  return [
    forViewers("GET", "/api/session", (_asked, viewer) =>
      Effect.succeed(
        json({
          viewer: nameOf(viewer),
          canLogOut: viewer._tag === "Token",
          actions: context.actions,
          version: context.version,
        } satisfies SessionView),
      ),
    ),
    forViewers(
      "GET",
      "/api/fleet",
      Effect.fnUntraced(function* (_asked, viewer) {
        const of = (kind: ShownKind) => visibleOf(context, viewer, kind)
        const visible = yield* Effect.all({
          applications: of("applications"),
          schedules: of("schedules"),
          connects: of("connects"),
          historyServers: of("historyServers"),
        })
        const view = keptViews(
          Object.values(visible)
            .map(({ scope }) => scope)
            .join("\n"),
          () =>
            fleetView({
              applications: objectsOf(context, "applications", visible.applications),
              schedules: objectsOf(context, "schedules", visible.schedules),
              connects: objectsOf(context, "connects", visible.connects),
              historyServers: objectsOf(context, "historyServers", visible.historyServers),
            }),
        )
        const queues = visible.applications.scope === "*" ? context.sources.queues() : []
        const unchecked = Math.max(...Object.values(visible).map((one) => one.unchecked))
        return json({ ...view, queues, unchecked } satisfies FleetAnswer & Unchecked)
      }),
    ),
  ]
}
