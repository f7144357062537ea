/** The console in a real Chromium, on local mode with its examples. The screenshots of the documentation come from here. */

import { join, resolve } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { accessibilityOf, type LocalConsole, startConsole } from "./LocalConsole.ts"

let console_: LocalConsole

beforeAll(async () => {
  console_ = await startConsole()
}, 60_000)
afterAll(() => console_?.close())

/** `FIRESTEEL_SCREENSHOTS=docs/images` writes those of the documentation. */
const screenshots = process.env["FIRESTEEL_SCREENSHOTS"]
const documented = new Set(["fleet", "applications", "application"])
const picture = async (page: Page, name: string) => {
  if (screenshots === undefined || !documented.has(name)) return
  await page.screenshot({ path: join(resolve(screenshots), `console-${name}.png`) })
}

const noTroubles = () => assert.deepStrictEqual(console_.troubles, [])

const text = (page: Page, selector: string) => page.locator(selector).first().innerText()

describe("the console in a browser", () => {
  const pages = [
    ["fleet", "/", "Fleet"],
    ["applications", "/applications", "Applications"],
    ["application", "/applications/default/streaming", "streaming"],
    ["schedules", "/schedules", "Schedules"],
    ["schedule", "/schedules/default/every-20s", "every-20s"],
    ["connects", "/connects", "Connect servers"],
    ["connect", "/connects/default/connect", "connect"],
  ] as const

  for (const [name, path, heading] of pages) {
    it(`shows ${path}, in light and dark, on a phone and on a wall, without findings of axe`, async () => {
      for (const [colorScheme, width, height] of [
        ["light", 1300, 900],
        ["dark", 390, 800],
        ["dark", 2560, 1440],
      ] as const) {
        const page = await console_.open(path, { colorScheme, viewport: { width, height } })
        await page.locator("main .card, main table").first().waitFor()
        assert.strictEqual(await text(page, "h1"), heading)
        assert.isAtMost(await page.evaluate<number>("document.documentElement.scrollWidth"), width, `${width} px`)
        assert.deepStrictEqual(await accessibilityOf(page), [], `${colorScheme}, ${width} px`)
        if (width === 1300) await picture(page, name)
        await page.context().close()
      }
      noTroubles()
    }, 60_000)
  }

  it("shows a change within two seconds", async () => {
    const page = await console_.open("/applications?text=streaming&sort=name")
    const row = page.locator("tbody tr", { hasText: /^streaming/ })
    await row.locator("text=RUNNING").waitFor()
    const reply = await page.evaluate<number>(
      `fetch("/api/applications/default/streaming/actions/suspend", { method: "POST" }).then(({ status }) => status)`,
    )
    assert.strictEqual(reply, 200)
    await row.locator("text=/SUSPEND/").waitFor({ timeout: 2000 })
    await page.evaluate(`fetch("/api/applications/default/streaming/actions/resume", { method: "POST" })`)
    await row.locator("text=RUNNING").waitFor({ timeout: 15_000 })
    await page.context().close()
    noTroubles()
  }, 30_000)

  it("opens the Spark UI of a driver in a sandbox", async () => {
    const page = await console_.open("/applications/default/checked-streaming")
    const [ui] = await Promise.all([page.context().waitForEvent("page"), page.locator("text=Spark UI").click()])
    await ui.waitForLoadState()
    assert.match(ui.url(), /\/ui\/~[\w-]+\/jobs\/$/)
    await ui.locator("text=Executors").click()
    await ui.locator("h3", { hasText: "Executors" }).waitFor()
    assert.strictEqual(await ui.evaluate("window.origin"), "null")
    assert.strictEqual(await ui.evaluate("document.styleSheets.length"), 1)
    // Spark's scripts ask with a header of their own, and one of them by a path without the console's in front.
    await ui.locator("html[data-application^=spark-]").waitFor({ state: "attached" })
    assert.strictEqual(await ui.evaluate(`fetch("/static/webui.css").then(({ status }) => status)`), 200)
    const loaded = await ui.evaluate(`new Promise((done, failed) => {
      const script = document.createElement("script")
      Object.assign(script, { src: "/static/webui.js", onload: () => done("loaded"), onerror: failed })
      document.head.append(script)
    })`)
    assert.strictEqual(loaded, "loaded")
    const stolen = await ui.evaluate(`fetch(new URL("/api/fleet", location.href)).then(() => "read", () => "refused")`)
    assert.strictEqual(stolen, "refused")
    const violated = await ui.evaluate(`new Promise((done) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => done(effectiveDirective))
      fetch("http://127.0.0.1:9/").catch(() => setTimeout(() => done("none"), 500))
    })`)
    assert.strictEqual(violated, "connect-src", "a driver sends nothing of the viewer elsewhere")
    assert.strictEqual(
      await ui.evaluate("document.documentElement.dataset.uiRoot"),
      new URL(ui.url()).pathname.replace(/\/executors\/$/, ""),
    )
    await page.context().close()
    // What the sandbox was refused is an error in its console.
    console_.troubles.splice(0)
  }, 30_000)

  it("follows the log of a driver", async () => {
    const page = await console_.open("/applications/default/checked-streaming")
    const log = page.locator("[role=log]")
    await log.locator("text=/Running Spark version/").waitFor()
    await page.context().close()
    noTroubles()
  }, 30_000)

  it("shows how many executors a run had over time, also when their pods are gone", async () => {
    const page = await console_.open("/applications/default/dynamic-allocation")
    await page.locator("[role=status]", { hasText: "The application completed" }).waitFor()
    await page.locator("figure text", { hasText: "Executors, at most 5" }).waitFor()
    assert.include(await page.locator("figure ul").first().textContent(), "5 executors from")
    assert.strictEqual(await page.locator("td", { hasText: /^executor$/ }).count(), 0)
    await page.context().close()
    noTroubles()
  }, 30_000)

  it("shows markup in labels, messages, Events and logs as text", async () => {
    const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
    const annotations = {
      "local.firesteel.dev/run-seconds": "600",
      "local.firesteel.dev/log-lines": Array.from({ length: 500 }, () => markup).join("\n"),
      "local.firesteel.dev/executor-failures": "1:1@0.5",
    }
    const application = {
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "SparkApplication",
      metadata: { name: "markup", namespace: "default", annotations: { markup } },
      spec: {
        type: "Scala",
        mode: "cluster",
        sparkVersion: "4.0.4",
        image: "spark:4.0.4",
        mainClass: markup,
        mainApplicationFile: "local:///a.jar",
        arguments: [markup],
        driver: { annotations },
        executor: { instances: 1, annotations: { "local.firesteel.dev/message": markup } },
      },
    }
    const path = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications"
    const { status } = await fetch(console_.api + path, { method: "POST", body: JSON.stringify(application) })
    assert.strictEqual(status, 201)
    const page = await console_.open("/applications/default/markup")
    await page.locator("[role=log]").getByText(markup).first().waitFor()
    await page.locator("summary").click()
    await page.locator("details pre").getByText("onerror").first().waitFor()
    assert.strictEqual(await page.locator("img").count(), 0)
    assert.notStrictEqual(await page.title(), "owned")
    await page.context().close()
    noTroubles()
  }, 30_000)

  it("is used with the keyboard alone", async () => {
    const page = await console_.open("/")
    await page.locator("main .card").first().waitFor()
    await page.keyboard.press("Tab")
    assert.strictEqual(await page.evaluate("document.activeElement.textContent"), "Skip to content")
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press("Tab")
      if ((await page.evaluate("document.activeElement.textContent")) === "Applications") break
    }
    await page.keyboard.press("Enter")
    await page.locator("table").waitFor()
    assert.strictEqual(
      await page.evaluate("document.activeElement.tagName"),
      "H1",
      "a screen reader reads the new page",
    )
    const sort = page.getByRole("button", { name: "Name", exact: true })
    await sort.focus()
    await page.keyboard.press("Enter")
    await page.locator("th[aria-sort=ascending]", { hasText: "Name" }).waitFor()
    await page.waitForFunction(`(() => {
      const names = [...document.querySelectorAll("tbody td.name")].map((cell) => cell.textContent)
      return names.length > 5 && names.join() === names.toSorted().join()
    })()`)
    await page.context().close()
    noTroubles()
  }, 30_000)
})
