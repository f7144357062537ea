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
      const applications = yield* visibleObjects(context, viewer, "applications")
      const schedules = yield* visibleObjects(context, viewer, "schedules")
      const connects = yield* visibleObjects(context, viewer, "connects")
      const historyServers = yield* visibleObjects(context, viewer, "historyServers")
      const view = fleetView({
        applications: applications.objects,
        schedules: schedules.objects,
        connects: connects.objects,
        historyServers: historyServers.objects,
        queues: scope === "*" ? context.sources.queues() : [],
      })
      const lists = [applications, schedules, connects, historyServers]
      return json({ ...view, unchecked: Math.max(...lists.map(({ unchecked }) => unchecked)) })
    }),
  ),
]
