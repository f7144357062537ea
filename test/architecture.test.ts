/** The rules of the house that a machine can check; docs/architecture.md says why they are as they are. */

import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "..")
const src = join(root, "src")

/** A folder imports only from itself and from the folders before it; files directly under `src` import from all of them. */
const floors = [
  "kube",
  "telemetry",
  "runtime",
  "api",
  "spark",
  "pods",
  "application",
  "schedule",
  "connect",
  "history",
  "console",
  "settings",
  "local",
  "cli",
]

/**
 * Imports that the order allows and that are wrong all the same: kinds do not know each other, what builds from a workload knows no kind, and
 * the embedded API server does not know Spark.
 */
const forbidden: ReadonlyArray<readonly [from: string, to: string]> = [
  ["spark/", "api/Kinds.ts"],
  ["spark/", "api/application/SparkApplication.ts"],
  ["schedule/", "application/"],
  ["connect/", "application/"],
  ["connect/", "schedule/"],
  ["history/", "application/"],
  ["history/", "schedule/"],
  ["history/", "connect/"],
  ["settings/", "application/"],
  ["local/apiserver/", "local/node/"],
  ["local/apiserver/", "local/spark/"],
  ["local/apiserver/", "spark/"],
  ["local/apiserver/", "api/"],
  ["local/node/", "local/spark/"],
  ["local/node/", "spark/"],
]

const pure = [
  "api",
  "spark",
  "application/lifecycle",
  "schedule/cron",
  "schedule/decide",
  "connect/lifecycle",
  "connect/access",
  "console/api",
  "history/objects",
  "history/rules",
  "history/decide",
  "history/select",
]
const drawers = /^(utils?|common|helpers?|types|index|misc|shared)\.ts$/
const mostLines = 300
const mostFiles = 25

const typescript = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(root, folder, file))

const files = typescript("src")
const text = new Map(files.map((file) => [file, readFileSync(file, "utf8")]))

/** Relative to `src`. */
const place = (file: string) => relative(src, file)

const floor = (file: string): number => {
  const [folder = "", ...rest] = place(file).split("/")
  return rest.length === 0 ? floors.length : floors.indexOf(folder)
}

const imports = (file: string): ReadonlyArray<string> =>
  [...text.get(file)!.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map((match) => resolve(dirname(file), match[1]!))

const arrows = files.flatMap((file) => imports(file).map((target) => [file, target] as const))

const shown = (found: ReadonlyArray<readonly [from: string, to: string]>) =>
  found.map(([from, to]) => `${place(from)} → ${place(to)}`)

/** Source without comments. */
const code = (file: string) => text.get(file)!.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")

const filesWith = (pattern: RegExp, among = files) => among.filter((file) => pattern.test(code(file))).map(place)

describe("architecture", () => {
  it("has only the folders of the design", () => {
    assert.deepStrictEqual(files.filter((file) => floor(file) < 0).map(place), [])
  })

  it("imports go only upwards in the order of the folders", () => {
    assert.deepStrictEqual(shown(arrows.filter(([from, to]) => floor(to) > floor(from) && to.endsWith(".ts"))), [])
  })

  it("nothing in src imports from outside of it, except for the version", () => {
    const outside = arrows.filter(([, to]) => place(to).startsWith(".."))
    assert.deepStrictEqual(shown(outside), ["Version.ts → ../package.json"])
  })

  it("kinds do not import each other, and the embedded API server knows neither kubelet nor Spark", () => {
    const found = arrows.filter(([from, to]) =>
      forbidden.some(([a, b]) => place(from).startsWith(a) && place(to).startsWith(b)),
    )
    assert.deepStrictEqual(shown(found), [])
  })

  it("the page of the console imports nothing but its own modules, Preact, and types of the console's views", () => {
    const among = files.filter((file) => place(file).startsWith("console/page/"))
    const allowed = /^(preact|preact\/hooks|\.\/[A-Z]\w+\.ts)$/
    const found = among.flatMap((file) =>
      [...text.get(file)!.matchAll(/^(import|export)\s+(type\s)?[^"]*?from "([^"]+)"/gm)].flatMap(
        ([, , type, from = ""]) =>
          allowed.test(from) || (type !== undefined && from.startsWith("../api/")) ? [] : [`${place(file)} → ${from}`],
      ),
    )
    assert.isAbove(among.length, 10)
    assert.deepStrictEqual(found, [])
  })

  it("pure folders know no effects and no Kubernetes client", () => {
    const impure =
      /from "(@kubernetes|@effect|@opentelemetry|node:(?!crypto))|import \{[^}]*\b(Effect|Layer|Stream|Context)\b[^}]*\} from "effect"/
    const among = files.filter((file) => pure.some((folder) => place(file).startsWith(`${folder}/`)))
    assert.deepStrictEqual(filesWith(impure, among), [])
  })

  it("label keys are written in one file", () => {
    const literal = /["'`](spark-role|spark-app-selector|spark-exec-id|sparkoperator\.k8s\.io\/[a-z-]+)["'`=]/
    assert.deepStrictEqual(filesWith(literal), ["spark/Labels.ts"])
  })

  it("group, version and kind of the custom resources are written in one file", () => {
    const literal = /["'`](sparkoperator\.k8s\.io(\/v1(beta2|alpha1))?|SparkApplication|sparkapplications)["'`]/
    assert.deepStrictEqual(filesWith(literal), ["api/Kinds.ts"])
  })

  it("only Process.ts touches the process", () => {
    assert.deepStrictEqual(filesWith(/(?<!["'`\w.])process\.[a-z]|"node:process"/), ["Process.ts"])
  })

  it("a module's docstring comes before its imports", () => {
    const all = ["src", "otel", "tools", "bench"].flatMap(typescript)
    const without = all.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(file, "utf8")))
    assert.deepStrictEqual(
      without.map((file) => relative(root, file)),
      [],
    )
  })

  it("no file is longer than 300 lines or named utils and the like, and no folder has more than 25 files", () => {
    const long = files.filter((file) => text.get(file)!.split("\n").length > mostLines)
    const drawer = files.filter((file) => drawers.test(file.split("/").at(-1)!))
    const folders = Map.groupBy(files, dirname)
    const full = [...folders].filter(([, inside]) => inside.length > mostFiles).map(([folder]) => folder)
    assert.deepStrictEqual([...long, ...drawer, ...full].map(place), [])
  })

  it("the operator is at most 100 lines", () => {
    assert.isAtMost(text.get(join(src, "Operator.ts"))!.trimEnd().split("\n").length, 100)
  })
})
