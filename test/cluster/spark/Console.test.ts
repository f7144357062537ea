/** The console over real drivers: their Spark UI below its own path, by the viewer's rights, and their log. */

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { forward } from "../support/ConnectClient.ts"
import { operatorNamespace, sparkImages } from "../support/Environment.ts"
import { ask, bearer, onApplications, tokenOf } from "../support/Viewers.ts"
import { ClusterLayer, makeWorld, type World } from "../support/World.ts"

const seesApplications = onApplications("get", "list")
const seesPods = { apiGroups: [""], resources: ["pods", "pods/log", "pods/proxy"], verbs: ["get"] }

/** Addresses of the page on the same host. */
const linksOf = (html: string): ReadonlyArray<string> => [
  ...new Set([...html.matchAll(/\b(?:href|src)="(\/[^"#]*)/g)].map(([, link = ""]) => link.replaceAll("&amp;", "&"))),
]

const shows = Effect.fnUntraced(function* (world: World, console: string, name: string) {
  const viewer = yield* tokenOf(world.namespace, `viewer-${name}`, [seesApplications, seesPods])
  const lister = yield* tokenOf(world.namespace, `lister-${name}`, [seesApplications])
  const place = `${world.namespace}/${name}`
  assert.strictEqual((yield* ask(`${console}/ui/${place}`, bearer(lister))).status, 403)
  assert.strictEqual((yield* ask(`${console}/ui/${place}`)).status, 401)
  const { status, headers } = yield* ask(`${console}/ui/${place}`, bearer(viewer))
  assert.strictEqual(status, 303)
  const base = headers.get("location")!.replace(/\/jobs\/$/, "")

  // The root redirects to the jobs, by a Location with the host of the driver.
  const root = yield* ask(`${console}${base}/`)
  assert.deepStrictEqual([root.status, root.headers.get("location")], [302, `${base}/jobs/`])
  for (const page of ["jobs", "stages", "executors", "environment", "storage"]) {
    const { status: answered, text, headers: answeredHeaders } = yield* ask(`${console}${base}/${page}/`)
    assert.strictEqual(answered, 200, page)
    assert.match(answeredHeaders.get("content-type") ?? "", /^text\/html/)
    const links = linksOf(text)
    assert.isAbove(links.length, 10, page)
    assert.deepStrictEqual(
      links.filter((link) => !link.startsWith(`${base}/`) && link !== base && link !== "/assets/sandbox.js"),
      [],
      `${page}: links outside of the path of the UI`,
    )
    // Spark's scripts take their paths from this.
    const roots = [...text.matchAll(/setUIRoot\('([^']*)'\)/g)].map(([, root]) => root)
    assert.deepStrictEqual([...new Set(roots)], [base], page)
    for (const link of links.filter((one) => one.includes("/static/"))) {
      assert.strictEqual((yield* ask(console + link)).status, 200, link)
    }
  }
  // What the page of executors asks for.
  const { text } = yield* ask(`${console}${base}/api/v1/applications`)
  const [{ id }] = JSON.parse(text)
  assert.strictEqual((yield* ask(`${console}${base}/api/v1/applications/${id}/allexecutors`)).status, 200)
  assert.strictEqual((yield* ask(`${console}${base}/jobs/job/kill/?id=0`)).status, 403)

  const log = `${console}/api/applications/${place}/pods/${name}-driver/log`
  assert.include((yield* ask(log, bearer(viewer))).text, "SparkContext")
  assert.strictEqual((yield* ask(log, bearer(lister))).status, 403)
})

layer(ClusterLayer, { excludeTestServices: true })("the console over real drivers", (it) => {
  describe.concurrent("", () => {
    for (const image of sparkImages) {
      it.effect(`shows the UI and the log of Spark ${image.version} to those who may see them`, () =>
        Effect.gen(function* () {
          const world = yield* makeWorld("console")
          const port = yield* forward({ namespace: operatorNamespace }, "firesteel-console", 8082)
          const name = `ui-${image.version.replaceAll(".", "-")}`
          yield* world.apply(python(name, ["work"], {}, image))
          yield* world.until(name, "at work", ({ status }) => (status?.progress?.jobs?.completed ?? 0) > 0)
          yield* shows(world, `http://localhost:${port}`, name)
          yield* world.finish(name)
          yield* world.untilState(name, "COMPLETED")
          yield* world.remove(name)
        }),
      )
    }
  })
})
