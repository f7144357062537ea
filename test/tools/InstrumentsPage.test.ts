import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { generatedFiles } from "../../tools/InstrumentsPage.ts"

describe("the reference page", () => {
  it.each(generatedFiles().map(({ path, content }) => [path, content] as const))(
    "%s is what `npm run generate` writes",
    (path, content) => {
      assert.strictEqual(readFileSync(join(import.meta.dirname, "../..", path), "utf8"), content)
    },
  )
})
