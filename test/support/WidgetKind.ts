/**
 * A resource kind that has nothing to do with Spark: a Widget whose status says how large it is. Everything that a kind needs is here, as
 * proof that a new one is one module and one element in the list of kinds.
 */

import { Effect } from "effect"
import type { KindContext } from "../../src/KindContext.ts"
import { Kube } from "../../src/kube/Kube.ts"
import { type KubeObject, resource } from "../../src/kube/Resource.ts"
import * as DefinitionCheck from "../../src/runtime/DefinitionCheck.ts"
import type { MakeKind } from "../../src/runtime/Kind.ts"
import { after, awaitChange } from "../../src/runtime/Next.ts"
import * as StatusWrites from "../../src/runtime/StatusWrites.ts"
import * as Watched from "../../src/runtime/Watched.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"

export interface Widget extends KubeObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion?: string
  }
  readonly spec: { readonly size: number }
  readonly status?: { readonly size: number }
}

export const widgets = resource<Widget>("example.com", "v1", "widgets", "Widget")

/** What the kind has done, for a test to look at. */
export interface WidgetLog {
  readonly reconciled: Array<string>
  /** Statuses that were committed. */
  readonly committed: Array<string>
  leading: boolean
}

/** `check`: runs at the start of every reconcile. */
export const makeWidgetKind = (
  log: WidgetLog,
  check: (key: string) => Effect.Effect<void> = () => Effect.void,
): MakeKind<KindContext, Kube | Telemetry> =>
  Effect.fnUntraced(function* ({ namespaces, events }) {
    const watched = Watched.make<Widget>(yield* Kube, {
      resource: widgets,
      namespaces,
      metrics: (yield* Telemetry).kube,
    })
    const definition = DefinitionCheck.make<Widget>({
      resource: widgets,
      example: { size: 1 },
      waiting: "measurements",
      remedy: "kubectl apply -f widgets.yaml",
      objects: watched.store,
      reread: watched.reread(({ key }) => key),
      events,
      metrics: (yield* Telemetry).runtime,
    })
    const writes = StatusWrites.make<Widget>()
    const committed = (facts: ReadonlyArray<StatusWrites.Committed<Widget>>) => {
      for (const { after } of facts) log.committed.push(`${after.metadata.name} ${after.status?.size}`)
    }
    return {
      name: "widget_controller",
      lanes: { widgets: 2 },
      follow: (changed, leading) =>
        Watched.follow(
          [
            watched.taking(({ key, before, after }) => {
              committed(writes.seen(before, after))
              return key
            }),
          ],
          namespaces,
          changed,
          leading,
        ),
      ready: watched.store.ready,
      liveness: watched.liveness,
      definition,
      asLeader: [
        () =>
          Effect.acquireUseRelease(
            Effect.sync(() => void (log.leading = true)),
            () => Effect.never,
            () => Effect.sync(() => void (log.leading = false)),
          ),
      ],
      reconcile: Effect.fnUntraced(function* (key) {
        log.reconciled.push(key)
        yield* check(key)
        const widget = watched.store.get(key)
        if (widget === undefined) return { _tag: "Gone" }
        if (widget.status?.size === widget.spec.size) return awaitChange
        if (!(yield* definition.allows(widget))) return awaitChange
        const kube = yield* Kube
        const { namespace, name, resourceVersion } = widget.metadata
        const write = { before: widget, status: { size: widget.spec.size } }
        const body = [
          { op: "replace" as const, path: "/metadata/resourceVersion", value: resourceVersion },
          { op: "add" as const, path: "/status", value: write.status },
        ]
        writes.sent(write)
        const patch = kube.patch(widgets, namespace, name, { type: "json", subresource: "status", body })
        yield* definition.write(
          write.status,
          Effect.onExit(patch, (exit) => Effect.sync(() => committed(writes.settled(write, exit)))),
        )
        return after(60)
      }),
    }
  })
