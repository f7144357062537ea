/** What the guide says is held against the code: states, metrics, flags of the check, and links. */

import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { migrationFlags } from "../../../src/cli/migration/MigrationFlags.ts"
import { scheduleFates } from "../../../src/cli/migration/ScheduleRules.ts"
import { fates } from "../../../src/cli/migration/TakeOver.ts"
import { instrumentNames, seriesName } from "../../../src/Instruments.ts"
import { flagName } from "../../../src/settings/Flag.ts"

const docs = join(import.meta.dirname, "../../../docs")
const guide = readFileSync(join(docs, "migrating-from-kubeflow.md"), "utf8")

const section = (title: string) => guide.split(`## ${title}\n`)[1]!.split("\n## ")[0]!
const cells = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.slice(2, -2).split(" | "))
const inCode = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!)

describe("the guide from kubeflow's operator", () => {
  it("says of each state what the check says", () => {
    const told = Object.entries(fates).map(([state, fate]) => [state === "" ? "New" : state, fate])
    assert.deepStrictEqual(cells(section("What becomes of applications")), told)
  })

  it("says of each schedule what the check says", () => {
    const told = Object.entries(scheduleFates).map(([state, fate]) => [state === "" ? "New" : state, fate])
    assert.deepStrictEqual(cells(section("What becomes of schedules")), told)
  })

  it("names metrics that there are", () => {
    const known = new Set(instrumentNames.map(seriesName))
    const named = cells(section("Metrics")).flatMap(([, ours = ""]) =>
      inCode(ours).filter((name) => /^[a-z0-9]+_.*_/.test(name)),
    )
    assert.isAbove(named.length, 5)
    assert.deepStrictEqual(
      named.filter((name) => !known.has(name) && name !== "spark_application_controller"),
      [],
    )
  })

  it("names flags of the check that there are", () => {
    const known = Object.entries(migrationFlags).flatMap(([key, flag]) => [
      flagName(key),
      ...("short" in flag ? [`-${flag.short}`] : []),
    ])
    const used = [...guide.matchAll(/firesteel migrate check([^\n#`]*)/g)].flatMap(([, rest = ""]) =>
      rest.split(" ").filter((word) => word.startsWith("-")),
    )
    assert.isAbove(used.length, 3)
    assert.deepStrictEqual(
      used.filter((flag) => !known.includes(flag)),
      [],
    )
  })

  it("links to pages and headings that there are", () => {
    const headings = (file: string) =>
      [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      )
    const broken = [...guide.matchAll(/\]\(([^)]*)\)/g)]
      .map(([, target = ""]) => target.split("#"))
      .filter(([page = "", anchor]) => {
        const file = page === "" ? join(docs, "migrating-from-kubeflow.md") : join(docs, page)
        return !existsSync(file) || (anchor !== undefined && !headings(file).includes(anchor))
      })
    assert.deepStrictEqual(broken, [])
  })
})
