/** The first page, and who the viewer is. */

import { Effect } from "effect"
import { nameOf } from "../access/Viewer.ts"
import { fleetView } from "../api/FleetView.ts"
import type { SessionView } from "../api/SessionView.ts"
import { type ConsoleContext, visibleObjects, visibleOf } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"

export const fleetRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
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
      const { scope } = yield* visibleOf(context, viewer, "applications")
      return json(
        fleetView({
          applications: yield* visibleObjects(context, viewer, "applications"),
          schedules: yield* visibleObjects(context, viewer, "schedules"),
          connects: yield* visibleObjects(context, viewer, "connects"),
          historyServers: yield* visibleObjects(context, viewer, "historyServers"),
          queues: scope === "*" ? context.sources.queues() : [],
        }),
      )
    }),
  ),
]
