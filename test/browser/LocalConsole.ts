/** Local mode as a process of its own, with its examples, and a real browser that opens its console. */

import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"

const root = resolve(import.meta.dirname, "../..")

const candidates = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"]

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

/** Errors of the console, uncaught exceptions, and requests to any other host. */
const watch = (context: BrowserContext, url: string, troubles: Array<string>) => {
  context.on("weberror", (error) => troubles.push(`uncaught: ${error.error().message}`))
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console: ${message.text()}`)
  })
  context.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) troubles.push(`request: ${request.url()}`)
  })
}

export const startConsole = async (): Promise<LocalConsole> => {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) throw new Error("these tests need Chromium: apt-get install chromium, or $CHROMIUM")
  const directory = mkdtempSync(join(tmpdir(), "firesteel-browser-"))
  const flags = ["--api-port=0", "--metrics-bind-address=0", "--health-probe-bind-address=0"]
  const child = spawn(process.execPath, [join(root, "src/main.ts"), "local", ...flags], { cwd: directory })
  const { url, api } = await started(child)
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] })
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
