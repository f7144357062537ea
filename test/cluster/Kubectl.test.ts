/** The same kubectl script on the embedded API server and on the cluster of the run prints the same. */

import { execFile } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import * as ApiServer from "../../src/local/apiserver/http/ApiServer.ts"
import { podBackend } from "../../src/local/spark/SparkPods.ts"
import { group, namespace, script } from "../contract/kubectl/Script.ts"
import { apply, kubectl } from "./support/Kubectl.ts"

const { spec } = sparkApplicationCrd
const names = { ...spec.names, shortNames: ["twin"] }
const twin = {
  ...sparkApplicationCrd,
  metadata: { name: `${spec.names.plural}.${group}`, labels: { "firesteel.dev/test": "cluster" } },
  spec: { ...spec, group, names },
}

/** What differs between any two servers, or between two moments, and is irrelevant to both. */
const accidental: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<time>"],
  [/resourceVersion: "\d+"/g, "resourceVersion: <version>"],
  // `diff` names its temporary folders, and says when it made the files.
  [/\/\S*(LIVE|MERGED)-\d+\/(\S+)(\s+\d{4}-\d\d-\d\d.*)?/g, "$1/$2"],
  [/^(diff -u -N) .*$/gm, "$1"],
  // Ages, at the end of a row or of a list of columns.
  [/(?<=\s)\d+(\.\d+)?(s|ms|m|m\d+s)(?=\s|$)/gm, "<age>"],
  [/(Start Time|Created|CreationTimestamp):.*/g, "$1: <time>"],
  [/[ \t]+/g, " "],
  [/\n+/g, "\n"],
]

const normalised = (text: string) => accidental.reduce((all, [pattern, by]) => all.replace(pattern, by), text).trim()

/** The words of a line, quotes as in a shell. */
const words = (line: string) => [...line.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ""))

const run = (line: string, input: object | string | undefined, env: NodeJS.ProcessEnv) =>
  Effect.callback<string>((resume) => {
    const args = line.startsWith("create namespace") || line.startsWith("delete namespace") ? [] : ["-n", namespace]
    const child = execFile("kubectl", [...args, ...words(line)], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? 1)
      resume(Effect.succeed(normalised(`exit ${code}\n${stdout}\n${stderr}`)))
    })
    child.stdin?.end(typeof input === "string" ? input : JSON.stringify(input ?? ""))
  })

const transcript = (env: NodeJS.ProcessEnv) =>
  Effect.forEach(script, ({ line, input }) => Effect.map(run(line, input, env), (printed) => ({ line, printed })))

describe("kubectl", () => {
  it.live("prints the same on the embedded API server as on a real one", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "kubectl-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
      )
      const editor = join(folder, "editor")
      writeFileSync(editor, '#!/bin/sh\nsed -i "s/instances: 6/instances: 7/" "$1"\n')
      chmodSync(editor, 0o755)
      const { kubeconfig, cluster } = yield* ApiServer.start({ seed: 7, podBackend })
      const definitions = cluster.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")!
      yield* cluster.create(definitions, "", twin)
      yield* Effect.acquireRelease(apply([twin]), () => Effect.ignore(kubectl(["delete", "crd", twin.metadata.name])))
      // `kubectl wait` does not wait but fails as long as a new definition has no conditions at all.
      yield* kubectl(["wait", "crd", twin.metadata.name, "--for=condition=Established", "--timeout=20s"]).pipe(
        Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 50 }),
      )
      writeFileSync(join(folder, "kubeconfig"), kubeconfig)
      const env = { ...process.env, KUBE_EDITOR: editor, HOME: folder }
      const embedded = yield* transcript({ ...env, KUBECONFIG: join(folder, "kubeconfig") })
      yield* Effect.addFinalizer(() =>
        Effect.ignore(kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"])),
      )
      const real = yield* transcript(env)
      assert.deepStrictEqual(embedded, real)
    }).pipe(Effect.scoped),
  )
})
