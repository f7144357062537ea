/**
 * Exec plugins of a kubeconfig (`client.authentication.k8s.io`). client-node runs them and reads what they print; this adds what it does
 * not do: the plugin gets `KUBERNETES_EXEC_INFO` and the environment of `ConnectionOptions`, has no standard input to wait for, is killed
 * when it is no longer needed, and its expiry and its errors are known.
 */

import { spawn } from "node:child_process"
import { Result, Schema } from "effect"
import type { KubeConfig } from "./ClientNode.ts"
import type { Environment, Target } from "./Target.ts"

const listOf = <S extends Schema.Top>(item: S) => Schema.optionalKey(Schema.NullOr(Schema.Array(item)))
const text = Schema.optionalKey(Schema.NullOr(Schema.String))

/** `users[].user.exec` of a kubeconfig. */
export const Exec = Schema.Struct({
  command: Schema.String,
  args: listOf(Schema.String),
  env: listOf(Schema.Struct({ name: Schema.String, value: Schema.String })),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
})
export type Exec = typeof Exec.Type

/** What a plugin did: filled while it runs. */
export interface Run {
  stdout: string
  stderr: string
  /** `exit code 3` or `signal SIGKILL`. Absent while it runs, and if it could not be started. */
  ended?: string
}

/** Lets `config` run the plugin as described above; `signal` kills it. */
export const supervise = (
  config: KubeConfig,
  target: Target,
  exec: Exec,
  environment: Environment,
  signal: AbortSignal,
): Run => {
  const run: Run = { stdout: "", stderr: "" }
  const env = {
    ...environment,
    ...Object.fromEntries((exec.env ?? []).map((it) => [it.name, it.value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info(target, exec)),
  }
  const start = (command: string, args: ReadonlyArray<string> | null | undefined) => {
    const child = spawn(command, args ?? [], { env, stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGKILL" })
    child.stdout.on("data", (chunk: string) => (run.stdout += chunk))
    child.stderr.on("data", (chunk: string) => (run.stderr += chunk))
    child.on("exit", (code, by) => (run.ended = code === null ? `signal ${by}` : `exit code ${code}`))
    // A process that the plugin leaves behind may hold its output open.
    signal.addEventListener("abort", () => (child.stdout.destroy(), child.stderr.destroy()))
    return child
  }
  // client-node's own tests replace this function in the same way; there is no public way to do it.
  const authenticators: ReadonlyArray<object> = config["authenticators"]
  for (const it of authenticators) if ("execFn" in it) it.execFn = start
  return run
}

const info = ({ cluster }: Target, exec: Exec) => ({
  apiVersion: exec.apiVersion ?? "client.authentication.k8s.io/v1",
  kind: "ExecCredential",
  spec: {
    interactive: false,
    ...(exec.provideClusterInfo === true
      ? {
          cluster: {
            server: cluster.server,
            "tls-server-name": cluster.tlsServerName ?? undefined,
            "insecure-skip-tls-verify": cluster.skipTLSVerify || undefined,
            "certificate-authority-data": cluster.caData ?? undefined,
            "proxy-url": cluster.proxyUrl ?? undefined,
          },
        }
      : {}),
  },
})

/** The fields of an `ExecCredential` that a client reads. */
const ExecCredential = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.Struct({
      token: Schema.optionalKey(Schema.String),
      clientCertificateData: Schema.optionalKey(Schema.String),
      clientKeyData: Schema.optionalKey(Schema.String),
      expirationTimestamp: text,
    }),
  }),
)
const decode = Schema.decodeUnknownResult(ExecCredential)

/** When the credential that the plugin printed expires, as milliseconds since the epoch. Fails with what is wrong with its output. */
export const expiry = (run: Run): Result.Result<number, string> =>
  Result.flatMap(
    Result.mapError(decode(run.stdout), (error) => `its output is not an ExecCredential: ${error.message}`),
    ({ status }) => {
      if (!status.token && !(status.clientCertificateData && status.clientKeyData)) {
        return Result.fail("it printed neither a token nor a client certificate with its key")
      }
      if (!status.expirationTimestamp) return Result.succeed(Number.POSITIVE_INFINITY)
      const millis = Date.parse(status.expirationTimestamp)
      return Number.isNaN(millis)
        ? Result.fail(`expirationTimestamp ${status.expirationTimestamp} is not a time`)
        : Result.succeed(millis)
    },
  )

/** Why it failed: its standard error or how it ended, what is wrong with its output, or why it could not be started. */
export const failure = (run: Run, cause: unknown): string => {
  const reason = cause instanceof Error ? cause.message : String(cause)
  if (run.ended === undefined) return reason
  if (run.ended !== "exit code 0") return run.stderr.trim() || run.ended
  return Result.match(expiry(run), { onFailure: (problem) => problem, onSuccess: () => reason })
}
