/**
 * Carries out the actions of a decision: writes only, each idempotent. A final refusal of the API server is an answer; what may be temporary
 * (conflict, overload, no connection) is a `KubeError`, and the queue retries.
 */

import { Effect } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { notInstalled } from "../../kube/gateway/Route.ts"
import { createOrGet, ignoreNotFound } from "../../kube/Idempotent.ts"
import { Kube, type KubeApi } from "../../kube/Kube.ts"
import { isPermanent, type KubeError } from "../../kube/KubeError.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { type Action, isRewritten } from "../decide/Decide.ts"
import type { Refusal } from "../decide/Situation.ts"
import { patchOf } from "../objects/Differences.ts"
import { type Made, revisionOf } from "../objects/Objects.ts"
import type { Caches } from "./Caches.ts"
import { ownedBy } from "./Ownership.ts"

export interface PerformOptions {
  readonly put: Caches["put"]
  /** Takes the revisions that the API server writes in another form. */
  readonly rewritten: Set<string>
}

interface Taken {
  readonly reason: "NameConflict"
  readonly message: string
}

const taken: Taken = {
  reason: "NameConflict",
  message: `exists already and does not belong to this SparkHistoryServer; delete it or rename the SparkHistoryServer`,
}

const update = (kube: KubeApi, namespace: string, made: Made, existing: KubeObject) =>
  kube.patch(made.resource, namespace, existing.metadata?.name ?? "", patchOf(existing, made))

const create = Effect.fnUntraced(function* (
  kube: KubeApi,
  server: SparkHistoryServer,
  made: Made,
): Effect.fn.Return<KubeObject, KubeError | Taken> {
  const { resource, object } = made
  const found = yield* createOrGet(kube, resource, server.metadata.namespace, object)
  if (found.created) return found.object
  if (!ownedBy(found.object, server)) return yield* Effect.fail(taken)
  return yield* update(kube, server.metadata.namespace, made, found.object)
})

/** What the user sees of an error; a kind that the API server does not serve has a remedy. */
const refusalOf = (resource: Resource, name: string, error: KubeError | Taken): Refusal => {
  const { reason, message } =
    error.reason !== "NameConflict" && error.unserved === true
      ? notInstalled(resource, ", or remove spec.httpRoute")
      : error
  return { resource, name, reason, message: `${resource.kind} ${name}: ${message}` }
}

/** Performs the actions in order; the result is what the API server has refused for good. */
export const performAll = (
  actions: ReadonlyArray<Action>,
  server: SparkHistoryServer,
  { put, rewritten }: PerformOptions,
): Effect.Effect<ReadonlyArray<Refusal>, KubeError, Kube> => {
  const { namespace } = server.metadata
  const written = (made: Made) => (answer: KubeObject) =>
    Effect.sync(() => {
      put(made.resource, answer)
      if (isRewritten(answer, made)) rewritten.add(revisionOf(made.object) ?? "")
    })
  const perform = (kube: KubeApi, action: Action): Effect.Effect<void, KubeError | Taken> => {
    switch (action._tag) {
      case "Create":
        return Effect.flatMap(create(kube, server, action.made), written(action.made))
      case "Update":
        return Effect.flatMap(update(kube, namespace, action.made, action.existing), written(action.made))
      case "Delete": {
        const { name = "", uid } = action.existing.metadata ?? {}
        return Effect.asVoid(
          ignoreNotFound(kube.delete(action.resource, namespace, name, { uid, propagationPolicy: "Background" })),
        )
      }
    }
  }
  return Effect.flatMap(Kube, (kube) =>
    Effect.map(
      Effect.forEach(actions, (action) => {
        const resource = action._tag === "Delete" ? action.resource : action.made.resource
        const name = (action._tag === "Delete" ? action.existing : action.made.object).metadata?.name ?? ""
        return Effect.matchEffect(perform(kube, action), {
          onSuccess: () => Effect.succeed<ReadonlyArray<Refusal>>([]),
          onFailure: (error): Effect.Effect<ReadonlyArray<Refusal>, KubeError> =>
            error.reason === "NameConflict" || isPermanent(error)
              ? Effect.succeed([refusalOf(resource, name, error)])
              : Effect.fail(error),
        })
      }),
      (all) => all.flat(),
    ),
  )
}
