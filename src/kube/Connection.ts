/**
 * Which API server to talk to and as whom: an explicit kubeconfig, `$KUBECONFIG`, `~/.kube/config`, or the pod's service
 * account, in this order. Errors name the file and the remedy.
 */

import { access, readFile } from "node:fs/promises"
import type { Agent } from "node:http"
import { isIPv6 } from "node:net"
import { delimiter, join } from "node:path"
import { Effect } from "effect"
import * as Authentication from "./Authentication.ts"
import * as KubeconfigFiles from "./KubeconfigFiles.ts"
import { ConnectionError, type Environment, type Target } from "./Target.ts"

export { ConnectionError, type Environment } from "./Target.ts"

export interface ConnectionOptions {
  /** Says where to look (`KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST` and `_PORT`), and is passed to exec plugins. */
  readonly environment: Environment
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
  readonly credentials: Authentication.CredentialSource
  /** Sends requests through the proxy of the kubeconfig. Absent: there is none. */
  readonly proxy?: Agent | undefined
  /** The agent of the proxy belongs to another client, which closes it. */
  readonly isShared?: boolean | undefined
}

const serviceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount"

const exists = (file: string) =>
  Effect.promise(() =>
    access(file).then(
      () => true,
      () => false,
    ),
  )

/** Files that exist are merged. As in kubectl, missing files of a list are skipped, unless all are missing. */
const fromFiles = Effect.fnUntraced(function* (files: ReadonlyArray<string>, context: string | undefined) {
  const present = yield* Effect.filter(files, exists)
  return yield* KubeconfigFiles.target(present.length === 0 ? files.slice(0, 1) : present, context)
})

/** The pod's service account: the server from the environment, CA and token from the mounted volume. */
const inCluster = Effect.fnUntraced(function* (host: string, port: string, serviceAccount: string) {
  const namespace = yield* Effect.promise(() => readFile(`${serviceAccount}/namespace`, "utf8").catch(() => "default"))
  return {
    cluster: {
      name: "in-cluster",
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      caFile: `${serviceAccount}/ca.crt`,
      skipTLSVerify: false,
    },
    user: {
      name: "service-account",
      authProvider: { name: "tokenFile", config: { tokenFile: `${serviceAccount}/token` } },
    },
    exec: undefined,
    impersonation: {},
    userName: "the pod's service account",
    namespace: namespace.trim(),
  } satisfies Target
})

/** The files of `$KUBECONFIG`. */
const listedFiles = (environment: Environment): ReadonlyArray<string> =>
  environment["KUBECONFIG"]?.split(delimiter).filter((file) => file !== "") ?? []

/** `~/.kube/config`; undefined without a home. */
const usualFile = (environment: Environment): string | undefined => {
  const home = environment["HOME"] || environment["USERPROFILE"] || undefined
  return home === undefined ? undefined : join(home, ".kube", "config")
}

/** The kubeconfigs that are looked at, whether they exist or not. */
export const kubeconfigFiles = ({
  environment,
  kubeconfig,
}: Pick<ConnectionOptions, "environment" | "kubeconfig">): ReadonlyArray<string> => {
  if (kubeconfig !== undefined) return [kubeconfig]
  const listed = listedFiles(environment)
  return listed.length > 0 ? listed : [usualFile(environment)].filter((file) => file !== undefined)
}

const locate = Effect.fnUntraced(function* (options: ConnectionOptions): Effect.fn.Return<Target, ConnectionError> {
  if (options.kubeconfig !== undefined) return yield* fromFiles([options.kubeconfig], options.context)
  const { environment } = options
  const listed = listedFiles(environment)
  if (listed.length > 0) return yield* fromFiles(listed, options.context)
  const usual = usualFile(environment)
  if (usual !== undefined && (yield* exists(usual))) return yield* fromFiles([usual], options.context)
  const host = environment["KUBERNETES_SERVICE_HOST"]
  const port = environment["KUBERNETES_SERVICE_PORT"] || "443"
  const serviceAccount = options.serviceAccount ?? serviceAccountMount
  if (host && (yield* exists(`${serviceAccount}/token`))) return yield* inCluster(host, port, serviceAccount)
  return yield* new ConnectionError({
    message: `no cluster to connect to: ${usual ?? "~/.kube/config"} does not exist, KUBECONFIG is not set, and this process does not run in a pod with a service account. Pass --kubeconfig`,
  })
})

/** Finds the cluster and reads the credentials once, so that a wrong file fails at start-up. */
export const connect = Effect.fnUntraced(function* (
  options: ConnectionOptions,
): Effect.fn.Return<Connection, ConnectionError> {
  const target = yield* locate(options)
  const authentication = yield* Authentication.make(target, options.environment)
  return { server: target.cluster.server, namespace: target.namespace, ...authentication }
})
