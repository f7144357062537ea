/** Schedules: the list, one of them, and the calendar of a day. */

import { Clock, Effect } from "effect"
import { calendar, scheduleRow, scheduleView } from "../api/ScheduleView.ts"
import { type ConsoleContext, resources, visibleObject, visibleObjects } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"
import { badRequest } from "../http/Refused.ts"

const longestMillis = 3 * 86_400_000

export const scheduleRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
  forViewers(
    "GET",
    "/api/schedules",
    Effect.fnUntraced(function* (_asked, viewer) {
      const { objects, unchecked } = yield* visibleObjects(context, viewer, "schedules")
      return json({ rows: objects.map(scheduleRow), unchecked })
    }),
  ),
  forViewers(
    "GET",
    "/api/calendar",
    Effect.fnUntraced(function* ({ query }, viewer) {
      const [from, until] = [Number(query.get("from")), Number(query.get("until"))]
      if (!(from > 0 && until > from && until - from <= longestMillis)) {
        return yield* badRequest("from, until: use epoch milliseconds at most three days apart")
      }
      const { objects: schedules } = yield* visibleObjects(context, viewer, "schedules")
      const { objects: applications } = yield* visibleObjects(context, viewer, "applications")
      const now = yield* Clock.currentTimeMillis
      return json({ entries: calendar(schedules, applications, { from, until, now }) })
    }),
  ),
  forViewers(
    "GET",
    "/api/schedules/:namespace/:name",
    Effect.fnUntraced(function* ({ parameters }, viewer) {
      const schedule = yield* visibleObject(context, viewer, "schedules", parameters)
      const { namespace } = schedule.metadata
      const seesRuns = yield* context.rights.may(viewer, { verb: "list", resource: resources.applications, namespace })
      const applications = seesRuns ? context.sources.applications.values() : []
      return json(scheduleView(schedule, applications, yield* Clock.currentTimeMillis))
    }),
  ),
]
