/** The same script of a client in Python prints the same on the embedded API server and on the cluster of the run. */

import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { createManifest } from "../../src/cli/local/LocalManifests.ts"
import { embeddedNode } from "../contract/python/EmbeddedNode.ts"
import { newest, python } from "./support/Environment.ts"
import { apply, kubectl } from "./support/Kubectl.ts"

const labels = { "firesteel.dev/test": "cluster" }

const folder = resolve(import.meta.dirname, "../contract/python")
const scripts = [
  { client: "kubernetes", script: join(folder, "client.py") },
  { client: "kr8s", script: join(folder, "with_kr8s.py") },
]

const { spec } = sparkApplicationCrd
/** A twin of our resource in a group that no operator watches. */
const twinIn = (group: string) => ({
  ...sparkApplicationCrd,
  metadata: { name: `${spec.names.plural}.${group}`, labels },
  spec: { ...spec, group, names: { ...spec.names, shortNames: [] } },
})

const transcript = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const child = execFile(python, [...args], { env }, (error, stdout, stderr) =>
      resume(Effect.succeed([...stdout.trim().split("\n"), error === null ? "succeeded" : stderr])),
    )
    return Effect.sync(() => child.kill())
  })

describe("a client in Python", () => {
  it.live.each(scripts)("sees the same on the embedded API server as on a real one: $client", ({ client, script }) =>
    Effect.gen(function* () {
      // kr8s looks for a plural in the groups by their names: this one comes before those of other tests.
      const group = `a-${client}.python.firesteel.dev`
      const namespace = `python-${client}`
      const twin = twinIn(group)
      const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "python-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
      )
      const { kubeconfig, cluster } = yield* embeddedNode(namespace)
      for (const object of [twin, home]) yield* createManifest(cluster, object)
      yield* Effect.acquireRelease(apply([twin, home]), () =>
        Effect.ignore(kubectl(["delete", `crd/${twin.metadata.name}`, `namespace/${namespace}`, "--wait=false"])),
      )
      yield* kubectl(["wait", "crd", twin.metadata.name, "--for=condition=Established", "--timeout=20s"]).pipe(
        Effect.andThen(kubectl(["get", "serviceaccount", "default", "-n", namespace])),
        Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 50 }),
      )
      const file = join(folder, "kubeconfig")
      writeFileSync(file, kubeconfig)
      const args = [script, namespace, group, newest.image]
      const [embedded, real] = yield* Effect.all(
        [transcript(args, { ...process.env, KUBECONFIG: file }), transcript(args, process.env)],
        { concurrency: 2 },
      )
      assert.deepStrictEqual(embedded, real)
      assert.strictEqual(real.at(-1), "succeeded")
    }).pipe(Effect.scoped),
  )
})
