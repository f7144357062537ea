/** The files of the charts that are generated: up to date, without copies of deleted files. Flags and their defaults are the operator's. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "yaml"
import { type Flags, flagName } from "../../../src/settings/Flag.ts"
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
        // The RBAC rules next to the copies are the chart's own.
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

  it("has the defaults of the flags that it sets", () => {
    const different: Readonly<Record<string, string>> = {
      "--log-format": "no terminal reads the log of a pod",
      "--leader-elect": "there may be several replicas",
      "--leader-elect-resource-name": "is the name of the release",
      "--spark-ui-access": "direct needs no right to pods/proxy",
    }
    const args = read("charts/firesteel/templates/_args.tpl")
    const values = parse(read("charts/firesteel/values.yaml"))
    const flags: Flags = settingsFlags
    const defaults = new Map(Object.entries(flags).map(([key, flag]) => [flagName(key), flag] as const))
    /** A flag with a value of the chart: below `controller`, or below `prometheus.metrics`. */
    const set = [...args.matchAll(/(--[a-z-]+)=(?:%s" |\{\{ )?:?(?:\{\{ )?(\.[A-Za-z.]+)/g)].filter(([, , path]) => path !== ".")
    const compared = set.flatMap(([, name = "", path = ""]) => {
      const group = name.startsWith("--metrics-") ? values.prometheus.metrics : values.controller
      const value = path
        .slice(1)
        .split(".")
        .reduce((found: Record<string, never> | undefined, key) => found?.[key], group)
      return value === undefined || name in different ? [] : [{ name, value: String(value) }]
    })
    for (const { name, value } of compared) {
      const flag = defaults.get(name)!
      assert.deepStrictEqual(flag.kind.parse(value), flag.kind.parse(flag.default), name)
    }
    console.log(compared)
  })
})
