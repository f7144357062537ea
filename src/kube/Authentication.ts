/**
 * What a `Target` presents to the API server: headers and TLS material. client-node gets them from inline data, files, exec plugins and
 * OpenID Connect; this decides when it does so again. Files are read after a minute (service account tokens and certificates rotate),
 * plugins run when their credential has expired, and everything is done again after the server has refused it.
 */

import type { Agent, OutgoingHttpHeaders } from "node:http"
import type { RequestOptions } from "node:https"
import { Cache, Clock, Effect, Exit, Result } from "effect"
import * as ClientNode from "./ClientNode.ts"
import * as ExecPlugin from "./ExecPlugin.ts"
import * as OidcProvider from "./OidcProvider.ts"
import { ConnectionError, type Environment, type Headers, type Target } from "./Target.ts"

/** PEM text, and how the server is verified. */
export interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export interface Credentials {
  readonly headers: Headers
  readonly tls: Tls
}

export interface CredentialSource {
  /** Cached; concurrent callers share one read. */
  readonly current: Effect.Effect<Credentials, ConnectionError>
  /** The server answered 401 to these: everything is read again next time, unless that has happened since. */
  readonly refused: (credentials: Credentials) => Effect.Effect<void>
}

export interface Authentication {
  readonly credentials: CredentialSource
  /** Sends requests through the proxy of the cluster; undefined without one. It belongs to the caller. */
  readonly proxy: Agent | undefined
}

const rereadSeconds = 60
/** Longest time for an exec plugin or an OpenID Connect issuer. A plugin may wait for a login in a browser. */
const timeoutSeconds = 60

/** Authenticates once, so that a wrong file fails at start-up. Exec plugins run with the variables of `environment`. */
export const make = Effect.fnUntraced(function* (
  target: Target,
  environment: Environment,
): Effect.fn.Return<Authentication, ConnectionError> {
  const cache = yield* Cache.makeWith(() => load(target, environment), {
    capacity: 1,
    timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.validMillis : 0),
  })
  const { agent } = yield* Cache.get(cache, "credentials")
  return {
    credentials: {
      current: Effect.map(Cache.get(cache, "credentials"), (it) => it.credentials),
      refused: (refused) => Cache.invalidateWhen(cache, "credentials", (it) => it.credentials === refused),
    },
    proxy: target.cluster.proxyUrl && typeof agent === "object" ? agent : undefined,
  }
})

/** A new `KubeConfig` each time: those of version 2.0.1 keep the first agent, and with it the first certificate, forever. */
const load = Effect.fnUntraced(function* (target: Target, environment: Environment) {
  const { cluster, user, exec } = target
  const config = yield* ClientNode.make
  config.loadFromClusterAndUser(cluster, user)
  const options: RequestOptions = { headers: {} }
  let plugin: ExecPlugin.Run | undefined
  const failed = (why: string) => new ConnectionError({ message: messageOf(target, why) })
  const keepTokens = OidcProvider.keepTokens(user)
  yield* Effect.tryPromise({
    try: (signal) => {
      plugin = exec && ExecPlugin.supervise(config, target, exec, environment, signal)
      return config.applyToHTTPSOptions(options)
    },
    catch: (cause) => failed(plugin === undefined ? describe(cause) : ExecPlugin.failure(plugin, cause)),
  }).pipe(
    Effect.timeoutOrElse({
      duration: timeoutSeconds * 1000,
      orElse: () => Effect.fail(failed(`not finished after ${timeoutSeconds} s`)),
    }),
  )
  keepTokens()
  if (user.authProvider?.name === "oidc" && !header(options, "Authorization")) {
    return yield* failed(OidcProvider.failure(user))
  }
  const now = yield* Clock.currentTimeMillis
  const validMillis =
    plugin === undefined
      ? Math.min(rereadSeconds * 1000, OidcProvider.expiry(user) - now)
      : (yield* Effect.fromResult(Result.mapError(ExecPlugin.expiry(plugin), failed))) - now
  return {
    credentials: { headers: headersOf(options, target), tls: tlsOf(options) },
    agent: options.agent,
    validMillis,
  }
})

const messageOf = ({ exec, user, userName }: Target, why: string): string => {
  if (exec) {
    const hint = exec.installHint ? `\n${exec.installHint}` : ""
    return `exec plugin ${exec.command} for ${userName} failed: ${why}${hint}`
  }
  return user.authProvider?.name === "oidc"
    ? `auth-provider oidc for ${userName} failed: ${why}`
    : `cannot read the credentials of ${userName}: ${why}`
}

/** The message with those of its causes, and what an OpenID Connect issuer says. */
const describe = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const said = "error_description" in cause ? `: ${String(cause.error_description)}` : ""
  const code = "error" in cause ? `: ${String(cause.error)}` : ""
  return `${cause.message}${code}${said}${cause.cause instanceof Error ? `: ${describe(cause.cause)}` : ""}`
}

const header = ({ headers }: RequestOptions, name: string): string | undefined => {
  const value = (headers as OutgoingHttpHeaders)[name]
  return value === undefined ? undefined : String(value)
}

/** Token files end with a newline, which client-node does not remove. Of a token and a password the token is sent, as kubectl does. */
const headersOf = (options: RequestOptions, { impersonation }: Target): Headers => {
  const basic = options.auth ? `Basic ${Buffer.from(options.auth).toString("base64")}` : undefined
  const authorization = header(options, "Authorization")?.trim() ?? basic
  const as = header(options, "Impersonate-User")
  return {
    ...(authorization ? { Authorization: authorization } : {}),
    ...(as ? { "Impersonate-User": as } : {}),
    ...impersonation,
  }
}

const tlsOf = ({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): Tls => ({
  ...(ca ? { ca: String(ca) } : {}),
  ...(cert ? { cert: String(cert) } : {}),
  ...(key ? { key: String(key) } : {}),
  ...(servername ? { servername } : {}),
  ...(rejectUnauthorized === false ? { rejectUnauthorized } : {}),
})
