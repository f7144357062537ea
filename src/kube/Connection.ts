/**
 * Which API server to talk to and as whom: an explicit kubeconfig, `$KUBECONFIG`, `~/.kube/config`, or the pod's service
 * account, in this order. Errors name the file and the remedy.
 */

import { access, readFile } from "node:fs/promises"
import { isIPv6 } from "node:net"
import { delimiter, join } from "node:path"
import { Effect, Result } from "effect"
import * as Credentials from "./Credentials.ts"
import * as Kubeconfig from "./Kubeconfig.ts"

export { ConnectionError, type Environment } from "./Credentials.ts"

export interface ConnectionOptions {
  /** Says where to look (`KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST` and `_PORT`), and is passed to exec plugins. */
  readonly environment: Credentials.Environment
  /** A kubeconfig file. Absent: the usual places are searched. */
  readonly kubeconfig?: string | undefined
  /** A context of the kubeconfig. Absent: its current context. */
  readonly context?: string | undefined
  /** The directory with token, CA and namespace of the pod's service account. Default: where Kubernetes mounts them. */
  readonly serviceAccount?: string | undefined
}

export interface Connection {
  /** `https://host:port`, perhaps with a path prefix, without a slash at the end. */
  readonly server: string
  /** The namespace of the context, or of the pod. */
  readonly namespace: string
  readonly credentials: Credentials.CredentialSource
}

const serviceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount"

const exists = (file: string) =>
  Effect.promise(() =>
    access(file).then(
      () => true,
      () => false,
    ),
  )

const orFail = <A>(result: Result.Result<A, string>): Effect.Effect<A, Credentials.ConnectionError> =>
  Effect.fromResult(Result.mapError(result, (message) => new Credentials.ConnectionError({ message })))

const load = (file: string): Effect.Effect<Kubeconfig.Kubeconfig, Credentials.ConnectionError> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) =>
      new Credentials.ConnectionError({
        message:
          cause instanceof Error && "code" in cause && cause.code === "ENOENT"
            ? `kubeconfig ${file} does not exist`
            : `cannot read kubeconfig ${file}: ${String(cause)}`,
      }),
  }).pipe(Effect.flatMap((content) => orFail(Kubeconfig.read(file, content))))

/** Files that exist are merged. As in kubectl, missing files of a list are skipped, unless all are missing. */
const fromFiles = Effect.fnUntraced(function* (files: ReadonlyArray<string>, context: string | undefined) {
  const present = yield* Effect.filter(files, exists)
  const configs = yield* Effect.forEach(present.length === 0 ? files.slice(0, 1) : present, load)
  return yield* orFail(Kubeconfig.select(Kubeconfig.merge(configs), context, `kubeconfig ${files.join(delimiter)}`))
})

/** The pod's service account: the server from the environment, CA and token from the mounted volume. */
const inCluster = Effect.fnUntraced(function* (host: string, port: string, serviceAccount: string) {
  const namespace = yield* Effect.promise(() => readFile(`${serviceAccount}/namespace`, "utf8").catch(() => "default"))
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    cluster: { "certificate-authority": `${serviceAccount}/ca.crt` },
    user: { tokenFile: `${serviceAccount}/token` },
    userName: "the pod's service account",
    namespace: namespace.trim(),
  } satisfies Kubeconfig.Target
})

const locate = Effect.fnUntraced(function* (
  options: ConnectionOptions,
): Effect.fn.Return<Kubeconfig.Target, Credentials.ConnectionError> {
  if (options.kubeconfig !== undefined) return yield* fromFiles([options.kubeconfig], options.context)
  const { environment } = options
  const listed = environment["KUBECONFIG"]?.split(delimiter).filter((file) => file !== "") ?? []
  if (listed.length > 0) return yield* fromFiles(listed, options.context)
  const home = environment["HOME"] || environment["USERPROFILE"] || undefined
  const usual = home === undefined ? undefined : join(home, ".kube", "config")
  if (usual !== undefined && (yield* exists(usual))) return yield* fromFiles([usual], options.context)
  const host = environment["KUBERNETES_SERVICE_HOST"]
  const port = environment["KUBERNETES_SERVICE_PORT"] || "443"
  const serviceAccount = options.serviceAccount ?? serviceAccountMount
  if (host && (yield* exists(`${serviceAccount}/token`))) return yield* inCluster(host, port, serviceAccount)
  return yield* new Credentials.ConnectionError({
    message: `no cluster to connect to: ${usual ?? "~/.kube/config"} does not exist, KUBECONFIG is not set, and this process does not run in a pod with a service account. Pass --kubeconfig`,
  })
})

/** Finds the cluster and reads the credentials once, so that a wrong file fails at start-up. */
export const connect = Effect.fnUntraced(function* (
  options: ConnectionOptions,
): Effect.fn.Return<Connection, Credentials.ConnectionError> {
  const target = yield* locate(options)
  const credentials = Credentials.make(target, options.environment)
  yield* credentials.current
  return { server: target.server, namespace: target.namespace, credentials }
})
