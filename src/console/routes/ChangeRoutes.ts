/** Changes as server-sent events: which resources changed that the viewer may see, within a second. */

import { Effect, Queue, Schedule, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import type { Viewer } from "../access/Viewer.ts"
import type { ChangeFeed, Changes } from "../ChangeFeed.ts"
import { type ConsoleContext, isVisibleKey, visibleOf } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers } from "../http/Exchange.ts"
import type { Refused } from "../http/Refused.ts"

/** More keys than these of a kind are sent as `*`. */
const mostKeys = 200
/** A comment, so that nothing on the way takes the connection for dead. */
const pingSeconds = 20
/** Then the browser connects again, and its viewer is authenticated again. */
const lifetimeSeconds = 600

const eventOf = Effect.fnUntraced(function* (
  context: ConsoleContext,
  viewer: Viewer,
  changes: Changes,
): Effect.fn.Return<string, Refused> {
  const visible: Record<string, ReadonlyArray<string> | "*"> = {}
  for (const [kind, all] of changes) {
    const { isVisible } = yield* visibleOf(context, viewer, kind)
    const keys = [...all].filter(isVisibleKey(isVisible))
    if (keys.length > 0) visible[kind] = keys.length > mostKeys ? "*" : keys
  }
  return Object.keys(visible).length === 0 ? "" : `event: change\ndata: ${JSON.stringify(visible)}\n\n`
})

export const changeRoutes = (context: ConsoleContext, feed: ChangeFeed): ReadonlyArray<ConsoleRoute> => [
  forViewers(
    "GET",
    "/api/changes",
    Effect.fnUntraced(function* (_asked, viewer) {
      const queue = yield* feed.listen
      const events = Stream.fromEffectRepeat(
        Effect.flatMap(Queue.take(queue), (changes) => eventOf(context, viewer, changes)),
      )
      const pings = Stream.map(Stream.fromSchedule(Schedule.spaced(`${pingSeconds} seconds`)), () => ": ping\n\n")
      const body = Stream.make("retry: 2000\n\n").pipe(
        Stream.concat(Stream.merge(events, pings)),
        Stream.filter((text) => text !== ""),
        Stream.interruptWhen(Effect.sleep(lifetimeSeconds * 1000)),
        Stream.encodeText,
      )
      return HttpServerResponse.stream(body, {
        contentType: "text/event-stream; charset=utf-8",
        headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
      })
    }),
  ),
]
