/**
 * One or more kubeconfig files, and the cluster and user that a context of them selects. client-node reads the files; the rest is here:
 * merging as kubectl does it (kubernetes.io/docs, "Merging kubeconfig files"), fields and rules that client-node lacks, and messages that
 * name the file and the remedy.
 */

import { readFile } from "node:fs/promises"
import { delimiter, dirname, resolve } from "node:path"
import { Effect, Result, Schema } from "effect"
import { parse } from "yaml"
import * as ClientNode from "./ClientNode.ts"
import { Exec } from "./ExecPlugin.ts"
import * as OidcProvider from "./OidcProvider.ts"
import * as ServerAddress from "./ServerAddress.ts"
import { ConnectionError, type Headers, type Target } from "./Target.ts"

const text = Schema.optionalKey(Schema.NullOr(Schema.String))
const listOf = <S extends Schema.Top>(item: S) => Schema.optionalKey(Schema.NullOr(Schema.Array(item)))

/** Fields of a user that client-node drops or does not check. */
const UserFields = Schema.Struct({
  tokenFile: text,
  "as-uid": text,
  "as-groups": listOf(Schema.String),
  "as-user-extra": Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Array(Schema.String)))),
  exec: Schema.optionalKey(Schema.NullOr(Exec)),
  "auth-provider": Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({
        name: Schema.String,
        config: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown))),
      }),
    ),
  ),
})
type UserFields = typeof UserFields.Type

const Named = Schema.Struct({ name: Schema.String })
const File = Schema.Struct({
  clusters: listOf(Named),
  contexts: listOf(Named),
  users: listOf(Schema.Struct({ name: Schema.String, user: Schema.optionalKey(Schema.NullOr(UserFields)) })),
})
const decode = Schema.decodeUnknownResult(File)

interface Loaded {
  readonly config: ClientNode.KubeConfig
  /** By the name of the user. File names are absolute, or relative to the working directory if the kubeconfig's is. */
  readonly fields: ReadonlyMap<string, UserFields>
}

const failed = (message: string) => new ConnectionError({ message })

const load = Effect.fnUntraced(function* (file: string): Effect.fn.Return<Loaded, ConnectionError> {
  const content = yield* Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) =>
      failed(
        cause instanceof Error && "code" in cause && cause.code === "ENOENT"
          ? `kubeconfig ${file} does not exist`
          : `cannot read kubeconfig ${file}: ${String(cause)}`,
      ),
  })
  const parsed = yield* Effect.try({
    try: (): unknown => parse(content) ?? {},
    catch: (cause) => failed(`kubeconfig ${file} is not valid YAML: ${cause instanceof Error ? cause.message : ""}`),
  })
  const { users } = yield* Effect.fromResult(
    Result.mapError(decode(parsed), (error) => failed(`kubeconfig ${file}: ${error.message}`)),
  )
  const config = yield* ClientNode.make
  yield* Effect.try({
    try: () => {
      // As JSON, because two YAML parsers need not agree. Incomplete entries matter only if the context selects them.
      config.loadFromString(JSON.stringify(parsed), { onInvalidEntry: "filter" })
      config.makePathsAbsolute(dirname(file))
    },
    catch: (cause) => failed(`kubeconfig ${file}: ${cause instanceof Error ? cause.message : String(cause)}`),
  })
  const fields = (users ?? []).map(({ name, user }) => [name, anchored(dirname(file), user ?? {})] as const)
  return { config, fields: new Map(fields.toReversed()) }
})

/** client-node makes paths of certificates absolute. A command with a path is relative to the file; a bare name is searched on the PATH. */
const anchored = (directory: string, user: UserFields): UserFields => {
  const absolute = (file: string) => resolve(directory, file)
  const { tokenFile, exec } = user
  return {
    ...user,
    ...(tokenFile ? { tokenFile: absolute(tokenFile) } : {}),
    ...(exec?.command.includes("/") ? { exec: { ...exec, command: absolute(exec.command) } } : {}),
  }
}

/**
 * The target of a context, by default the current one. kubectl's rule: the first file that has a cluster, context, user or current context
 * of a name wins; client-node's own merge refuses duplicates and lets the last current context win.
 */
export const target = Effect.fnUntraced(function* (
  files: ReadonlyArray<string>,
  wanted: string | undefined,
): Effect.fn.Return<Target, ConnectionError> {
  const source = `kubeconfig ${files.join(delimiter)}`
  const loaded = yield* Effect.forEach(files, load)
  const configs = loaded.map(({ config }) => config)
  const contexts = configs.flatMap((config) => config.contexts)
  const names = contexts.length === 0 ? "there are none" : `contexts are ${contexts.map((it) => it.name).join(", ")}`
  const name = wanted ?? configs.map((config) => config.currentContext).find(Boolean)
  if (!name) return yield* failed(`${source} has no current-context; ${names}. Choose one with --context`)
  const context = contexts.find((it) => it.name === name)
  if (context === undefined) return yield* failed(`context ${name} not found in ${source}; ${names}`)
  const cluster = configs.flatMap((config) => config.clusters).find((it) => it.name === context.cluster)
  if (!cluster) return yield* failed(`${source} has no server for cluster ${context.cluster} of context ${name}`)
  const user = configs.flatMap((config) => config.users).find((it) => it.name === context.user)
  if (context.user && !user) return yield* failed(`user ${context.user} of context ${name} not found in ${source}`)
  const fields = loaded.map((it) => it.fields.get(context.user)).find((it) => it !== undefined) ?? {}

  const refused = (problem: string) => failed(`${source}: ${problem}`)
  return {
    cluster: yield* Effect.fromResult(Result.mapError(ServerAddress.checked(cluster), refused)),
    user: yield* Effect.fromResult(Result.mapError(userOf(user ?? { name: "" }, fields), refused)),
    exec: fields.exec ?? undefined,
    impersonation: yield* Effect.fromResult(Result.mapError(impersonation(user?.impersonateUser, fields), refused)),
    userName: `user ${context.user || "(none)"} of ${source}`,
    namespace: context.namespace || "default",
  }
})

/**
 * The user with one kind of token: of several, client-node sends the one that is written into the file, kubectl the one that is renewed.
 * Likewise inline data are preferred to files.
 */
const userOf = (user: ClientNode.User, fields: UserFields): Result.Result<ClientNode.User, string> => {
  const { name, username, password, impersonateUser, certData, certFile, keyData, keyFile, token } = user
  const base: ClientNode.User = {
    name,
    ...(username ? { username, password: password ?? "" } : {}),
    ...(impersonateUser ? { impersonateUser } : {}),
    ...(certData ? { certData } : certFile ? { certFile } : {}),
    ...(keyData ? { keyData } : keyFile ? { keyFile } : {}),
  }
  const provider = fields["auth-provider"]
  if (fields.exec) return Result.succeed({ ...base, exec: fields.exec })
  if (fields.tokenFile) {
    // client-node reads a file again only for this provider, which a service account has.
    return Result.succeed({ ...base, authProvider: { name: "tokenFile", config: { tokenFile: fields.tokenFile } } })
  }
  if (!provider) return Result.succeed(token ? { ...base, token } : base)
  return provider.name === "oidc"
    ? OidcProvider.prepared(base, provider.config ?? {})
    : Result.fail(
        `auth-provider ${provider.name} is not supported (kubectl removed it too); use an exec plugin such as kubelogin`,
      )
}

/** The headers that client-go sends besides `Impersonate-User`. */
const impersonation = (as: string | undefined, fields: UserFields): Result.Result<Headers, string> => {
  const { "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = fields
  const headers = {
    ...(uid ? { "Impersonate-Uid": uid } : {}),
    ...(groups && groups.length > 0 ? { "Impersonate-Group": groups } : {}),
    ...Object.fromEntries(
      Object.entries(extra ?? {}).map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
    ),
  }
  return as || Object.keys(headers).length === 0
    ? Result.succeed(headers)
    : Result.fail("as-uid, as-groups and as-user-extra need as, the user that is impersonated")
}
