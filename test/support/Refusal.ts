/** A request that is refused, as data; and the statement that it is refused so. */

import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type Json, makeNamespace, type Namespace, unscheduled } from "./Server.ts"
import { configMap } from "./WidgetCluster.ts"

export interface Row {
  readonly title: string
  readonly request: (n: Namespace) => readonly ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string, Json?, string?]
  readonly code: number
  /** Absent: the answer has none. */
  readonly reason?: string
  readonly message: RegExp
  /** `reason field` of every cause. */
  readonly causes?: ReadonlyArray<string>
}

/** In a namespace with the ConfigMap `a`, the immutable ConfigMap `fixed` and the Pod `p`, and whatever else is prepared. */
export const isRefused = Effect.fnUntraced(function* (
  { request, code, reason, message, causes }: Row,
  prepare: (n: Namespace) => Effect.Effect<unknown> = () => Effect.void,
) {
  const n = yield* makeNamespace
  yield* n.ok("POST", n.configMaps, configMap("a"))
  yield* n.ok("POST", n.configMaps, { ...configMap("fixed"), immutable: true })
  yield* n.ok("POST", n.pods, unscheduled("p"))
  yield* prepare(n)
  const reply = yield* n.send(...request(n))
  assert.strictEqual(reply.code, code, JSON.stringify(reply.body).slice(0, 500))
  assert.deepInclude(reply.body, { kind: "Status", apiVersion: "v1", status: "Failure", code })
  assert.strictEqual(reply.body.reason, reason)
  assert.match(reply.body.message, message)
  if (causes !== undefined) {
    assert.deepStrictEqual(
      reply.body.details.causes.map((cause: Json) => `${cause.reason} ${cause.field}`),
      causes,
    )
  }
})
