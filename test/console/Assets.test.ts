import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { make } from "../../src/console/Assets.ts"
import { browserModule } from "../../src/console/PageFiles.ts"
import { makeConsole } from "../support/ConsoleBench.ts"

describe("the page's files", () => {
  it.live("are less than 150 kB together, uncompressed", () =>
    Effect.gen(function* () {
      const { files, index } = yield* make
      const bytes = [index, ...files.values()].reduce((sum, { plain }) => sum + plain.length, 0)
      assert.isBelow(bytes, 150_000)
    }),
  )

  it.live("import only what is served, and nothing of other hosts", () =>
    Effect.gen(function* () {
      const { files, index } = yield* make
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
      for (const [name, { plain, contentType }] of files) {
        const text = decode(plain)
        if (!contentType.startsWith("text/javascript")) continue
        for (const [, from = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*["']([^"']+)["']/g)) {
          assert.isTrue(files.has(from.replace("/assets/", "")), `${name} imports ${from}`)
        }
        assert.notMatch(text, /\binterface\b|sourceMappingURL/, name)
      }
      const page = decode(index.plain)
      assert.notMatch(page, /<script(?![^>]*src=)|\son\w+=|style=|https?:/)
      for (const [, file = ""] of page.matchAll(/\/assets\/([\w.]+)/g)) assert.isTrue(files.has(file), file)
    }),
  )

  it.live("are compressed, and not sent again while they are the same", () =>
    Effect.gen(function* () {
      const { ask } = yield* makeConsole()
      const path = "/assets/preact.mjs"
      const plain = yield* ask(path)
      const small = yield* ask(path, { headers: { "accept-encoding": "gzip" } })
      assert.strictEqual(small.headers["content-encoding"], "gzip")
      assert.isBelow(Number(small.headers["content-length"]), plain.text.length / 2)
      const again = yield* ask(path, { headers: { "if-none-match": String(plain.headers["etag"]) } })
      assert.deepStrictEqual([again.status, again.text], [304, ""])
      for (const page of ["/", "/applications", "/applications/default/spark-pi", "/schedules", "/connects/a/b"]) {
        assert.include((yield* ask(page)).text, '<div id="console">', page)
      }
      assert.strictEqual((yield* ask("/assets/none.js")).status, 404)
      assert.strictEqual((yield* ask("/nowhere")).status, 404)
    }),
  )

  it("rewrites imports of packages and modules", () => {
    const source = 'import { h } from "preact"\nimport{o as e}from"preact/hooks"\nimport "./Live.ts"\n'
    assert.strictEqual(
      browserModule(source),
      'import { h } from "/assets/preact.mjs"\nimport{o as e}from"/assets/hooks.mjs"\nimport "/assets/Live.js"\n',
    )
  })
})
