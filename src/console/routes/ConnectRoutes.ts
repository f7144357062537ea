/** Connect servers: the list, and one of them. */

import { Effect } from "effect"
import { connectRow, connectView } from "../api/ConnectView.ts"
import { type ConsoleContext, visibleObject, visibleObjects } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"

export const connectRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
  forViewers(
    "GET",
    "/api/connects",
    Effect.fnUntraced(function* (_asked, viewer) {
      const { objects, unchecked } = yield* visibleObjects(context, viewer, "connects")
      return json({ rows: objects.map(connectRow), unchecked })
    }),
  ),
  forViewers(
    "GET",
    "/api/connects/:namespace/:name",
    Effect.fnUntraced(function* ({ parameters }, viewer) {
      const connect = yield* visibleObject(context, viewer, "connects", parameters)
      return json(connectView(connect, context.sources.connectPods))
    }),
  ),
]
