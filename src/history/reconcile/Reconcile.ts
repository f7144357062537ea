/**
 * Reconciles one SparkHistoryServer: gather → decide → perform, and when nothing is left to perform → report.
 *
 * Guarantees: nothing is remembered that cannot be computed again from the spec and the cluster, so the operator may stop at any moment.
 * Assumes: one reconcile per key at a time (`runtime/Workqueue`).
 */

import { Effect } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Next } from "../../runtime/Next.ts"
import type { Store } from "../../runtime/Store.ts"
import { decide } from "../decide/Decide.ts"
import type { Refusal } from "../decide/Situation.ts"
import { gather, type Sources } from "./Gather.ts"
import { performAll } from "./Perform.ts"
import { readSpec } from "./ReadSpec.ts"
import type { Report } from "./Report.ts"

export interface ReconcileOptions {
  readonly servers: Store<SparkHistoryServer>
  readonly sources: Sources
  readonly report: Report
}

/** The reconcile function for the queue: from a key to when it is to be reconciled again. */
export const make = ({
  servers,
  sources,
  report,
}: ReconcileOptions): ((key: string) => Effect.Effect<Next, KubeError, Kube>) => {
  const { caches, rewritten, routes, strayRoutes } = sources
  return Effect.fnUntraced(function* (key: string): Effect.fn.Return<Next, KubeError, Kube> {
    const server = servers.get(key)
    if (server === undefined) {
      routes.forget(key)
      strayRoutes.forget(key)
      return { _tag: "Gone" }
    }
    const spec = readSpec(server)
    yield* caches.filled(spec.valid?.spec.httpRoute !== undefined)
    const decideNow = (refusals: ReadonlyArray<Refusal> | undefined) =>
      Effect.map(gather(sources, server, spec, refusals), decide)
    const first = yield* decideNow(undefined)
    const decision =
      first.actions.length === 0
        ? first
        : yield* Effect.flatMap(performAll(first.actions, server, { put: caches.put, rewritten }), decideNow)
    yield* Effect.annotateLogs(Effect.logDebug("decided"), {
      historyServer: key,
      actions: first.actions.map(({ _tag }) => _tag).join(", "),
    })
    yield* report(server, decision)
    return decision.next
  })
}
