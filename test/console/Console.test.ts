import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { as, makeConsole, running, tokens } from "../support/ConsoleBench.ts"

const app = "/api/applications/team-a/spark-pi"

/** The text of a stream until it has what is wanted, within five seconds. */
const readUntil = (url: string, headers: Record<string, string>, wanted: RegExp, meanwhile: () => void) =>
  Effect.promise(async () => {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(5000) })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    while (!wanted.test(text)) {
      const { done, value } = await reader.read()
      if (done) break
      if (text === "") meanwhile()
      text += value
    }
    await reader.cancel()
    return text
  })

describe("the console", () => {
  it.live("logs a viewer in with a token that the cluster knows, by a cookie that no script can read", () =>
    Effect.gen(function* () {
      const { ask, url } = yield* makeConsole()
      const form = (token: string) =>
        ask("/login", { method: "POST", headers: { origin: url }, body: `token=${token}` })
      assert.include((yield* ask("/login")).text, '<form method="post" action="/login">')
      const wrong = yield* form("guessed")
      assert.deepStrictEqual([wrong.status, wrong.headers["set-cookie"]], [401, undefined])
      assert.include(wrong.text, "does not know this token")
      const right = yield* form(tokens.reader)
      assert.deepStrictEqual([right.status, right.headers["location"]], [303, "/"])
      const [cookie = ""] = right.headers["set-cookie"] ?? []
      assert.strictEqual(cookie, `firesteel-token=${tokens.reader}; Path=/; HttpOnly; SameSite=Strict`)
      const session = yield* ask("/api/session", { headers: { cookie: cookie.split(";")[0]! } })
      assert.include(JSON.parse(session.text), { viewer: "system:serviceaccount:people:reader", canLogOut: true })
      const out = yield* ask("/logout", { method: "POST", headers: { origin: url } })
      assert.match(String(out.headers["set-cookie"]), /^firesteel-token=; .*Max-Age=0/)
      assert.strictEqual((yield* form("x".repeat(5000))).status, 400)
    }),
  )

  it.live("sets a secure cookie under its public name", () =>
    Effect.gen(function* () {
      const { ask } = yield* makeConsole({ console: { allowedHosts: ["spark.example.org"] } })
      const { headers } = yield* ask("/login", {
        method: "POST",
        headers: { host: "spark.example.org", origin: "https://spark.example.org" },
        body: `token=${tokens.reader}`,
      })
      assert.match(String(headers["set-cookie"]), /^__Host-firesteel-token=.*; Secure$/)
    }),
  )

  it.live("reports a change within two seconds, to those who may see it", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      const text = yield* readUntil(`${bench.url}/api/changes`, as("reader"), /event: change/, () => {
        bench.add(running("team-b", "hidden"))
        bench.add(running("team-a", "spark-pi"))
      })
      assert.include(text, 'data: {"applications":["team-a/spark-pi"]}')
    }),
  )

  it.live("lists many namespaces little by little, and the chosen one at once", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      for (let index = 0; index < 600; index++) bench.add(running(`other-${index}`, "spark-pi"))
      bench.add(running("team-a", "spark-pi"))
      const list = (query: string) =>
        Effect.map(bench.ask(`/api/applications${query}`, { headers: as("reader") }), ({ text }) => JSON.parse(text))
      const first = yield* list("")
      assert.deepStrictEqual([first.total, first.unchecked > 0], [0, true])
      assert.isAbove(JSON.parse((yield* bench.ask("/api/fleet", { headers: as("reader") })).text).unchecked, 0)
      const chosen = yield* list("?namespace=team-a")
      assert.deepStrictEqual(
        chosen.rows.map(({ namespace }: { readonly namespace: string }) => namespace),
        ["team-a"],
      )
      assert.strictEqual((yield* list("?namespace=other-599")).total, 0)
      const all = JSON.parse((yield* bench.ask("/api/applications", { headers: as("editor") })).text)
      assert.deepStrictEqual([all.total, all.unchecked], [601, 0])
    }),
  )

  it.live("changes with the token of the viewer what the viewer asks for", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole()
      const { application } = running("team-a", "spark-pi")
      const { status: _status, ...manifest } = application
      const { resourceVersion: _version, uid: _uid, ...metadata } = manifest.metadata
      const made = yield* Effect.orDie(
        bench.kube.create(sparkApplications, "team-a", { ...manifest, metadata } as never),
      )
      bench.add({ application: { ...application, metadata: made.metadata } })
      const act = (action: string, who: "editor" | "reader" = "editor") =>
        bench.ask(`${app}/actions/${action}`, { method: "POST", headers: { ...as(who), origin: bench.url } })
      const suspended = Effect.map(
        Effect.orDie(bench.kube.get(sparkApplications, "team-a", "spark-pi")),
        ({ spec }) => spec.suspend,
      )
      assert.strictEqual((yield* act("suspend")).status, 200)
      assert.isTrue(yield* suspended)
      assert.strictEqual((yield* act("resume")).status, 200)
      assert.isFalse(yield* suspended)
      const again = yield* act("rerun")
      assert.deepStrictEqual(
        [again.status, JSON.parse(again.text).message],
        [409, "Only an application that has ended can be run again"],
      )
      const ended = { ...application.status!, applicationState: { state: "COMPLETED" as const } }
      bench.add({
        application: { ...application, metadata: { ...made.metadata, resourceVersion: "999999" }, status: ended },
      })
      assert.strictEqual((yield* act("rerun")).status, 200)
      const rerun = yield* Effect.orDie(bench.kube.get(sparkApplications, "team-a", "spark-pi"))
      assert.property(rerun.spec.driver.annotations, "sparkoperator.k8s.io/restarted-at")
      assert.strictEqual((yield* act("explode")).status, 404)
      assert.strictEqual((yield* act("delete")).status, 200)
      const left = yield* Effect.orDie(bench.kube.list(sparkApplications, { namespace: "team-a" }))
      assert.deepStrictEqual(left.items, [])
    }),
  )

  it.live("changes nothing unless actions are switched on", () =>
    Effect.gen(function* () {
      const bench = yield* makeConsole({ console: { actions: false } })
      bench.add(running("team-a", "spark-pi"))
      const headers = { ...as("editor"), origin: bench.url }
      const { status, text } = yield* bench.ask(`${app}/actions/delete`, { method: "POST", headers })
      assert.strictEqual(status, 403)
      assert.include(text, "--console-actions")
    }),
  )

  it.live("says what is wrong with a filter", () =>
    Effect.gen(function* () {
      const { ask } = yield* makeConsole({ console: { access: "operator" } })
      for (const [query, problem] of [
        ["label=a%3D%3D%3Db", "label:"],
        ["sort=size", "sort: use one of name"],
        ["page=0", "page: use a whole number"],
      ] as const) {
        const { status, text } = yield* ask(`/api/applications?${query}`)
        assert.strictEqual(status, 400, query)
        assert.include(JSON.parse(text).message, problem)
      }
    }),
  )
})
