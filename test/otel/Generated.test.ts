import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { generatedFiles } from "../../otel/Generated.ts"

const root = join(import.meta.dirname, "../..")

describe("dashboards, rules and the page of alerts", () => {
  it.each(generatedFiles().map(({ path, content }) => [path, content] as const))(
    "%s is what `npm run generate` writes",
    (path, content) => {
      assert.strictEqual(readFileSync(join(root, path), "utf8"), content)
    },
  )

  it("are the only files: none is left over from a rename", () => {
    const there = ["otel/dashboards", "otel/rules"].flatMap((directory) =>
      readdirSync(join(root, directory)).map((name) => `${directory}/${name}`),
    )
    const made = generatedFiles().map(({ path }) => path)
    assert.sameMembers(
      there.filter((path) => /\.(json|yaml)$/.test(path)),
      made.filter((path) => path.startsWith("otel/")),
    )
  })
})
