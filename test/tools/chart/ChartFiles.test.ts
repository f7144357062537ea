/** The files of the charts that are made from others: up to date, and no copy of what is not there any more. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { flagName } from "../../../src/settings/Flag.ts"
import { settingsFlags } from "../../../src/settings/Settings.ts"
import { version } from "../../../src/Version.ts"
import { copies, generatedFiles } from "../../../tools/chart/ChartFiles.ts"

const root = resolve(import.meta.dirname, "../../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const templates = (chart: string) =>
  readdirSync(join(root, `charts/${chart}/templates`)).map((name) => read(`charts/${chart}/templates/${name}`))

describe("the charts", () => {
  it.effect("are up to date with the values, the version of package.json, and what they copy", () =>
    Effect.gen(function* () {
      const files = yield* generatedFiles(root, version)
      for (const { path, content } of files)
        assert.strictEqual(read(path), content, `${path}: run \`npm run generate\``)
      const made = new Set(files.map(({ path }) => path))
      for (const { to, ending } of copies.filter(({ to }) => existsSync(join(root, to)))) {
        const left = readdirSync(join(root, to)).filter((name) => name.endsWith(ending) && !made.has(`${to}/${name}`))
        // Rules of RBAC lie beside the copies, and are the chart's own.
        assert.deepStrictEqual(
          left.filter((name) => !name.startsWith("rbac")),
          [],
          `copies in ${to} of what is gone`,
        )
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it("start the operator with flags that it knows", () => {
    const flags = new Set(Object.keys(settingsFlags).map(flagName))
    const used = templates("firesteel").flatMap((text) =>
      [...text.matchAll(/--[a-z][a-z-]+(?==)/g)].map(([flag]) => flag),
    )
    assert.isAbove(used.length, 10)
    assert.deepStrictEqual(
      used.filter((flag) => !flags.has(flag)),
      [],
    )
  })
})
