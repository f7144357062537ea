/** Local mode as a process of its own, with its examples, and a real browser that opens its console. */

import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Browser, Page } from "playwright-core"
import { startBrowser, watch } from "./Chromium.ts"

const root = resolve(import.meta.dirname, "../..")

export interface LocalConsole {
  readonly url: string
  /** Of the embedded Kubernetes. */
  readonly api: string
  readonly browser: Browser
  /** A page in a context of its own. Everything that must not happen in it is written to `troubles`. */
  readonly open: (path: string, options?: Parameters<Browser["newContext"]>[0]) => Promise<Page>
  readonly troubles: Array<string>
  readonly close: () => Promise<void>
}

const started = (child: ChildProcess): Promise<{ readonly url: string; readonly api: string }> =>
  new Promise((found, failed) => {
    let text = ""
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      const url = /^console +(http:\S+)$/m.exec(text)?.[1]
      const api = /^Kubernetes API +(http:\S+)$/m.exec(text)?.[1]
      if (url !== undefined && api !== undefined) found({ url, api })
    })
    child.once("exit", () => failed(new Error(`local mode has ended: ${text}`)))
  })

export const startConsole = async (): Promise<LocalConsole> => {
  const directory = mkdtempSync(join(tmpdir(), "firesteel-browser-"))
  const flags = ["--api-port=0", "--metrics-bind-address=0", "--health-probe-bind-address=0"]
  const child = spawn(process.execPath, [join(root, "src/main.ts"), "local", ...flags], { cwd: directory })
  const { url, api } = await started(child)
  const browser = await startBrowser()
  const troubles: Array<string> = []
  return {
    url,
    api,
    browser,
    troubles,
    open: async (path, options) => {
      const context = await browser.newContext({ viewport: { width: 1300, height: 900 }, ...options })
      watch(context, url, troubles)
      const page = await context.newPage()
      await page.goto(url + path)
      return page
    },
    close: async () => {
      await browser.close()
      child.kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8")

interface Finding {
  readonly impact: string
  readonly id: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

/** What axe finds on the page, as lines; `minor` findings are left out. */
export const accessibilityOf = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe)
  const { violations, passes } = (await page.evaluate("axe.run()")) as {
    violations: ReadonlyArray<Finding>
    passes: ReadonlyArray<unknown>
  }
  if (passes.length < 10) throw new Error("axe has hardly checked anything")
  return violations
    .filter(({ impact }) => impact !== "minor")
    .map(({ impact, id, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`)
}
