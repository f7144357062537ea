/** A real browser, and what must not happen in its pages. */

import { existsSync } from "node:fs"
import { type Browser, type BrowserContext, chromium } from "playwright-core"

const candidates = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"]

export const startBrowser = (): Promise<Browser> => {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) throw new Error("this needs Chromium: apt-get install chromium, or $CHROMIUM")
  return chromium.launch({ executablePath, args: ["--no-sandbox"] })
}

/** Writes down errors of the console, uncaught exceptions, and requests to any other host than that of `url`. */
export const watch = (context: BrowserContext, url: string, troubles: Array<string>) => {
  context.on("weberror", (error) => troubles.push(`uncaught: ${error.error().message}`))
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(`console: ${message.text()}`)
  })
  context.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${url}/`))
      troubles.push(`request: ${request.url()}`)
  })
}
