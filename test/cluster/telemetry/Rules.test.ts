/** The alerts, by Prometheus' own tool: each fires when it should, and not when it should not. Needs no cluster, only `promtool`. */

import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const rules = join(import.meta.dirname, "../../../otel/rules")
const tests = join(rules, "tests")

const promtool = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" })
  assert.strictEqual(status, 0, `${stdout}${stderr}`)
}

describe("alerts in Prometheus", () => {
  it("are valid rules", () => {
    promtool("check", "rules", join(rules, "firesteel.yaml"))
  })

  it.each(readdirSync(tests))("%s: they fire when they should, and not when they should not", (file) => {
    promtool("test", "rules", join(tests, file))
  })
})
