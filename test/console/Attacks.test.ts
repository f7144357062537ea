/** What the console refuses: other hosts, other pages, other paths, other users, and the scripts of drivers. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { as, makeConsole, running, tokens } from "../support/ConsoleBench.ts"

const app = "/api/applications/team-a/spark-pi"

const opened = Effect.fnUntraced(function* (bench: Effect.Success<ReturnType<typeof makeConsole>>) {
  const { status, headers } = yield* bench.ask("/ui/team-a/spark-pi", { headers: as("reader") })
  assert.strictEqual(status, 303)
  return String(headers["location"]).replace(/\/jobs\/$/, "")
})

describe("attacks on the console", () => {
  it.live("show nothing under the name of another host", () =>
    Effect.gen(function* () {
      const { ask } = yield* makeConsole({ console: { access: "operator" } })
      for (const path of ["/", "/api/fleet", "/assets/Main.js", "/ui/~x/jobs/", "/login"]) {
        const { status, text } = yield* ask(path, { headers: { host: "rebound.example" } })
        assert.strictEqual(status, 403, path)
        assert.include(text, "--console-allowed-hosts")
      }
      assert.strictEqual((yield* ask("/api/fleet")).status, 200)
    }),
  )

  it.live("change nothing from another page, with any cookie", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      bench.add(running("team-a", "spark-pi"))
      const cookie = `firesteel-token=${tokens.editor}`
      for (const origin of ["http://evil.example", "null", "http://localhost.evil.example"]) {
        const reply = yield* bench.ask(`${app}/actions/delete`, { method: "POST", headers: { cookie, origin } })
        assert.strictEqual(reply.status, 403, origin)
      }
      const bare = yield* bench.ask(`${app}/actions/delete`, { method: "POST", headers: { cookie } })
      assert.strictEqual(bare.status, 403)
      const read = yield* bench.ask("/api/fleet", { headers: { cookie, "sec-fetch-site": "cross-site" } })
      assert.strictEqual(read.status, 403)
      const login = yield* bench.ask("/login", {
        method: "POST",
        headers: { origin: "http://evil.example", "content-type": "application/x-www-form-urlencoded" },
        body: `token=${tokens.reader}`,
      })
      assert.deepStrictEqual([login.status, login.headers["set-cookie"]], [403, undefined], "no login as another user")
    }),
  )

  it.live("a token that may see one namespace sees nothing of others", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole({ log: "line" })
      bench.add(running("team-a", "spark-pi"))
      bench.add(running("team-b", "secret-project"))
      const get = (path: string) => bench.ask(path, { headers: as("reader") })
      const { text } = yield* get("/api/applications")
      assert.deepStrictEqual(
        JSON.parse(text).rows.map(({ name }: { name: string }) => name),
        ["spark-pi"],
      )
      assert.deepStrictEqual(JSON.parse(text).namespaces, ["team-a"])
      assert.deepStrictEqual(JSON.parse((yield* get("/api/fleet")).text).applications, { RUNNING: 1 })
      const other = "/api/applications/team-b/secret-project"
      const paths = [other, `${other}/events`, `${other}/objects`, `${other}/pods/secret-project-driver/log`]
      for (const path of [...paths, "/ui/team-b/secret-project"]) {
        const { status, text: body } = yield* get(path)
        assert.strictEqual(status, 403, path)
        assert.notInclude(body, "uid-team-b")
      }
      // Who may not see it does not learn whether it exists.
      assert.strictEqual((yield* get("/api/applications/team-b/none")).status, 403)
      assert.strictEqual((yield* get("/api/applications/team-a/none")).status, 404)
      const all = yield* bench.ask("/api/applications", { headers: as("editor") })
      assert.strictEqual(JSON.parse(all.text).total, 2)
    }),
  )

  it.live("logs, objects and the Spark UI have rights of their own", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole({ log: "line" })
      bench.add(running("team-a", "spark-pi"))
      const get = (path: string, who: "lister" | "reader") => bench.ask(path, { headers: as(who) })
      assert.strictEqual((yield* get(app, "lister")).status, 200)
      const log = `${app}/pods/spark-pi-driver/log`
      for (const [path, right] of [
        [log, "get pods/log"],
        [`${app}/objects`, "get pods"],
        [`${app}/events`, "list events"],
        ["/ui/team-a/spark-pi", "get pods/proxy"],
      ] as const) {
        const { status, text } = yield* get(path, "lister")
        assert.strictEqual(status, 403, path)
        assert.include(text, `may not ${right} in namespace team-a`)
      }
      assert.strictEqual((yield* get(log, "reader")).text, "line")
      assert.strictEqual((yield* get(`${app}/pods/other-driver/log`, "reader")).status, 404)
    }),
  )

  it.live("who may only read changes nothing, and learns which right is missing", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      bench.add(running("team-a", "spark-pi"))
      for (const [action, verb] of [
        ["suspend", "patch"],
        ["delete", "delete"],
        ["rerun", "patch"],
      ] as const) {
        const headers = { ...as("reader"), origin: bench.url }
        const { status, text } = yield* bench.ask(`${app}/actions/${action}`, { method: "POST", headers })
        assert.strictEqual(status, 403, action)
        assert.include(text, `may not ${verb} sparkapplications.sparkoperator.k8s.io in namespace team-a`)
      }
    }),
  )

  it.live("show nothing without a token, or with a wrong one", () =>
    Effect.gen(function* () {
      const { ask } = yield* makeConsole()
      for (const path of ["/api/fleet", "/api/applications", "/api/changes", app, "/ui/team-a/spark-pi"]) {
        assert.strictEqual((yield* ask(path)).status, 401, path)
        assert.strictEqual((yield* ask(path, { headers: { authorization: "Bearer guessed" } })).status, 401, path)
      }
    }),
  )

  it.live("the path of a Spark UI reaches nothing but the driver, and ends nothing", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole({ driver: () => ({ text: "<head></head>" }) })
      bench.add(running("team-a", "spark-pi"))
      const base = yield* opened(bench)
      const invalid = ["/../../x", "/%2e%2e/x", "/%252e%252e/x", "/jobs%2f..%2fx", "//evil.example/", "/jobs%5c..%5cx"]
      for (const path of invalid) assert.strictEqual((yield* bench.ask(base + path)).status, 404, path)
      for (const path of ["/jobs/job/kill/?id=1", "/stages/stage/%6bill/?id=1"]) {
        assert.strictEqual((yield* bench.ask(base + path)).status, 403, path)
      }
      for (const method of ["POST", "PUT", "DELETE"]) {
        const headers = { origin: bench.url }
        assert.strictEqual((yield* bench.ask(`${base}/jobs/`, { method, headers })).status, 405, method)
      }
      for (const path of [
        "/ui/~guessed/jobs/",
        "/ui/team-a/spark-pi-driver",
        "/ui/team-a/spark-pi:22",
        "/ui/team-a/..%2fx",
      ]) {
        assert.strictEqual((yield* bench.ask(path, { headers: as("reader") })).status, 404, path)
      }
      assert.lengthOf(bench.asked, 0)
      assert.strictEqual((yield* bench.ask(`${base}/jobs/?id=1`)).status, 200)
      assert.deepStrictEqual(bench.asked[0]?.pod, {
        namespace: "team-a",
        name: "spark-pi-driver",
        ip: "10.1.2.3",
        port: 4040,
        secure: false,
      } as never)
      assert.strictEqual(bench.asked[0]?.request.path, "/jobs/?id=1")
    }),
  )

  it.live("a driver gets no token, and its pages get neither cookies nor the origin of the console", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole({
        driver: () => ({
          headers: { "content-type": "text/html", "set-cookie": "a=b", "content-security-policy": "default-src *" },
          text: "<html><head></head><script>fetch('/api/fleet')</script></html>",
        }),
      })
      bench.add(running("team-a", "spark-pi"))
      const base = yield* opened(bench)
      const { status, headers, text } = yield* bench.ask(`${base}/jobs/`, {
        headers: { cookie: `firesteel-token=${tokens.editor}`, ...as("editor") },
      })
      assert.strictEqual(status, 200)
      assert.match(String(headers["content-security-policy"]), /^sandbox allow-scripts (?!.*allow-same-origin)/)
      assert.match(
        String(headers["content-security-policy"]),
        /; default-src 'self' .*; form-action 'self'; frame-ancestors 'none'/,
      )
      assert.isUndefined(headers["set-cookie"])
      assert.include(text, '<script src="/assets/sandbox.js">')
      assert.notInclude(JSON.stringify(bench.asked[0]?.request.headers), "token")
      // What its scripts ask for, they ask as another origin.
      const script = { origin: "null", "sec-fetch-site": "cross-site", cookie: `firesteel-token=${tokens.editor}` }
      assert.strictEqual((yield* bench.ask("/api/fleet", { headers: script })).status, 403)
      const change = yield* bench.ask(`${app}/actions/delete`, { method: "POST", headers: script })
      assert.strictEqual(change.status, 403)
      // A browser asks first for headers that scripts add: they may, below the path of the UI and nowhere else.
      const preflight = { method: "OPTIONS", headers: { origin: "null", "access-control-request-method": "GET" } }
      const allowed = yield* bench.ask(`${base}/api/v1/applications`, preflight)
      assert.deepStrictEqual(
        [
          allowed.status,
          allowed.headers["access-control-allow-headers"],
          allowed.headers["access-control-allow-origin"],
        ],
        [204, "x-requested-with", "*"],
      )
      for (const path of ["/api/fleet", `${app}/actions/delete`, "/login"]) {
        const refused = yield* bench.ask(path, preflight)
        assert.deepStrictEqual([refused.status, refused.headers["access-control-allow-origin"]], [405, undefined], path)
      }
    }),
  )

  it.live("a driver's redirect to another server is not followed", () =>
    Effect.gen(function* () {
      let location = ""
      const bench = yield* makeConsole({ driver: () => ({ status: 302, headers: { location } }) })
      bench.add(running("team-a", "spark-pi"))
      const base = yield* opened(bench)
      for (location of ["http://169.254.169.254/latest/", "//evil.example/", "https://kubernetes.default.svc/api"]) {
        const reply = yield* bench.ask(`${base}/`)
        assert.deepStrictEqual([reply.status, reply.headers["location"]], [502, undefined], location)
      }
      location = "http://10.1.2.3:4040/jobs/"
      assert.strictEqual((yield* bench.ask(`${base}/`)).headers["location"], `${base}/jobs/`)
    }),
  )

  it.live("markup in names, labels, messages and logs stays text", () =>
    Effect.gen(function* () {
      const markup = "<script>alert(1)</script>"
      const bench = yield* makeConsole({ log: markup })
      const { application, driver } = running("team-a", "spark-pi")
      const status = { ...application.status!, applicationState: { state: "FAILED" as const, errorMessage: markup } }
      bench.add({ application: { ...application, status }, driver })
      for (const path of [app, "/api/applications", "/api/fleet"]) {
        const { headers, text } = yield* bench.ask(path, { headers: as("reader") })
        assert.match(String(headers["content-type"]), /^application\/json/)
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.include(text, markup)
      }
      const log = yield* bench.ask(`${app}/pods/spark-pi-driver/log`, { headers: as("reader") })
      assert.match(String(log.headers["content-type"]), /^text\/plain/)
      assert.strictEqual(log.headers["x-content-type-options"], "nosniff")
      const wrong = yield* bench.ask("/login", {
        method: "POST",
        headers: { origin: bench.url },
        body: `token=${encodeURIComponent(markup)}`,
      })
      assert.notInclude(wrong.text, markup)
      assert.match(String(wrong.headers["content-security-policy"]), /script-src 'self'/)
    }),
  )

  it.live("do not show the secrets of a spec", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      bench.add(running("team-a", "spark-pi"))
      const { status, text } = yield* bench.ask(`${app}/objects`, { headers: as("editor") })
      assert.strictEqual(status, 200)
      assert.include(text, "DB_PASSWORD")
      assert.notInclude(text, "hunter2")
    }),
  )
})
