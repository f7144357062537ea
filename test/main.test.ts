/** The process as a whole: what it prints, and with which exit code it ends. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "..")

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `firesteel …` with nothing in the environment but what a process needs. */
const firesteel = (...args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((done) => {
    const env = { PATH: process.env["PATH"], HOME: "/nonexistent" }
    execFile(process.execPath, [resolve(root, "src/main.ts"), ...args], { env }, (error, out, err) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    )
  })

describe("firesteel", { concurrent: true }, () => {
  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"))
    assert.deepStrictEqual(await firesteel("version"), { code: 0, out: `${version}\n`, err: "" })
  })

  it("explains itself when called without a command", async () => {
    const { code, out } = await firesteel()
    assert.strictEqual(code, 0)
    for (const command of ["operator", "local", "crds", "generate", "version", "help"])
      assert.include(out, `  ${command}`)
  })

  it("ends with 2 and one line per mistake when the command line is wrong", async () => {
    assert.deepStrictEqual(
      await firesteel("operator", "--log-level=loud", "--request-timeout", "soon", "--naemspaces=a"),
      {
        code: 2,
        out: "",
        err: [
          "--naemspaces: is not a flag of this command; did you mean --namespaces?",
          '--request-timeout: "soon" does not fit; use a duration such as 30s, 5m or 1h30m',
          '--log-level: "loud" does not fit; use trace, debug, info, warn or error',
          "",
        ].join("\n"),
      },
    )
    assert.deepStrictEqual(await firesteel("loacl"), {
      code: 2,
      out: "",
      err: '"loacl" is not a command; did you mean local?\n',
    })
    assert.strictEqual((await firesteel("crds", "--all")).code, 2)
  })

  it("prints the definitions that are in crds/", async () => {
    const { code, out } = await firesteel("crds")
    assert.strictEqual(code, 0)
    assert.strictEqual(out, readFileSync(resolve(root, "crds/sparkoperator.k8s.io_sparkapplications.yaml"), "utf8"))
  })

  it("ends with 1 and one line when the cluster cannot be reached", async () => {
    const { code, err } = await firesteel("operator", "--kubeconfig=/nonexistent/kubeconfig")
    assert.strictEqual(code, 1)
    assert.include(err, "/nonexistent/kubeconfig")
    assert.strictEqual(err.trimEnd().split("\n").length, 1)
    assert.strictEqual(JSON.parse(err).level, "fatal")
  })
})
