/**
 * `node bench/console.ts [APPLICATIONS…]`: what the server of the console takes for its pages with this many applications; default: 1000 10000. Each
 * page is asked for over HTTP on loopback by a viewer with a token: once after an application has changed, and twenty times while none
 * does. Prints a table in Markdown (docs/performance.md).
 */

import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Clock, Console, Effect } from "effect"
import { as, type ConsoleBench, makeConsole, running } from "../test/support/ConsoleBench.ts"
import { percentiles } from "./scale/Table.ts"

const given = process.argv.slice(2).map(Number)
const counts = given.length === 0 ? [1000, 10_000] : given

const pages = [
  "/",
  "/api/fleet",
  "/api/applications",
  "/api/applications?sort=name&page=15",
  "/api/applications?text=app-77&state=RUNNING",
]
const headers = as("editor")
const again = 20

const millis = Effect.fnUntraced(function* ({ ask }: ConsoleBench, path: string) {
  const asked = yield* Clock.monotonicTimeNanos
  const { status, text } = yield* ask(path, { headers })
  if (status !== 200) return yield* Effect.die(`${path}: ${status} ${text}`)
  return Number((yield* Clock.monotonicTimeNanos) - asked) / 1e6
})

const measure = Effect.fnUntraced(function* (count: number) {
  const bench = yield* makeConsole()
  const application = (index: number) => running(`team-${index % 20}`, `app-${index}`)
  for (let index = 1; index < count; index++) bench.add(application(index))
  // The token and the rights are asked for.
  yield* millis(bench, "/api/session")
  for (const [index, path] of pages.entries()) {
    bench.add(application(count + index))
    yield* Effect.sleep("1 second")
    const first = yield* millis(bench, path)
    const others = yield* Effect.replicateEffect(millis(bench, path), again)
    const [median, , worst] = percentiles(others)
    yield* Console.log(
      `| ${count} | \`${path}\` | ${[first, median, worst].map((one) => one.toFixed(1)).join(" | ")} |`,
    )
  }
}, Effect.scoped)

Console.log(
  "| applications | page | ms, first after a change | ms, again: median | worst of 20 |\n| ---: | --- | ---: | ---: | ---: |",
).pipe(Effect.andThen(Effect.forEach(counts, measure, { discard: true })), NodeRuntime.runMain)
