/**
 * An in-memory Kubernetes cluster: the verbs of the API over immutable objects, and the controllers behind them. Verbs are
 * atomic; time comes from Effect's clock, so a whole cluster runs in virtual time.
 *
 * The scope of this API server is frozen: a kind or a verb is added only when the operator or its tests need it. It knows no custom
 * resource (they arrive as CustomResourceDefinitions through its API), no kubelet and no Spark (pods answer through a `PodBackend`).
 * What it answers is checked by `test/contract`, which runs the same tests on this server and on a real one.
 */

import { Clock, Effect, Result, type Scope } from "effect"
import { timestamp } from "../../kube/Time.ts"
import { type ApiError, type ConnectionLost, answer, methodNotAllowed, unsupportedMediaType } from "./ApiError.ts"
import { type ApiObject, withMetadata } from "./ApiObject.ts"
import { type ClusterState, makeIdentity, shown, stored } from "./ClusterState.ts"
import * as Deletion from "./Deletion.ts"
import { followDefinitions, runControllers } from "./GarbageCollector.ts"
import { withManagedFields } from "./patch/ManagedFields.ts"
import { jsonPatch, mergePatch } from "./patch/Patch.ts"
import { apply } from "./patch/ServerSideApply.ts"
import { strategicMerge } from "./patch/StrategicMerge.ts"
import { type PodBackend, silentPods } from "./PodBackend.ts"
import * as Reads from "./Reads.ts"
import { type KindRegistry, type ResourceKind, makeKindRegistry } from "./ResourceKind.ts"
import { answered } from "./Reviews.ts"
import { builtInKinds } from "./schema/BuiltInKinds.ts"
import * as Storage from "./Storage.ts"
import * as Writes from "./Writes.ts"

export type PatchType = "merge" | "json" | "strategic" | "apply"

export interface PatchRequest {
  readonly type: PatchType
  readonly body: unknown
  readonly subresource?: string | undefined
}

/** Errors of any request: the server refuses it, or (by an injected fault) there is no answer. */
export type RequestError = ApiError | ConnectionLost

/** `namespace` is ignored for kinds that are not namespaced. */
export interface Cluster {
  readonly kinds: KindRegistry
  /** What answers for its pods. */
  readonly podBackend: PodBackend
  readonly get: (kind: ResourceKind, namespace: string, name: string) => Effect.Effect<ApiObject, RequestError>
  readonly list: (kind: ResourceKind, query: Reads.ListQuery) => Effect.Effect<Reads.ObjectList, RequestError>
  readonly watch: (kind: ResourceKind, query: Reads.WatchQuery) => Effect.Effect<Reads.Watch, RequestError, Scope.Scope>
  readonly create: (
    kind: ResourceKind,
    namespace: string,
    body: unknown,
    options?: Writes.WriteOptions,
  ) => Effect.Effect<Writes.Written, RequestError>
  /** Replaces the object, or with subresource `status` its status. */
  readonly update: (
    kind: ResourceKind,
    namespace: string,
    name: string,
    body: unknown,
    subresource?: string,
    options?: Writes.WriteOptions,
  ) => Effect.Effect<Writes.Written, RequestError>
  readonly patch: (
    kind: ResourceKind,
    namespace: string,
    name: string,
    patch: PatchRequest,
    options?: Writes.WriteOptions,
  ) => Effect.Effect<Writes.Written, RequestError>
  readonly delete: (
    kind: ResourceKind,
    namespace: string,
    name: string,
    options?: Deletion.DeletionOptions,
  ) => Effect.Effect<Deletion.Deleted, RequestError>
  readonly deleteCollection: (
    kind: ResourceKind,
    query: Reads.Scoping,
    options?: Deletion.DeletionOptions,
  ) => Effect.Effect<ReadonlyArray<Deletion.Deleted>, RequestError>
  /** Discards history, as etcd does every few minutes: older watches and pages answer 410. */
  readonly compact: Effect.Effect<void>
}

export interface ClusterOptions {
  /** What answers for the pods: logs and proxied requests. Default: pods print nothing and listen nowhere. */
  readonly podBackend?: PodBackend
  /** Changes kept per kind for watches that resume. Default 10 000. */
  readonly historyLimit?: number
  /** Refuse pods whose service account does not exist, as real clusters do. Default false: manifests run without their RBAC objects. */
  readonly requireServiceAccounts?: boolean
  /** Seed of uids and generated names. Default: the clock. */
  readonly seed?: number
}

const patched = (
  kind: ResourceKind,
  before: ApiObject,
  { type, body }: PatchRequest,
): Result.Result<unknown, ApiError> => {
  switch (type) {
    case "merge":
      return Result.succeed(mergePatch(before, body))
    case "strategic":
      return kind.custom
        ? Result.fail(
            unsupportedMediaType([
              "application/json-patch+json",
              "application/merge-patch+json",
              "application/apply-patch+yaml",
            ]),
          )
        : Result.succeed(strategicMerge(before, body))
    case "json":
      // The API server knows which operation failed, but does not say it.
      return Result.mapError(jsonPatch(withManagedFields(before), body), () =>
        answer(422, "the server rejected our request due to an error in our request"),
      )
    case "apply":
      return Result.fail(methodNotAllowed())
  }
}

const bootstrap = (state: ClusterState, now: number): void => {
  const made = (kind: string, name: string): ApiObject => ({
    apiVersion: "v1",
    kind,
    metadata: { name, uid: state.nextUid(), resourceVersion: "", creationTimestamp: timestamp(now) },
  })
  for (const name of ["default", "kube-system"]) {
    const namespace = withMetadata(made("Namespace", name), { labels: { "kubernetes.io/metadata.name": name } })
    state.storage.put("namespaces", { ...namespace, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } })
  }
  state.storage.put("nodes", {
    ...made("Node", "local"),
    spec: {},
    status: {
      addresses: [
        { type: "InternalIP", address: "127.0.0.1" },
        { type: "Hostname", address: "local" },
      ],
      conditions: [
        { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
      ],
      nodeInfo: { kubeletVersion: "v1.36.0", architecture: "any", operatingSystem: "linux" },
    },
  })
}

/** A fresh cluster with the namespaces `default` and `kube-system` and the node `local`; its controllers live in the scope. */
export const make = Effect.fnUntraced(function* (
  options: ClusterOptions = {},
): Effect.fn.Return<Cluster, never, Scope.Scope> {
  const started = yield* Clock.currentTimeMillis
  const state: ClusterState = {
    storage: Storage.make(options.historyLimit ?? 10_000),
    kinds: makeKindRegistry(builtInKinds),
    redefined: new Map(),
    requireServiceAccounts: options.requireServiceAccounts ?? false,
    ...makeIdentity(options.seed ?? started),
  }
  const snapshots = Reads.makeSnapshots()
  followDefinitions(state)
  bootstrap(state, started)
  // As in any cluster in use, the first versions are no longer available.
  state.storage.compact()
  yield* Effect.forkScoped(runControllers(state), { startImmediately: true })

  /** One atomic step at the current time. */
  const step = <A>(run: (now: number) => Result.Result<A, ApiError>): Effect.Effect<A, ApiError> =>
    Effect.clockWith((clock) => Effect.suspend(() => Effect.fromResult(run(clock.currentTimeMillisUnsafe()))))

  return {
    kinds: state.kinds,
    podBackend: options.podBackend ?? silentPods,
    get: (kind, namespace, name) =>
      step(() => Result.map(stored(state, kind, namespace, name), (object) => shown(kind, object))),
    list: (kind, query) => step(() => Reads.list(state, snapshots, kind, query)),
    watch: (kind, query) => Reads.watch(state, kind, query),
    create: (kind, namespace, body, write = {}) =>
      step((now) => answered(state, kind, body, write) ?? Writes.create(state, kind, namespace, body, write, now)),
    update: (kind, namespace, name, body, subresource, write = {}) =>
      step((now) => Writes.modify(state, kind, namespace, name, subresource, () => Result.succeed(body), write, now)),
    patch: (kind, namespace, name, patch, write = {}) =>
      step((now) =>
        patch.type === "apply"
          ? apply(state, kind, namespace, name, patch, write, now)
          : Writes.modify(
              state,
              kind,
              namespace,
              name,
              patch.subresource,
              (before) => patched(kind, before, patch),
              write,
              now,
            ),
      ),
    delete: (kind, namespace, name, deletion = {}) =>
      step((now) =>
        Result.map(Deletion.remove(state, kind, namespace, name, deletion, now), ({ object, gone }) => ({
          object: shown(kind, object),
          gone,
        })),
      ),
    deleteCollection: (kind, query, deletion = {}) =>
      step((now) =>
        Result.flatMap(Reads.list(state, snapshots, kind, query), ({ items }) =>
          Result.all(
            items.map(({ metadata }) => Deletion.remove(state, kind, metadata.namespace, metadata.name, deletion, now)),
          ),
        ),
      ),
    compact: Effect.sync(() => state.storage.compact()),
  }
})
