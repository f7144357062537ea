/**
 * Creates and updates the objects through which clients reach a server, and deletes those that the spec no longer requests. An object of another
 * owner is left alone. Every failure is a result and not an error: a server is of use without its Ingress.
 */

import { randomBytes } from "node:crypto"
import { Effect } from "effect"
import type { Secret, Service } from "kubernetes-types/core/v1"
import { notInstalled } from "../../kube/gateway/Route.ts"
import type { RouteCheck } from "../../kube/gateway/RouteCheck.ts"
import { createOrGet, ignoreNotFound } from "../../kube/Idempotent.ts"
import { find, Kube, type KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import { type KubeObject, resource } from "../../kube/Resource.ts"
import { keyOf as keyOfConnect } from "../../runtime/Store.ts"
import { patchOf } from "../../spark/access/AppliedKeys.ts"
import { accessObjects, unwantedAccess } from "../access/Access.ts"
import { type AccessObject, accessMetadata, keyOf } from "../access/AccessObject.ts"
import { grpcRoutes } from "../access/Routes.ts"
import type { AccessOutcome, Refusal } from "../lifecycle/Observed.ts"
import { tokenSecretName } from "../Names.ts"
import type { ValidConnect } from "../Validate.ts"
import { tokenKey } from "../Workload.ts"
import { ownedBy, takenBy } from "./Ownership.ts"

/** Seconds that one object may take: a webhook that hangs must not keep the operator from following the server. */
const timeoutSeconds = 10

export const secrets = resource<Secret>("", "v1", "secrets", "Secret")

export interface EnsuredAccess extends AccessOutcome {
  /** As the API server has it now. */
  readonly service: Service | undefined
}

type Attempted<A> = { readonly done: A } | { readonly failure: Refusal }

/** Every error, and a timeout, as a result. */
const attempted = <A, R>(
  what: string,
  effect: Effect.Effect<A, KubeError | Refusal, R>,
): Effect.Effect<Attempted<A>, never, R> =>
  effect.pipe(
    Effect.timeoutOrElse({
      duration: timeoutSeconds * 1000,
      orElse: () => Effect.fail<Refusal>({ reason: "Timeout", message: `no answer within ${timeoutSeconds} s` }),
    }),
    Effect.match({
      onSuccess: (done): Attempted<A> => ({ done }),
      onFailure: ({ reason, message }): Attempted<A> => ({ failure: { reason, message: `${what}: ${message}` } }),
    }),
  )

const ensureOne = Effect.fnUntraced(function* (
  kube: KubeApi,
  valid: ValidConnect,
  { resource, name, object }: AccessObject,
): Effect.fn.Return<KubeObject, KubeError | Refusal> {
  const { namespace } = valid.connect.metadata
  const found = yield* createOrGet(kube, resource, namespace, object)
  if (found.created) return found.object
  if (!ownedBy(found.object, valid.connect)) {
    return yield* Effect.fail<Refusal>({
      reason: "NameConflict",
      message: takenBy({ ...found.object, kind: resource.kind }),
    })
  }
  return yield* kube.patch(resource, namespace, name, { type: "merge", body: patchOf(found.object, object) })
})

/** A route, and whether Gateways accept it as far as is known now. */
const ensureRoute = Effect.fnUntraced(function* (
  kube: KubeApi,
  valid: ValidConnect,
  one: AccessObject,
  routes: RouteCheck,
): Effect.fn.Return<KubeObject, KubeError | Refusal, Kube> {
  const unserved = (error: KubeError | Refusal) => "unserved" in error && error.unserved === true
  const route = yield* Effect.catchIf(ensureOne(kube, valid, one), unserved, () =>
    Effect.fail<Refusal>(notInstalled(grpcRoutes, ", or use spec.server.ingress")),
  )
  const id = { owner: keyOfConnect(valid.connect), name: one.name, version: one.hash }
  const problem = yield* routes.problemOf(id, route, valid.parentsFrom)
  return problem === undefined ? route : yield* Effect.fail<Refusal>(problem)
})

/** Made once with a random token. One that exists is used as it is, whoever made it, and never read. */
export const ensureToken = Effect.fnUntraced(function* ({
  connect,
}: ValidConnect): Effect.fn.Return<void, KubeError, Kube> {
  const name = tokenSecretName(connect)
  if (name === undefined || connect.spec.auth?.secretName !== undefined) return
  const kube = yield* Kube
  const secret: Secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: accessMetadata(connect, name),
    type: "Opaque",
    stringData: { [tokenKey]: randomBytes(32).toString("base64url") },
  }
  yield* Effect.catchIf(
    Effect.asVoid(kube.create(secrets, connect.metadata.namespace, secret)),
    ({ reason }) => reason === "AlreadyExists",
    () => Effect.void,
  )
})

/** Without the right to read such objects there are none of this operator, either. */
const deleteUnwanted = Effect.fnUntraced(function* (
  kube: KubeApi,
  { connect }: ValidConnect,
  { resource, name }: Pick<AccessObject, "resource" | "name">,
): Effect.fn.Return<void, KubeError> {
  const { namespace } = connect.metadata
  const found = yield* Effect.catchIf(
    find(kube, resource, namespace, name),
    ({ reason }) => reason === "Forbidden",
    () => Effect.succeed(undefined),
  )
  if (found === undefined || !ownedBy(found, connect)) return
  yield* ignoreNotFound(kube.delete(resource, namespace, name, { uid: found.metadata?.uid }))
})

/** Idempotent; see above. */
export const ensureAccess = Effect.fn("ensureAccess")(function* (
  valid: ValidConnect,
  routes: RouteCheck,
): Effect.fn.Return<EnsuredAccess, never, Kube> {
  const kube = yield* Kube
  const { connect } = valid
  const token = yield* attempted(`Secret ${tokenSecretName(connect)}`, ensureToken(valid))
  const ensured = yield* Effect.forEach(accessObjects(connect, valid), (one) => {
    const made = one.resource === grpcRoutes ? ensureRoute(kube, valid, one, routes) : ensureOne(kube, valid, one)
    return Effect.map(attempted(`${one.resource.kind} ${one.name}`, made), (result) => ({ one, result }))
  })
  const deleted = yield* Effect.forEach(unwantedAccess(connect), (one) =>
    attempted(`${one.resource.kind} ${one.name}`, deleteUnwanted(kube, valid, one)),
  )
  const made = ensured.flatMap(({ one, result }) => ("done" in result ? [{ one, object: result.done }] : []))
  return {
    applied: Object.fromEntries(made.map(({ one }) => [keyOf(one), one.hash])),
    failures: [token, ...ensured.map(({ result }) => result), ...deleted].flatMap((result) =>
      "failure" in result ? [result.failure] : [],
    ),
    service: made.find(({ one }) => one.resource.kind === "Service")?.object as Service | undefined,
  }
})
