import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { localFlags } from "../../../src/cli/local/LocalFlags.ts"
import { flagName } from "../../../src/settings/Flag.ts"

const root = resolve(import.meta.dirname, "../../..")
const page = readFileSync(resolve(root, "docs/local.md"), "utf8")

describe("docs/local.md", () => {
  it("explains every annotation that the kubelet reads", () => {
    const script = readFileSync(resolve(root, "src/local/node/KubeletScript.ts"), "utf8")
    const names = [...script.matchAll(/^ \* \| `([a-z-]+)` +\|/gm)].map((match) => match[1]!)
    assert.isAbove(names.length, 10)
    for (const name of names) assert.include(page, `| \`local.firesteel.dev/${name}\` |`)
  })

  it("explains every flag of local mode", () => {
    for (const key of Object.keys(localFlags)) assert.include(page, `\`${flagName(key)}`)
  })
})
