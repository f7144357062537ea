/**
 * The controllers of the control plane: garbage collection by owner references in its three modes, namespaces
 * (their default service account, the deletion of their content) and definitions of custom resources. They react to changes; nothing polls.
 */

import { Effect, Queue } from "effect"
import { type ApiObject, type OwnerReference, at, fields, withMetadata, without } from "./ApiObject.ts"
import { type ClusterState } from "./ClusterState.ts"
import * as Deletion from "./Deletion.ts"
import * as Reads from "./Reads.ts"
import type { ResourceKind } from "./ResourceKind.ts"
import { kindsOf } from "./schema/CustomResources.ts"
import { type Change, key } from "./Storage.ts"
import { isReleased } from "./Writes.ts"

interface Place {
  readonly storage: string
  readonly object: ApiObject
}

const owners = (object: ApiObject): ReadonlyArray<OwnerReference> => object.metadata.ownerReferences ?? []
const waitsFor = (object: ApiObject, finalizer: string): boolean =>
  object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).includes(finalizer)

/** Stores the object, or removes it if nothing holds it any longer. */
const settle = (state: ClusterState, storage: string, object: ApiObject): void => {
  if (isReleased(object)) state.storage.remove(storage, object)
  else state.storage.put(storage, object)
}

const withoutFinalizer = (object: ApiObject, finalizer: string): ApiObject => {
  const rest = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return withMetadata(object, { finalizers: rest.length === 0 ? undefined : rest })
}

const ownerState = (state: ClusterState, object: ApiObject, owner: OwnerReference): "solid" | "absent" | "waiting" => {
  const kind = state.kinds.ofObject(owner.apiVersion, owner.kind)
  // Whether an owner of an unknown kind exists cannot be determined: its dependents are kept.
  if (kind === undefined) return "solid"
  const namespace = kind.namespaced ? object.metadata.namespace : undefined
  const found = state.storage.get(kind.storage, key(namespace, owner.name))
  if (found === undefined || found.metadata.uid !== owner.uid) return "absent"
  return waitsFor(found, Deletion.foreground) ? "waiting" : "solid"
}

/** Runs until interrupted. Every change is handled once, after the request that made it. */
export const runControllers = Effect.fnUntraced(function* (state: ClusterState): Effect.fn.Return<never> {
  const { storage } = state
  const dependents = new Map<string, Map<string, Place>>()
  const work = yield* Queue.unbounded<Change>()

  const kindOf = (place: Place): ResourceKind | undefined => state.kinds.ofStorage(place.storage)
  const current = (place: Place): ApiObject | undefined => {
    const object = storage.get(place.storage, key(place.object.metadata.namespace, place.object.metadata.name))
    return object?.metadata.uid === place.object.metadata.uid ? object : undefined
  }
  const dependentsOf = (uid: string): ReadonlyArray<Place> => [...(dependents.get(uid)?.values() ?? [])]
  const discard = (place: Place, policy: "Background" | "Foreground" | undefined, now: number) => {
    const kind = kindOf(place)
    const { namespace, name, uid } = place.object.metadata
    if (kind === undefined) return
    Deletion.remove(state, kind, namespace, name, { propagationPolicy: policy, preconditions: { uid } }, now)
  }

  const index = (change: Change) => {
    const { uid } = change.object.metadata
    for (const owner of change.previous === undefined ? [] : owners(change.previous)) {
      const known = dependents.get(owner.uid)
      known?.delete(uid)
      if (known?.size === 0) dependents.delete(owner.uid)
    }
    if (change.type === "DELETED") return
    for (const owner of owners(change.object)) {
      const known = dependents.get(owner.uid) ?? new Map<string, Place>()
      dependents.set(owner.uid, known.set(uid, { storage: change.storage, object: change.object }))
    }
  }

  /** Deletes the object if no owner is left; removes the references to deleted owners if another one is left. */
  const judge = (place: Place, now: number) => {
    const object = current(place)
    if (object === undefined || owners(object).length === 0) return
    const states = owners(object).map((owner) => ownerState(state, object, owner))
    if (states.every((one) => one === "solid")) return
    if (states.includes("solid")) {
      const kept = owners(object).filter((_, index) => states[index] === "solid")
      settle(state, place.storage, withMetadata(object, { ownerReferences: kept }))
    } else if (object.metadata.deletionTimestamp === undefined) {
      const blocks = states.includes("waiting") && dependentsOf(object.metadata.uid).length > 0
      discard({ ...place, object }, blocks ? "Foreground" : undefined, now)
    }
  }

  /** A deleted owner that waits until its dependents are deleted (foreground) or released (orphan). */
  const attend = (place: Place, now: number) => {
    const owner = current(place)
    if (owner === undefined) return
    const { uid } = owner.metadata
    if (waitsFor(owner, Deletion.orphan)) {
      for (const dependent of dependentsOf(uid)) {
        const object = current(dependent)
        if (object === undefined) continue
        const kept = owners(object).filter((one) => one.uid !== uid)
        settle(
          state,
          dependent.storage,
          withMetadata(object, { ownerReferences: kept.length === 0 ? undefined : kept }),
        )
      }
      settle(state, place.storage, withoutFinalizer(owner, Deletion.orphan))
    } else if (waitsFor(owner, Deletion.foreground)) {
      const blocking = dependentsOf(uid).filter(({ object }) =>
        owners(object).some((one) => one.uid === uid && one.blockOwnerDeletion === true),
      )
      for (const dependent of dependentsOf(uid)) judge(dependent, now)
      if (blocking.every((dependent) => current(dependent) === undefined)) {
        settle(state, place.storage, withoutFinalizer(owner, Deletion.foreground))
      }
    }
  }

  const attendOwners = (object: ApiObject, now: number) => {
    for (const owner of owners(object)) {
      const kind = state.kinds.ofObject(owner.apiVersion, owner.kind)
      const found =
        kind && storage.get(kind.storage, key(kind.namespaced ? object.metadata.namespace : undefined, owner.name))
      if (kind !== undefined && found !== undefined) attend({ storage: kind.storage, object: found }, now)
    }
  }

  /** Deletes the content of a namespace that is being deleted, then the namespace itself. */
  const closeNamespace = (name: string, now: number) => {
    const namespace = storage.get("namespaces", name)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    let left = 0
    for (const content of storage.storages()) {
      for (const object of storage.all(content).values()) {
        if (object.metadata.namespace !== name) continue
        if (object.metadata.deletionTimestamp === undefined) discard({ storage: content, object }, "Background", now)
        if (storage.get(content, key(name, object.metadata.name)) !== undefined) left++
      }
    }
    const spec = without(fields(namespace["spec"]), "finalizers")
    if (left === 0) settle(state, "namespaces", { ...namespace, spec })
  }

  const handle = (change: Change, now: number) => {
    const place = { storage: change.storage, object: change.object }
    if (change.type === "DELETED") {
      for (const dependent of dependentsOf(change.object.metadata.uid)) judge(dependent, now)
      attendOwners(change.previous ?? change.object, now)
    } else {
      judge(place, now)
      attend(place, now)
    }
    if (change.storage === "namespaces") closeNamespace(change.object.metadata.name, now)
    else if (change.type === "DELETED" && change.object.metadata.namespace !== undefined) {
      closeNamespace(change.object.metadata.namespace, now)
    }
  }

  storage.listen(undefined, (change) => {
    index(change)
    Queue.offerUnsafe(work, change)
  })
  return yield* Effect.forever(
    Effect.flatMap(Queue.take(work), (change) =>
      Effect.clockWith((clock) => Effect.sync(() => handle(change, clock.currentTimeMillisUnsafe()))),
    ),
  )
})

/** Immediate effects of a write: a namespace gets its service account, a definition is served, or its objects are deleted. */
export const followDefinitions = (state: ClusterState): void => {
  const { storage } = state
  storage.listen("namespaces", ({ type, object }) => {
    if (type !== "ADDED") return
    storage.put("serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        name: "default",
        namespace: object.metadata.name,
        uid: state.nextUid(),
        resourceVersion: "",
        creationTimestamp: object.metadata.creationTimestamp,
      },
    })
  })
  storage.listen(Reads.definitions, (change) => {
    const { type, object, revision } = change
    const kept = `${String(at(object, "spec.names.plural"))}.${String(at(object, "spec.group"))}`
    if (Reads.redefines(change, kept)) state.redefined.set(kept, revision)
    state.kinds.replace(kept, type === "DELETED" ? [] : kindsOf(object))
    if (type === "DELETED") for (const one of storage.all(kept).values()) storage.remove(kept, one)
  })
}
