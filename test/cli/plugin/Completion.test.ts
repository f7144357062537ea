import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Terminal } from "effect"
import { crds } from "../../../src/api/Crds.ts"
import { commandsOf } from "../../../src/cli/Commands.ts"
import type { Host } from "../../../src/cli/Host.ts"
import { createManifest } from "../../../src/cli/local/LocalManifests.ts"
import { completionOf } from "../../../src/cli/plugin/completion/Completion.ts"
import { scripts } from "../../../src/cli/plugin/completion/Shells.ts"
import * as ApiServer from "../../../src/local/apiserver/http/ApiServer.ts"
import { sparkPi } from "../../support/OperatorBench.ts"

const hostIn = (environment: Host["environment"]): Host => ({
  version: "0.0.0",
  program: "kubectl firesteel",
  environment,
  examples: "",
  isInteractive: false,
  colors: false,
  stderr: { isTerminal: false, colors: false, write: () => {} },
  runOperator: () => Effect.die("not here"),
})
const commands = commandsOf(hostIn({}))

const candidates = (...words: ReadonlyArray<string>) => {
  const completion = completionOf(commands, words.slice(0, -1), words.at(-1) ?? "")
  return completion._tag === "Candidates" ? completion.candidates.map(({ text }) => text) : completion
}

describe("completion", () => {
  it("offers commands, also those of two words", () => {
    assert.includeMembers(candidates("") as Array<string>, ["run", "list", "migrate", "local", "completion", "help"])
    assert.notInclude(candidates("") as Array<string>, "__complete")
    assert.deepStrictEqual(candidates("migrate", ""), ["check"])
    assert.include(candidates("help", "") as Array<string>, "explain")
  })

  it("offers flags, their values, and what an operand can be", () => {
    assert.includeMembers(candidates("list", "--") as Array<string>, ["--all-namespaces", "--output", "--namespace"])
    assert.deepStrictEqual(candidates("list", "-o", ""), ["table", "wide", "json", "yaml", "name"])
    assert.deepStrictEqual(candidates("list", "-A", ""), ["applications", "schedules", "connects", "histories"])
    assert.deepStrictEqual(candidates("completion", ""), ["bash", "zsh", "fish"])
    assert.deepStrictEqual(candidates("logs", "-f", ""), { _tag: "Names", types: ["application", "connect"] })
    assert.deepStrictEqual(candidates("logs", "pi", "-n", ""), { _tag: "Namespaces" })
    assert.deepStrictEqual(candidates("logs", "--context", ""), { _tag: "Contexts" })
    assert.deepStrictEqual(candidates("run", "-f", ""), { _tag: "Files" })
    assert.deepStrictEqual(candidates("submit", "--", "--jars", ""), { _tag: "Files" })
  })

  it.live("reads names from the cluster, as kubectl asks for them", () =>
    Effect.gen(function* () {
      const server = yield* ApiServer.start({})
      for (const crd of crds) yield* createManifest(server.cluster, crd)
      for (const name of ["pi", "pie", "etl"]) {
        yield* createManifest(server.cluster, sparkPi(name) as never, "default")
      }
      const kubeconfig = join(mkdtempSync(join(tmpdir(), "firesteel-")), "kubeconfig")
      writeFileSync(kubeconfig, server.kubeconfig)
      const complete = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
        let out = ""
        const terminal = Terminal.make({
          columns: Effect.succeed(80),
          rows: Effect.succeed(24),
          size: Effect.never,
          readInput: Effect.never,
          readLine: Effect.never,
          display: (text) => Effect.sync(() => void (out += text)),
        })
        const command = commandsOf(hostIn({ KUBECONFIG: kubeconfig })).find(({ name }) => name === "__complete")
        yield* command!
          .run(words)
          .pipe(Effect.provideService(Terminal.Terminal, terminal), Effect.provide(NodeServices.layer))
        return out
      })
      assert.strictEqual(yield* complete("logs", "pi"), "pi\npie\n:4\n")
      assert.strictEqual(yield* complete("status", "app/e"), "app/etl\n:4\n")
      assert.strictEqual(yield* complete("status", "s"), "schedule/\n:6\n")
      assert.strictEqual(yield* complete("list", "--output=j"), "json\n:4\n")
      assert.strictEqual(yield* complete("list", "--namespace=def"), "default\n:4\n")
      assert.strictEqual(yield* complete("run", "--file="), ":0\n")
      assert.strictEqual(yield* complete("list", "-n", "def"), "default\n:4\n")
      assert.match(yield* complete("list", "--context", ""), /^\S+\n:4\n$/)
      assert.strictEqual(yield* complete("run", "-f", ""), ":0\n")
      assert.strictEqual(yield* complete("rerun", "--kubeconfig", "/nowhere", "p"), ":4\n")
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it("works in bash, also where = and : divide words", () => {
    const directory = mkdtempSync(join(tmpdir(), "firesteel-"))
    // Answers with the words that it is given, so that it is seen what bash makes of them.
    const fake = `#!/bin/sh
[ "$*" = "__complete sta" ] && printf 'status\\tShow\\nstop\\tStop\\n:4\\n'
[ "$*" = "__complete list --context=arn:aws:e" ] && printf 'arn:aws:eks\\narn:aws:ec2\\n:4\\n'
[ "$*" = "__complete list --output " ] && printf 'json\\nyaml\\n:4\\n'
true
`
    writeFileSync(join(directory, "firesteel"), fake, { mode: 0o755 })
    const env = { PATH: `${directory}:${process.env["PATH"]}` }
    const replies = (line: string) => {
      const script = `${scripts.bash}\nCOMP_LINE=$1 COMP_POINT=\${#1}; _firesteel; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync("bash", ["--norc", "-c", script, "bash", line], { env, encoding: "utf8" }).trim().split("\n")
    }
    assert.deepStrictEqual(replies("firesteel sta"), ["status"])
    assert.deepStrictEqual(replies("firesteel list --context=arn:aws:e"), ["eks", "ec2"])
    assert.deepStrictEqual(replies("firesteel list --output "), ["json", "yaml"])
  })
})
