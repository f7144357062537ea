import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { generatedFiles } from "../../tools/KubeflowValuesPage.ts"

const root = join(import.meta.dirname, "../..")

describe("the page of kubeflow's values", () => {
  it.each(generatedFiles())("$path says the same as the check (npm run generate)", ({ path, content }) => {
    assert.strictEqual(readFileSync(join(root, path), "utf8"), content)
  })
})
