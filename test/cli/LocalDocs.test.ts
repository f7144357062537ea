import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { flagName } from "../../src/cli/Flag.ts"
import { localFlags } from "../../src/cli/LocalFlags.ts"

const root = resolve(import.meta.dirname, "../..")
const page = readFileSync(resolve(root, "docs/local.md"), "utf8")

describe("docs/local.md", () => {
  it("explains every annotation that the kubelet reads", () => {
    const script = readFileSync(resolve(root, "src/local/KubeletScript.ts"), "utf8")
    const names = [...script.matchAll(/^ \* \| `([a-z-]+)` +\|/gm)].map((match) => match[1]!)
    assert.isAbove(names.length, 10)
    for (const name of names) assert.include(page, `| \`local.firesteel.dev/${name}\` |`)
  })

  it("explains every flag of local mode", () => {
    for (const key of Object.keys(localFlags)) assert.include(page, `\`${flagName(key)}`)
  })
})
