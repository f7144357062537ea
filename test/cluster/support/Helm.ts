/** `helm` for the chart's tests: rendered manifests, and the release of the run with other values or another chart. */

import { execFile, execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { Effect, Schema, type Scope } from "effect"
import { parseAllDocuments } from "yaml"

export class HelmError extends Schema.TaggedError<HelmError>()("HelmError", { message: Schema.String }) {}

export const root = join(import.meta.dirname, "../../..")
export const charts = join(root, "charts")

/** Its standard output; fails with its standard error. */
export const helm = (args: ReadonlyArray<string>, input?: string): Effect.Effect<string, HelmError> =>
  Effect.callback((resume) => {
    const child = execFile("helm", [...args], { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      resume(
        error === null
          ? Effect.succeed(stdout)
          : Effect.fail(new HelmError({ message: `helm ${args.join(" ")}: ${stderr || error.message}` })),
      ),
    )
    child.stdin?.end(input ?? "")
    return Effect.sync(() => child.kill())
  })

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  // oxlint-disable-next-line typescript/no-explicit-any -- manifests of all kinds, read by tests
  readonly [field: string]: any
}

/** The objects of the chart, by its name or path, with these values, for a release in `firesteel-system`. */
export const rendered = (
  values: object = {},
  chart = "firesteel",
  release = "firesteel",
): Effect.Effect<ReadonlyArray<Manifest>, HelmError> => {
  const where = ["--namespace", "firesteel-system", "--kube-version", "1.36.0"]
  return helm(["template", release, resolve(charts, chart), ...where, "--values", "-"], JSON.stringify(values)).pipe(
    Effect.map((text) =>
      parseAllDocuments(text)
        .map((document) => {
          // A duplicate key is the usual one.
          for (const error of document.errors) throw error
          return document.toJS() as Manifest | null
        })
        .filter((manifest) => manifest !== null),
    ),
  )
}

/**
 * The release of the run with these values and those that it was installed with, in this chart or another; ready when this succeeds. At the
 * end of the scope it is as it was.
 */
export const upgraded = Effect.fnUntraced(function* (values: object, chart = join(charts, "firesteel")) {
  const release = ["firesteel", "-n", "firesteel-system"]
  const patience = ["--wait", "--timeout", "120s"]
  const [{ revision } = { revision: "" }]: ReadonlyArray<{ readonly revision: string }> = JSON.parse(
    yield* helm(["list", "-n", "firesteel-system", "--filter", "^firesteel$", "-o", "json"]),
  )
  const own = yield* helm(["get", "values", ...release, "-o", "json"])
  yield* Effect.acquireRelease(
    helm(
      ["upgrade", "firesteel", chart, "-n", "firesteel-system", ...patience, "--values", "-"],
      JSON.stringify(merged(JSON.parse(own) ?? {}, values)),
    ),
    () => Effect.orDie(helm(["rollback", "firesteel", revision, "-n", "firesteel-system", ...patience])),
  )
}, Effect.orDie)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const merged = (below: unknown, above: unknown): unknown =>
  isObject(below) && isObject(above)
    ? {
        ...below,
        ...Object.fromEntries(Object.entries(above).map(([key, value]) => [key, merged(below[key], value)])),
      }
    : above

/**
 * The chart before this one, in a folder for as long as the scope lives: of the newest release, or of before the chart's last change. A commit whose
 * chart cannot be rendered was never installed, and the one before it is taken.
 */
export const previousChart: Effect.Effect<string, never, Scope.Scope> = Effect.gen(function* () {
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "firesteel-chart-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
  )
  const chartOf = Effect.fnUntraced(function* (commit: string) {
    const chart = mkdtempSync(join(folder, "commit-"))
    execFileSync("sh", ["-c", 'git -C "$1" archive "$2" charts/firesteel | tar -x -C "$3"', "sh", root, commit, chart])
    yield* rendered({}, join(chart, "charts/firesteel"))
    return join(chart, "charts/firesteel")
  })
  const release = git("tag", "--list", "v*", "--merged", "HEAD^", "--sort=-v:refname").split("\n")[0]
  const changes = git("log", "-10", "--format=%H^", "--", "charts/firesteel").split("\n")
  return yield* Effect.orDie(Effect.firstSuccessOf((release ? [release] : changes).map(chartOf)))
})
