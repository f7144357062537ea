/** The process as a whole: its output and its exit code. */

import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const root = resolve(import.meta.dirname, "..")

/** Node keeps compiled modules here between the processes of these tests. */
const compileCache = join(tmpdir(), "firesteel-compile-cache")

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `firesteel …` in `cwd`, with nothing in the environment but what a process needs. */
const start = (args: ReadonlyArray<string>, cwd: string) => {
  const { promise: ended, resolve: done } = Promise.withResolvers<Ended>()
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent", NODE_COMPILE_CACHE: compileCache }
  const child = execFile(process.execPath, [resolve(root, "src/main.ts"), ...args], { env, cwd }, (error, out, err) =>
    done({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
  )
  return { child, ended }
}
const firesteel = (...args: ReadonlyArray<string>) => start(args, root).ended

/** A new directory with one file. */
const directoryWith = (name: string, content: string): string => {
  const directory = mkdtempSync(join(tmpdir(), "firesteel-"))
  writeFileSync(join(directory, name), content)
  return directory
}

/** Free ports: tests run in parallel, and a local mode may be running on this machine. */
const anyPorts = ["--api-port=0", "--metrics-bind-address=127.0.0.1:0", "--health-probe-bind-address=127.0.0.1:0"]

const application = (expect: string) => `
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata:
  name: quick
  annotations: { local.firesteel.dev/expect: ${expect} }
spec:
  type: Scala
  sparkVersion: 4.0.1
  mainClass: Pi
  mainApplicationFile: local:///pi.jar
  image: spark
  driver: { annotations: { local.firesteel.dev/pull-seconds: "0.1", local.firesteel.dev/run-seconds: "0.1" } }
  executor: { instances: 1 }
`

describe("firesteel", { concurrent: true, timeout: 60_000 }, () => {
  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"))
    assert.deepStrictEqual(await firesteel("version"), { code: 0, out: `${version}\n`, err: "" })
  })

  it("prints its usage when called without a command", async () => {
    const { code, out } = await firesteel()
    assert.strictEqual(code, 0)
    for (const command of ["operator", "local", "migrate check", "render", "crds", "version", "help"])
      assert.include(out, `  ${command}`)
  })

  it("checks manifests for a migration, and exits with a code that tells whether they have problems", async () => {
    const kubeflow = "test/cli/migration/kubeflow"
    assert.deepStrictEqual(await firesteel("migrate", "check", "-f", `${kubeflow}/spark-pi.yaml`), {
      code: 0,
      out: `ok      SparkApplication default/spark-pi (${kubeflow}/spark-pi.yaml)\n\n1 object checked: 1 ok, 0 warnings, 0 problems.\n`,
      err: "",
    })
    const broken = join(mkdtempSync(join(tmpdir(), "firesteel-")), "broken.yaml")
    const connect = readFileSync(resolve(root, kubeflow, "spark-connect.yaml"), "utf8")
    writeFileSync(broken, connect.replace("sparkVersion: 4.0.0", "sparkVersion: 1.6.0"))
    const all = await firesteel("migrate", "check", `--filename=${kubeflow}`, "-f", broken, "--output=json")
    assert.strictEqual(all.code, 1)
    assert.strictEqual(JSON.parse(all.out).summary.problem, 1, "a server of an unknown Spark")
    const missing = await firesteel("migrate", "check", "-f", "nowhere.yaml")
    assert.deepStrictEqual([missing.code, missing.out], [2, ""])
    assert.include(missing.err, "nowhere.yaml cannot be read")
  })

  it("exits with 2 and one line per mistake when the command line is not valid", async () => {
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

  it("exits with 2 when settings contradict each other, and reports them with all other mistakes", async () => {
    const args = ["--log-level=loud", "--metrics-tls-cert-file=tls.crt", "--leader-elect"]
    assert.deepStrictEqual(await firesteel("operator", ...args), {
      code: 2,
      out: "",
      err: [
        '--log-level: "loud" does not fit; use trace, debug, info, warn or error',
        "--metrics-tls-cert-file: needs --metrics-tls-key-file, the key of the certificate",
        "--leader-elect-resource-namespace: is required where POD_NAMESPACE is not set; or use --leader-elect=false for a single replica",
        "",
      ].join("\n"),
    })
    const local = await firesteel("local", "--once", "--metrics-tls-key-file=tls.key")
    assert.deepStrictEqual(
      [local.code, local.err],
      [2, "--metrics-tls-key-file: needs --metrics-tls-cert-file, the certificate of the key\n"],
    )
  })

  it("prints the definitions that are in crds/", async () => {
    const { code, out } = await firesteel("crds")
    assert.strictEqual(code, 0)
    const files = [
      "sparkoperator.k8s.io_sparkapplications",
      "sparkoperator.k8s.io_scheduledsparkapplications",
      "sparkoperator.k8s.io_sparkconnects",
      "firesteel.dev_sparkhistoryservers",
    ].map((name) => readFileSync(resolve(root, `crds/${name}.yaml`), "utf8"))
    assert.strictEqual(out, files.join("---\n"))
  })

  it("renders an application without a cluster; remarks go to standard error, and a problem is exit code 1", async () => {
    const directory = directoryWith("app.yaml", application("COMPLETED"))
    const good = await start(["render", "-f", "app.yaml"], directory).ended
    assert.deepStrictEqual([good.code, good.err], [0, ""])
    assert.match(good.out, /^---\n# driver\napiVersion: v1\nkind: Pod\n/)
    writeFileSync(join(directory, "bad.yaml"), application("COMPLETED").replace("mainClass: Pi", "mainClass: ''"))
    const bad = await start(["render", "--file=bad.yaml"], directory).ended
    assert.deepStrictEqual([bad.code, bad.out], [1, ""])
    assert.match(bad.err, /^bad.yaml: quick: problem: spec.mainClass: /)
    const missing = await start(["render"], directory).ended
    assert.deepStrictEqual([missing.code, missing.err.split("\n").length], [2, 2])
    assert.strictEqual((await start(["render", "-f", "nowhere.yaml"], directory).ended).code, 2)
  })

  it("exits with 1 and one line when the cluster cannot be reached", async () => {
    const { code, err } = await firesteel("operator", "--kubeconfig=/nonexistent/kubeconfig")
    assert.strictEqual(code, 1)
    assert.include(err, "/nonexistent/kubeconfig")
    assert.strictEqual(err.trimEnd().split("\n").length, 1)
    assert.strictEqual(JSON.parse(err).level, "fatal")
  })

  it("exits with 0 when it is stopped", async () => {
    const nobody = { clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }], users: [] }
    const contexts = { contexts: [{ name: "c", context: { cluster: "c", user: "" } }], "current-context": "c" }
    const directory = directoryWith("kubeconfig", JSON.stringify({ ...nobody, ...contexts }))
    const off = ["--metrics-bind-address=0", "--health-probe-bind-address=0"]
    const { child, ended } = start(["operator", "--kubeconfig=kubeconfig", ...off], directory)
    child.stderr?.once("data", () => child.kill("SIGTERM"))
    const { code, err } = await ended
    assert.strictEqual(code, 0)
    assert.include(err, "127.0.0.1:1", "it said what it could not reach, and waited")
  })

  it("runs manifests to their end and exits with a code that tells whether they ended as declared", async () => {
    const local = (expect: string) =>
      start(["local", "--examples=.", "--once", ...anyPorts], directoryWith("app.yaml", application(expect))).ended
    const [good, bad] = await Promise.all([local("COMPLETED"), local("FAILED")])
    assert.include(good.out, "1 of 1 applications reached the expected state")
    assert.strictEqual(good.code, 0)
    assert.include(bad.out, "0 of 1 applications reached the expected state")
    assert.strictEqual(bad.code, 1)
    assert.strictEqual(good.err, "")
  })

  it("rejects manifests that the cluster would reject", async () => {
    const directory = directoryWith(
      "app.yaml",
      application("COMPLETED").replace("mainApplicationFile", "mainAplicationFile"),
    )
    const { code, err } = await start(["local", "--examples=.", "--once", ...anyPorts], directory).ended
    assert.strictEqual(code, 1)
    assert.match(err, /^app\.yaml \(quick\): .*unknown field "spec\.mainAplicationFile"/)
  })
})
