/** The published package: packed, installed with nothing else, and run as kubectl would run it. */

import { execFile, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { crds } from "../../src/api/Crds.ts"
import { createManifest } from "../../src/cli/local/LocalManifests.ts"
import * as ApiServer from "../../src/local/apiserver/http/ApiServer.ts"
import * as Certificates from "../support/Certificates.ts"
import { sparkPi } from "../support/OperatorBench.ts"
import { listening } from "../support/TlsServers.ts"

const root = resolve(import.meta.dirname, "../..")
const work = mkdtempSync(join(tmpdir(), "firesteel-bundle-"))
const bin = join(work, "prefix/node_modules/.bin")

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const exec = (program: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv = {}) =>
  new Promise<Ended>((done) => {
    const options = { cwd: work, env: { PATH: `${bin}:${process.env["PATH"]}`, HOME: work, ...env } }
    execFile(program, [...args], options, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    )
  })

const ok = async (program: string, ...args: ReadonlyArray<string>) => {
  const { code, out, err } = await exec(program, args)
  assert.strictEqual(code, 0, `${program} ${args.join(" ")}: ${err}`)
  return out
}

const cluster = Effect.gen(function* () {
  const server = yield* ApiServer.start({})
  for (const crd of crds) yield* createManifest(server.cluster, crd)
  yield* createManifest(server.cluster, sparkPi("pi") as never, "default")
  writeFileSync(join(work, "kubeconfig"), server.kubeconfig)
})

const jwt = (claims: object) =>
  [{ alg: "RS256", typ: "JWT" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")

/** An API server that has nothing, and the issuer of its users: `tokens` are those that it was sent. */
const withIssuer = Effect.gen(function* () {
  const tokens: Array<string | undefined> = []
  const server = createServer(Certificates.first, (request, response) => {
    response.setHeader("Content-Type", "application/json")
    if (request.url === "/.well-known/openid-configuration") {
      return response.end(JSON.stringify({ issuer: url, token_endpoint: `${url}/token` }))
    }
    if (request.url === "/token") {
      const id = jwt({ iss: url, aud: "firesteel", sub: "ann", iat: 1, exp: 9e9, n: "renewed" })
      return response.end(JSON.stringify({ access_token: "a", token_type: "Bearer", id_token: id }))
    }
    tokens.push(request.headers.authorization)
    return response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items: [] }))
  })
  const url = `https://127.0.0.1:${yield* listening(server)}`
  return { url, tokens }
})

beforeAll(async () => {
  await ok(process.execPath, join(root, "tools/bundle.ts"), join(work, "dist"))
  await ok("npm", "pack", "./dist", "--silent")
  const [archive = ""] = readdirSync(work).filter((file) => file.endsWith(".tgz"))
  mkdirSync(join(work, "prefix"))
  await ok("npm", "install", "--offline", "--no-audit", "--no-fund", "--silent", "--prefix=prefix", `./${archive}`)
}, 120_000)

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe("the package, installed", { timeout: 60_000 }, () => {
  it("has no dependencies", () => {
    assert.deepStrictEqual(
      readdirSync(join(work, "prefix/node_modules")).filter((name) => !name.startsWith(".")),
      ["firesteel"],
    )
  })

  it.live("is a plugin of kubectl that lists what a cluster has", () =>
    Effect.scoped(
      Effect.gen(function* () {
        yield* cluster
        const list = exec("kubectl-firesteel", ["list", "-o", "name"], { KUBECONFIG: "kubeconfig" })
        const { code, out } = yield* Effect.promise(() => list)
        assert.deepStrictEqual([code, out], [0, "sparkapplication.sparkoperator.k8s.io/pi\n"])
      }),
    ),
  )

  it.live("authenticates with exec plugins and OpenID Connect, whose libraries are in it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url, tokens } = yield* withIssuer
        const credential = {
          apiVersion: "client.authentication.k8s.io/v1",
          kind: "ExecCredential",
          status: { token: "t" },
        }
        writeFileSync(join(work, "login"), `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`, { mode: 0o755 })
        const oidc = {
          "id-token": jwt({ iss: url, exp: 1 }),
          "refresh-token": "r",
          "client-id": "firesteel",
          "idp-issuer-url": url,
        }
        const users = [
          { name: "exec", user: { exec: { command: "./login", apiVersion: credential.apiVersion } } },
          { name: "oidc", user: { "auth-provider": { name: "oidc", config: oidc } } },
        ]
        const authority = Buffer.from(Certificates.first.cert).toString("base64")
        const clusters = [{ name: "c", cluster: { server: url, "certificate-authority-data": authority } }]
        const contexts = users.map(({ name }) => ({ name, context: { cluster: "c", user: name } }))
        writeFileSync(join(work, "logins"), JSON.stringify({ clusters, contexts, users }))
        writeFileSync(join(work, "ca.pem"), Certificates.first.cert)
        const env = { KUBECONFIG: "logins", NODE_EXTRA_CA_CERTS: "ca.pem" }
        for (const context of ["exec", "oidc"]) {
          const list = exec("kubectl-firesteel", ["list", "-o", "name", "--context", context], env)
          assert.deepStrictEqual(yield* Effect.promise(() => list), { code: 0, out: "", err: "" }, context)
        }
        assert.strictEqual(tokens[0], "Bearer t")
        assert.include(Buffer.from(tokens[1]!.split(".")[1]!, "base64url").toString(), '"n":"renewed"')
      }),
    ),
  )

  it("says how it is called", async () => {
    assert.include(await ok("kubectl-firesteel", "help"), "Usage: kubectl firesteel <command> [flags]")
    assert.include(await ok("firesteel", "help", "run"), "Usage: firesteel run -f FILE [flags]")
  })

  it("completes the command lines of kubectl", async () => {
    assert.strictEqual(await ok("kubectl_complete-firesteel", "list", "conn"), "connects\n:4\n")
  })

  it("runs local mode with its own examples", async () => {
    const only = join(work, "prefix/node_modules/firesteel/examples/spark-pi.yaml")
    const addresses = ["metrics", "health-probe", "console"].map((name) => `--${name}-bind-address=127.0.0.1:0`)
    const ports = ["--api-port=0", ...addresses]
    assert.include(
      await ok("firesteel", "local", "--once", `--examples=${only}`, ...ports),
      "1 of 1 applications reached the expected state",
    )

    const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: work }
    const local = spawn("firesteel", ["local", `--examples=${only}`, ...ports], { cwd: work, env })
    try {
      const url = await new Promise<string>((found, failed) => {
        local.stdout.on("data", (text: Buffer) => {
          const address = /^console +(\S+)$/m.exec(text.toString())?.[1]
          if (address !== undefined) found(address)
        })
        local.once("exit", (code) => failed(new Error(`local mode has ended with ${code}`)))
      })
      const page = await (await fetch(`${url}/assets/Main.js`)).text()
      assert.match(page, /from "\/assets\/preact\.mjs"/)
    } finally {
      local.kill()
    }
  })
})
