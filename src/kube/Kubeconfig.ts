/**
 * The kubeconfig format: what one or more files contain, and which cluster and user their current context selects.
 * Pure: text in, `Target` out. Merging and path rules are kubectl's (kubernetes.io/docs, "Merging kubeconfig files").
 */

import { dirname, isAbsolute, join } from "node:path"
import { Option, Result, Schema } from "effect"
import { parse } from "yaml"

const text = Schema.optionalKey(Schema.NullOr(Schema.String))
const flag = Schema.optionalKey(Schema.NullOr(Schema.Boolean))
const listOf = <S extends Schema.Top>(item: S) => Schema.optionalKey(Schema.NullOr(Schema.Array(item)))

const Cluster = Schema.Struct({
  server: text,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
})
export type Cluster = typeof Cluster.Type

const Exec = Schema.Struct({
  command: Schema.String,
  args: listOf(Schema.String),
  env: listOf(Schema.Struct({ name: Schema.String, value: Schema.String })),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: flag,
})
export type Exec = typeof Exec.Type

const User = Schema.Struct({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  "as-groups": listOf(Schema.String),
  exec: Schema.optionalKey(Schema.NullOr(Exec)),
  "auth-provider": Schema.optionalKey(Schema.NullOr(Schema.Struct({ name: Schema.String }))),
})
export type User = typeof User.Type

const Context = Schema.Struct({ cluster: Schema.String, user: text, namespace: text })

const Kubeconfig = Schema.Struct({
  "current-context": text,
  clusters: listOf(Schema.Struct({ name: Schema.String, cluster: Cluster })),
  contexts: listOf(Schema.Struct({ name: Schema.String, context: Context })),
  users: listOf(Schema.Struct({ name: Schema.String, user: Schema.optionalKey(Schema.NullOr(User)) })),
})
export type Kubeconfig = typeof Kubeconfig.Type

/** Where to connect and as whom. File names are absolute. */
export interface Target {
  readonly server: string
  readonly cluster: Cluster
  readonly user: User
  /** For messages: the user and its file. */
  readonly userName: string
  readonly namespace: string
}

const decode = Schema.decodeUnknownResult(Kubeconfig)

/** Parses the content of `file`; relative file names in it become absolute. Fails with a sentence that names the file. */
export const read = (file: string, content: string): Result.Result<Kubeconfig, string> =>
  Result.try({
    try: (): unknown => parse(content) ?? {},
    catch: (cause) => `kubeconfig ${file} is not valid YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
  }).pipe(
    Result.flatMap((value) => Result.mapError(decode(value), (error) => `kubeconfig ${file}: ${error.message}`)),
    Result.map((config) => anchored(dirname(file), config)),
  )

/** kubectl's rule: the first file that names a cluster, context, user or the current context wins. */
export const merge = (configs: ReadonlyArray<Kubeconfig>): Kubeconfig => ({
  "current-context": configs.map((config) => config["current-context"]).find(Boolean) ?? null,
  clusters: configs.flatMap((config) => config.clusters ?? []),
  contexts: configs.flatMap((config) => config.contexts ?? []),
  users: configs.flatMap((config) => config.users ?? []),
})

/** The cluster and user of a context. Fails with a sentence that names what is missing and lists what exists. */
export const select = (
  config: Kubeconfig,
  wanted: string | undefined,
  source: string,
): Result.Result<Target, string> => {
  const contexts = config.contexts ?? []
  const names = contexts.length === 0 ? "there are none" : `contexts are ${contexts.map((it) => it.name).join(", ")}`
  const name = wanted ?? config["current-context"]
  if (!name) return Result.fail(`${source} has no current-context; ${names}. Choose one with --context`)
  const context = contexts.find((it) => it.name === name)?.context
  if (context === undefined) return Result.fail(`context ${name} not found in ${source}; ${names}`)
  const cluster = config.clusters?.find((it) => it.name === context.cluster)?.cluster
  if (!cluster?.server) return Result.fail(`${source} has no server for cluster ${context.cluster} of context ${name}`)
  const user = config.users?.find((it) => it.name === context.user)
  if (context.user && user === undefined) {
    return Result.fail(`user ${context.user} of context ${name} not found in ${source}`)
  }
  return Option.match(unsupported(cluster, user?.user ?? {}), {
    onSome: (problem) => Result.fail(`${source}: ${problem}`),
    onNone: () =>
      Result.succeed({
        server: cluster.server!.replace(/\/+$/, ""),
        cluster,
        user: user?.user ?? {},
        userName: `user ${context.user ?? "(none)"} of ${source}`,
        namespace: context.namespace || "default",
      }),
  })
}

/** What other clients support and this one does not is reported, never ignored silently. */
const unsupported = (cluster: Cluster, user: User): Option.Option<string> => {
  if (cluster["proxy-url"]) return Option.some("proxy-url is not supported; reach the API server without a proxy")
  const provider = user["auth-provider"]
  if (provider) {
    return Option.some(
      `auth-provider ${provider.name} is not supported (kubectl removed it too); use an exec plugin such as kubelogin`,
    )
  }
  return Option.none()
}

const anchored = (directory: string, config: Kubeconfig): Kubeconfig => {
  const absolute = (file: string) => (isAbsolute(file) ? file : join(directory, file))
  const anchor = <A extends Cluster | User>(value: A, keys: ReadonlyArray<string>): A =>
    Object.fromEntries(
      Object.entries(value).map(([key, it]) => [key, keys.includes(key) && it ? absolute(String(it)) : it]),
    ) as A
  /** A command with a path is relative to the file; a bare name is searched on the PATH. */
  const anchorCommand = (user: User): User =>
    user.exec?.command.includes("/") ? { ...user, exec: { ...user.exec, command: absolute(user.exec.command) } } : user
  return {
    ...config,
    clusters: (config.clusters ?? []).map((it) => ({
      name: it.name,
      cluster: anchor(it.cluster, ["certificate-authority"]),
    })),
    users: (config.users ?? []).map((it) => ({
      name: it.name,
      user: anchorCommand(anchor(it.user ?? {}, ["client-certificate", "client-key", "tokenFile"])),
    })),
  }
}
