/**
 * The kubelet (and scheduler) of the local cluster's one node: it moves every pod of the cluster through its phases by the script in its
 * annotations (`KubeletScript.ts`); there are no real processes. It uses only the `Kube` service, so it works on the embedded
 * cluster in virtual time as well as over HTTP. One fiber per pod, by uid.
 */

import { Deferred, Effect, FiberMap, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { Kube } from "../../kube/Kube.ts"
import { reflect } from "../../kube/Reflector.ts"
import { pods } from "../../kube/Resource.ts"
import type { Node, PodWorker } from "./KubeletNode.ts"
import { live, terminate } from "./KubeletPod.ts"
import { prefix } from "./KubeletScript.ts"
import type { Program } from "./Program.ts"

/** The uid of the controlling owner, by which attempts are counted; without an owner that of the pod itself. */
const ownerOf = (pod: Pod): string =>
  pod.metadata?.ownerReferences?.find(({ controller }) => controller)?.uid ?? pod.metadata?.uid ?? ""

/** All pods of the cluster by uid, and by owner. */
class PodWorkers {
  readonly #byUid = new Map<string, PodWorker>()
  readonly #byOwner = new Map<string, Set<string>>()
  /** Number of pods ever seen of an owner. */
  readonly #attempts = new Map<string, number>()

  get(uid: string): PodWorker | undefined {
    return this.#byUid.get(uid)
  }

  uids(): ReadonlyArray<string> {
    return [...this.#byUid.keys()]
  }

  admit(pod: Pod): PodWorker {
    const owner = ownerOf(pod)
    const uid = pod.metadata?.uid ?? ""
    // A pod without an owner is not counted: it may itself own other pods, which are counted by its uid.
    const attempt = owner === uid ? 1 : (this.#attempts.get(owner) ?? 0) + 1
    if (owner !== uid) this.#attempts.set(owner, attempt)
    const worker: PodWorker = {
      pod,
      name: pod.metadata?.name ?? "",
      namespace: pod.metadata?.namespace ?? "default",
      uid,
      attempt,
      exit: Deferred.makeUnsafe(),
      state: { scheduling: undefined, containers: {} },
      status: pod.status,
    }
    this.#byUid.set(uid, worker)
    if (owner !== uid) this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(uid))
    return worker
  }

  forget(worker: PodWorker): void {
    const owner = ownerOf(worker.pod)
    this.#byUid.delete(worker.uid)
    const siblings = this.#byOwner.get(owner)
    siblings?.delete(worker.uid)
    if (siblings?.size === 0) this.#byOwner.delete(owner)
  }

  ownedBy(owner: string): ReadonlyArray<Pod> {
    return [...(this.#byOwner.get(owner) ?? [])].flatMap((uid) => this.#byUid.get(uid)?.pod ?? [])
  }
}

/** Pod addresses `10.244.a.b`, which repeat after 65,024 pods. */
const addresses = () => {
  let given = 0
  return () => {
    const n = given++ % (256 * 254)
    return `10.244.${Math.floor(n / 254)}.${(n % 254) + 1}`
  }
}

const isDeleted = (pod: Pod) => pod.metadata?.deletionTimestamp !== undefined

const oldestFirst = (a: Pod, b: Pod) =>
  (a.metadata?.creationTimestamp ?? "").localeCompare(b.metadata?.creationTimestamp ?? "")

/**
 * Runs until its scope closes. A pod is played by the first of `programs` that matches it. Pods that exist at the start play their script
 * from the beginning, unless they have ended.
 */
export const run = Effect.fnUntraced(function* (programs: ReadonlyArray<Program>) {
  const kube = yield* Kube
  const workers = new PodWorkers()
  const node: Node = { kube, programs, nextPodIP: addresses(), ownedBy: (owner) => workers.ownedBy(owner) }
  const lives = yield* FiberMap.make<string>()

  const applied = Effect.fnUntraced(function* (pod: Pod) {
    const known = workers.get(pod.metadata?.uid ?? "")
    const wasDeleted = known !== undefined && isDeleted(known.pod)
    const worker = known ?? workers.admit(pod)
    worker.pod = pod
    if (isDeleted(pod)) {
      if (!wasDeleted) yield* FiberMap.run(lives, worker.uid, terminate(node, worker))
      return
    }
    if (known === undefined) yield* FiberMap.run(lives, worker.uid, live(node, worker))
    const exit = pod.metadata?.annotations?.[`${prefix}exit`]
    if (exit !== undefined && /^\d{1,3}$/.test(exit)) yield* Deferred.succeed(worker.exit, Number(exit))
  })

  const deleted = Effect.fnUntraced(function* (uid: string) {
    const worker = workers.get(uid)
    if (worker === undefined) return
    workers.forget(worker)
    yield* FiberMap.remove(lives, uid)
  })

  yield* reflect(kube, pods).events.pipe(
    Stream.runForEach((event) => {
      switch (event._tag) {
        case "Listed": {
          const present = new Set(event.objects.map(({ metadata }) => metadata?.uid))
          const gone = workers.uids().filter((uid) => !present.has(uid))
          return Effect.andThen(
            Effect.forEach(gone, deleted, { discard: true }),
            Effect.forEach([...event.objects].sort(oldestFirst), applied, { discard: true }),
          )
        }
        case "Applied":
          return applied(event.object)
        case "Deleted":
          return deleted(event.object.metadata?.uid ?? "")
        case "Bookmark":
          return Effect.void
      }
    }),
  )
  return yield* Effect.never
})
