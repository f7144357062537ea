/**
 * What a user of a kubeconfig presents to the API server: headers and TLS material, from inline data, files, or an exec
 * plugin. Files are read again after a minute (service account tokens and certificates rotate). Plugins run again when
 * their credential has expired or the server refused it.
 */

import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { Clock, Effect, Schema, Semaphore } from "effect"
import type { Exec, Target } from "./Kubeconfig.ts"

/** There is no way to connect to the API server; the message says what to do about it. */
export class ConnectionError extends Schema.TaggedError<ConnectionError>()("ConnectionError", {
  message: Schema.String,
}) {}

/** Environment variables, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** `Impersonate-Group` may occur more than once; every other header is single. */
  readonly groups: ReadonlyArray<string>
  readonly tls: Tls
}

export interface CredentialSource {
  /** Cached; concurrent callers share one read. */
  readonly current: Effect.Effect<Credentials, ConnectionError>
  /** The server answered 401: read everything again next time. */
  readonly forget: Effect.Effect<void>
}

const rereadSeconds = 60

/** Credentials of `target`, read lazily and cached while they are valid. Exec plugins run with the variables of `environment`. */
export const make = (target: Target, environment: Environment): CredentialSource => {
  const lock = Semaphore.makeUnsafe(1)
  let kept: { readonly credentials: Credentials; readonly until: number } | undefined
  const read = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (kept !== undefined && now < kept.until) return kept.credentials
    const fresh = yield* load(target, environment)
    kept = { credentials: fresh.credentials, until: fresh.expires ?? now + rereadSeconds * 1000 }
    return fresh.credentials
  })
  return {
    current: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      return kept !== undefined && now < kept.until ? kept.credentials : yield* lock.withPermit(read)
    }),
    forget: Effect.sync(() => {
      kept = undefined
    }),
  }
}

const load = Effect.fnUntraced(function* (target: Target, environment: Environment) {
  const { cluster, user } = target
  const plugin = user.exec ? yield* runPlugin(target, user.exec, environment) : undefined
  const ca = yield* material(cluster["certificate-authority-data"], cluster["certificate-authority"])
  const cert =
    plugin?.clientCertificateData ?? (yield* material(user["client-certificate-data"], user["client-certificate"]))
  const key = plugin?.clientKeyData ?? (yield* material(user["client-key-data"], user["client-key"]))
  const tokenFile = user.tokenFile ? (yield* contentOf(user.tokenFile)).trim() : undefined
  const token = plugin?.token ?? tokenFile ?? user.token ?? undefined
  const basic = user.username ? Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64") : undefined
  const credentials: Credentials = {
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : basic ? { Authorization: `Basic ${basic}` } : {}),
      ...(user.as ? { "Impersonate-User": user.as } : {}),
    },
    groups: user["as-groups"] ?? [],
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(cluster["tls-server-name"] ? { servername: cluster["tls-server-name"] } : {}),
      ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    },
  }
  return { credentials, expires: plugin?.expires }
})

/** Inline base64 wins over the file, as in client-go. PEM text. */
const material = (data: string | null | undefined, file: string | null | undefined) =>
  data
    ? Effect.succeed(Buffer.from(data, "base64").toString("utf8"))
    : file
      ? contentOf(file)
      : Effect.succeed(undefined)

const contentOf = (file: string): Effect.Effect<string, ConnectionError> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => new ConnectionError({ message: `cannot read ${file}: ${String(cause)}` }),
  })

/** `client.authentication.k8s.io/v1` ExecCredential: the fields that a client reads. */
const ExecCredential = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.Struct({
      token: Schema.optionalKey(Schema.String),
      clientCertificateData: Schema.optionalKey(Schema.String),
      clientKeyData: Schema.optionalKey(Schema.String),
      expirationTimestamp: Schema.optionalKey(Schema.NullOr(Schema.String)),
    }),
  }),
)
const decodeCredential = Schema.decodeUnknownEffect(ExecCredential)

const runPlugin = Effect.fnUntraced(function* (target: Target, exec: Exec, environment: Environment) {
  const failed = (why: string) =>
    new ConnectionError({
      message: `exec plugin ${exec.command} for ${target.userName} failed: ${why}${exec.installHint ? `\n${exec.installHint}` : ""}`,
    })
  const { cluster } = target
  const info = {
    apiVersion: exec.apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? {
            cluster: {
              server: target.server,
              "tls-server-name": cluster["tls-server-name"] ?? undefined,
              "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"] ?? undefined,
              "certificate-authority-data": cluster["certificate-authority-data"] ?? undefined,
            },
          }
        : {}),
    },
  }
  const env = {
    ...environment,
    ...Object.fromEntries((exec.env ?? []).map((it) => [it.name, it.value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  }
  const output = yield* Effect.callback<string, ConnectionError>((resume) => {
    const child = execFile(exec.command, [...(exec.args ?? [])], { env }, (error, stdout, stderr) =>
      resume(error === null ? Effect.succeed(stdout) : Effect.fail(failed(stderr.trim() || error.message))),
    )
    return Effect.sync(() => child.kill())
  })
  const { status } = yield* decodeCredential(output).pipe(Effect.mapError((error) => failed(error.message)))
  const expires = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) : Number.POSITIVE_INFINITY
  return { ...status, expires }
})
