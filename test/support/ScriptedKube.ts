/** A `Kube` that answers from a script: the n-th list with the n-th answer, the n-th watch with the n-th stream; then never. */

import { Effect, Stream } from "effect"
import type { KubeApi, KubeList, ListOptions, WatchEvent, WatchOptions } from "../../src/kube/Kube.ts"
import { KubeError, type KubeErrorReason } from "../../src/kube/KubeError.ts"
import type { KubeObject } from "../../src/kube/Resource.ts"

export interface Script {
  readonly lists?: ReadonlyArray<Effect.Effect<KubeList<KubeObject>, KubeError>>
  readonly watches?: ReadonlyArray<Stream.Stream<WatchEvent<KubeObject>, KubeError>>
}

export const scripted = (script: Script) => {
  const listed: Array<ListOptions> = []
  const watched: Array<WatchOptions> = []
  const kube = {
    list: (_: unknown, options: ListOptions) =>
      Effect.suspend(() => {
        const turn = listed.push(options) - 1
        return script.lists?.[turn] ?? Effect.never
      }),
    watch: (_: unknown, options: WatchOptions) =>
      Stream.suspend(() => {
        const turn = watched.push(options) - 1
        return script.watches?.[turn] ?? Stream.never
      }),
  } as Pick<KubeApi, "list" | "watch">
  return { kube, listed, watched }
}

export const failure = (reason: KubeErrorReason, retryAfter?: number): KubeError =>
  new KubeError({
    reason,
    request: "a scripted request",
    message: `scripted ${reason}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })

/** `object("a", 3)` is `default/a` at resourceVersion 3. */
export const object = (name: string, version: number | string, uid = `uid-${name}`): KubeObject => ({
  metadata: { namespace: "default", name, uid, resourceVersion: String(version) },
})

export const list = (version: number, items: ReadonlyArray<KubeObject>, next?: string): KubeList<KubeObject> => ({
  metadata: { resourceVersion: String(version), ...(next === undefined ? {} : { continue: next }) },
  items,
})

/** A watch that says this and then stays open. */
export const open = (...events: ReadonlyArray<WatchEvent<KubeObject>>): Stream.Stream<WatchEvent<KubeObject>> =>
  Stream.concat(Stream.fromArray(events), Stream.never)
