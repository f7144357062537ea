/**
 * The labels of nodes, for prices that depend on them. Nodes are watched only from the first such price on; an operator that may not list
 * them knows none.
 */

import { Effect, Latch, type Scope, Stream } from "effect"
import type { Node } from "kubernetes-types/core/v1"
import { Kube } from "../kube/Kube.ts"
import { fields } from "../kube/protobuf/Fields.ts"
import { reflect, type WatchMetrics } from "../kube/Reflector.ts"
import { resource, type Resource } from "../kube/Resource.ts"

type Labels = Readonly<Record<string, string>>

export interface NodeLabels {
  /** Empty for a node that is not known. */
  readonly of: (node: string | undefined) => Labels
  /** From now on nodes are watched. */
  readonly need: () => void
  /** The nodes were listed, or cannot be; never before they are needed. */
  readonly listed: Effect.Effect<void>
}

const metadata = fields({ name: [1, "text"], uid: [5, "text"], resourceVersion: [6, "text"], labels: [11, "texts"] })

const nodes: Resource<Node> = {
  ...resource<Node>("", "v1", "nodes", "Node"),
  fields: fields({ metadata: [1, metadata] }),
}

const none: Labels = {}
/** Nodes that are gone are remembered: their pods may be counted after them. The oldest are forgotten first. */
const bound = 20_000

/** Follows the nodes in the scope, once they are needed. */
export const make = Effect.fnUntraced(function* (
  metrics: WatchMetrics,
): Effect.fn.Return<NodeLabels, never, Kube | Scope.Scope> {
  const kube = yield* Kube
  const needed = Latch.makeUnsafe(false)
  const listed = Latch.makeUnsafe(false)
  const byName = new Map<string, Labels>()

  const take = ({ metadata: { name = "", labels = none } = {} }: Node) => {
    byName.delete(name)
    byName.set(name, labels)
    if (byName.size > bound) byName.delete(byName.keys().next().value!)
  }

  const follow = Stream.runForEach(reflect(kube, nodes, { optional: true }, metrics).events, (event) => {
    if (event._tag === "Applied") take(event.object)
    if (event._tag !== "Listed") return Effect.void
    for (const node of event.objects) take(node)
    return listed.open
  })
  yield* Effect.forkScoped(Effect.andThen(needed.await, follow))

  return {
    of: (node) => (node === undefined ? none : (byName.get(node) ?? none)),
    need: () => void needed.openUnsafe(),
    listed: listed.await,
  }
})
