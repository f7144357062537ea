/**
 * Shows the picture as it changes: on a terminal as a view that is redrawn in place, otherwise as one line per change.
 * The terminal's own screen and its cursor are restored however the program ends.
 */

import { Effect, Option, Queue, SubscriptionRef, Terminal } from "effect"
import { historyRowsOf, type LocalPicture, rowsOf, scheduleRowsOf, serverRowsOf, viewRowsOf } from "./Picture.ts"
import type { LocalRow } from "./Row.ts"
import { changeLine, historyChangeLine, scheduleChangeLine, serverChangeLine } from "./Table.ts"
import { type ViewOptions, frame } from "./View.ts"

type Picture = SubscriptionRef.SubscriptionRef<LocalPicture>

const escape = "\u001B["
const enterScreen = `${escape}?1049h${escape}?25l`
const leaveScreen = `${escape}?25h${escape}?1049l`
/** From the top left: each line overwrites the previous one and clears the rest of it; everything below is cleared. */
const drawn = (lines: ReadonlyArray<string>): string =>
  `${escape}H${lines.map((line) => `${line}${escape}K`).join("\r\n")}${escape}J`

/** Shows the live view until the user presses q, Esc or Ctrl-C. Draws at most ten times a second, and only after a change. */
export const showScreen = Effect.fnUntraced(function* (view: ViewOptions, picture: Picture) {
  const terminal = yield* Terminal.Terminal
  const display = (text: string) => Effect.ignore(terminal.display(text))
  yield* Effect.acquireRelease(display(enterScreen), () => display(leaveScreen))

  let before = ""
  const draw = Effect.gen(function* () {
    const window = { columns: yield* terminal.columns, rows: yield* terminal.rows }
    const shown = SubscriptionRef.getUnsafe(picture)
    const now = drawn(frame(view, viewRowsOf(shown), window))
    if (now === before) return
    before = now
    yield* display(now)
  })
  const drawing = Effect.forever(Effect.andThen(draw, Effect.sleep("100 millis")))

  const keys = yield* terminal.readInput
  const quit = Queue.take(keys).pipe(
    Effect.repeat({ until: (pressed) => Option.contains(pressed.input, "q") }),
    Effect.ignore,
  )
  yield* Effect.raceFirst(quit, drawing)
}, Effect.scoped)

/**
 * Prints a line for every application, schedule, Connect server and history server that has changed, checking ten times a second; progress
 * alone does not count as a change, and a reason is printed once. Never ends.
 */
export const showLines = Effect.fnUntraced(function* (picture: Picture) {
  const terminal = yield* Terminal.Terminal
  const shown = new Map<string, LocalRow>()
  /** The lines that differ from the last one of the same object. */
  const changed = <A extends { readonly key: string }>(lineOf: (row: A) => string) => {
    const printed = new Map<string, string>()
    return (rows: ReadonlyArray<A>) =>
      rows.flatMap((row) => {
        const [before, line] = [printed.get(row.key), lineOf(row)]
        printed.set(row.key, line)
        return before === line ? [] : [`${line}\n`]
      })
  }
  const schedules = changed(scheduleChangeLine)
  const servers = changed(serverChangeLine)
  const histories = changed(historyChangeLine)
  const changes = (now: LocalPicture) =>
    rowsOf(now).flatMap((row) => {
      const before = shown.get(row.key)
      shown.set(row.key, row)
      if (before !== undefined && changeLine({ ...row, progress: before.progress }) === changeLine(before)) return []
      return [`${changeLine(row.reason === before?.reason ? { ...row, reason: "" } : row)}\n`]
    })
  let seen: LocalPicture | undefined
  const print = Effect.suspend(() => {
    const now = SubscriptionRef.getUnsafe(picture)
    if (now === seen) return Effect.void
    seen = now
    const lines = [
      ...changes(now),
      ...schedules(scheduleRowsOf(now)),
      ...servers(serverRowsOf(now)),
      ...histories(historyRowsOf(now)),
    ]
    return lines.length === 0 ? Effect.void : Effect.ignore(terminal.display(lines.join("")))
  })
  return yield* Effect.forever(Effect.andThen(print, Effect.sleep("100 millis")))
})
