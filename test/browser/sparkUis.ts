/**
 * Opens the UI of real drivers in Chromium through the console, with the timelines and graphs of its pages, and prints what goes wrong there:
 * `node test/browser/sparkUis.ts [VERSION…]`. Needs Python with pip, a JDK 17 and Chromium.
 */

import { parseArgs } from "node:util"
import { Effect } from "effect"
import type { Browser, Page } from "playwright-core"
import { goldenVersions } from "../golden/GoldenCases.ts"
import { startSparkUi } from "../golden/SparkUi.ts"
import { as, type ConsoleBench, type DriverReply, makeConsole, running } from "../support/ConsoleBench.ts"
import { startBrowser, watch } from "./Chromium.ts"

const paths = [
  "/",
  "/jobs/job/?id=0",
  "/stages/",
  "/stages/stage/?id=0&attempt=0",
  "/storage/",
  "/environment/",
  "/executors/",
  "/executors/threadDump/?executorId=driver",
  "/SQL/",
  "/SQL/execution/?id=1",
]

/** What is folded on these pages. */
const folded = ["application-timeline", "job-timeline", "dag-viz", "task-assignment-timeline"]

/** Rows that scripts have filled in, from the REST API. */
const filled: Readonly<Record<string, string>> = {
  "/stages/stage/?id=0&attempt=0": "#active-tasks-table tbody td",
  "/executors/": "#active-executors-table tbody td",
}

/** The answer of a driver on this machine, as the API server's proxy for pods passes it on. */
const answerOf =
  (url: string) =>
  async ({ path, headers }: { readonly path: string; readonly headers: Readonly<Record<string, string>> }) => {
    const response = await fetch(url + path, { headers, redirect: "manual" })
    const answered = Object.fromEntries(response.headers)
    const { location } = answered
    return {
      status: response.status,
      headers: { ...answered, ...(location === undefined ? {} : { location: location.replace(url, "") }) },
      text: new Uint8Array(await response.arrayBuffer()),
    } satisfies DriverReply
  }

const unfold = async (page: Page) => {
  for (const name of folded) {
    const link = page.locator(`span.expand-${name}`)
    if ((await link.count()) > 0) await link.first().click()
  }
  const download = page.locator("#plan-viz-download-btn")
  if ((await download.count()) > 0) await Promise.all([page.waitForEvent("download"), download.click()])
}

const look = async (browser: Browser, url: string, base: string): Promise<ReadonlyArray<string>> => {
  const troubles: Array<string> = []
  const context = await browser.newContext({ acceptDownloads: true })
  watch(context, url, troubles)
  const page = await context.newPage()
  for (const path of paths) {
    const before = troubles.length
    const response = await page.goto(url + base + path, { waitUntil: "networkidle" })
    if (response?.status() !== 200) troubles.push(`status: ${response?.status()}`)
    const cells = filled[path]
    if (cells !== undefined && (await page.locator(cells).count()) === 0) troubles.push(`nothing in ${cells}`)
    await unfold(page)
    await page.waitForLoadState("networkidle")
    for (const [index, trouble] of troubles.entries()) if (index >= before) troubles[index] = `${path}: ${trouble}`
  }
  await context.close()
  return troubles
}

const baseOf = (bench: ConsoleBench) =>
  Effect.map(bench.ask("/ui/team-a/spark-pi", { headers: as("reader") }), ({ headers }) =>
    String(headers["location"]).replace(/\/jobs\/$/, ""),
  )

const { positionals } = parseArgs({ allowPositionals: true })
const browser = await startBrowser()
for (const version of positionals.length > 0 ? positionals : goldenVersions) {
  const ui = await startSparkUi(version)
  const opened = Effect.gen(function* () {
    const bench = yield* makeConsole({ driver: answerOf(ui.url) })
    bench.add(running("team-a", "spark-pi"))
    const base = yield* baseOf(bench)
    return yield* Effect.promise(() => look(browser, bench.url, base))
  })
  const troubles = await Effect.runPromise(Effect.scoped(opened))
  console.log(`${version}: ${paths.length} pages, ${troubles.length === 0 ? "no errors" : troubles.join("\n  ")}`)
  await ui.close()
}
await browser.close()
