/** What the API server's definition of a kind would make of a status: found out by a dry run of a status write, which stores nothing. */

import { Effect } from "effect"
import { Kube } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"
import type { Resource } from "../kube/Resource.ts"
import type { Defined } from "./DroppedStatus.ts"
import { lostFields, namesOf } from "./StatusParts.ts"

/** `lacks status.attempts, status.conditions and 12 more`; undefined when everything was kept. */
export const shortcoming = (sent: object, kept: object | undefined): string | undefined => {
  const lost = lostFields({ status: sent }, { status: kept })
  return lost.length === 0 ? undefined : `lacks ${namesOf(lost)}`
}

/** Whether a status that follows our own definition was refused, because of the status. */
export const refusesStatus = ({ reason, message }: KubeError): boolean =>
  reason === "Invalid" && /\bstatus\.\w/.test(message)

/** What is wrong with the definition, by a dry run of this status on the object; undefined when nothing is. */
export const dryRun = Effect.fnUntraced(function* <A extends Defined>(
  resource: Resource<A>,
  { metadata: { namespace, name, uid } }: A,
  example: object,
): Effect.fn.Return<string | undefined, KubeError, Kube> {
  const kube = yield* Kube
  const body = [{ op: "add", path: "/status", value: example }]
  return yield* kube.patch(resource, namespace, name, { type: "json", subresource: "status", dryRun: true, body }).pipe(
    Effect.map(({ status }) => shortcoming(example, status)),
    Effect.catch((error) => {
      if (refusesStatus(error)) return Effect.succeed(`refuses the status: ${error.message}`)
      if (error.reason !== "NotFound") return Effect.fail(error)
      // The object is gone, or it has no status that can be written. It is listed, because operators need no right to get it.
      return Effect.flatMap(kube.list(resource, { namespace, fieldSelector: `metadata.name=${name}` }), ({ items }) =>
        items.some(({ metadata }) => metadata.uid === uid)
          ? Effect.succeed("has no status subresource")
          : Effect.fail(error),
      )
    }),
  )
})
