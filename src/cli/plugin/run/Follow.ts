/** Follows one object until something holds: list and watch of it alone. */

import { Effect, Stream } from "effect"
import { Kube } from "../../../kube/Kube.ts"
import type { KubeError } from "../../../kube/KubeError.ts"
import { reflect } from "../../../kube/Reflector.ts"
import type { KubeObject, Resource } from "../../../kube/Resource.ts"
import { type CommandError, commandError } from "../Named.ts"

/** Every version of the object that is seen, the current one first. Fails when it does not exist, or no longer, or may not be listed. */
export const versions = <A extends KubeObject>(
  resource: Resource<A>,
  namespace: string,
  name: string,
): Stream.Stream<A, CommandError | KubeError, Kube> => {
  const gone = Effect.fail(commandError(`${resource.kind} ${namespace}/${name} does not exist, or was deleted`))
  const selection = { namespace, fieldSelector: `metadata.name=${name}` }
  return Stream.unwrap(
    // Once by itself, because a reflector waits for a right that is missing.
    Effect.map(
      Effect.tap(Kube, (kube) => kube.list(resource, selection)),
      (kube) =>
        reflect(kube, resource, selection).events.pipe(
          Stream.mapEffect((event): Effect.Effect<ReadonlyArray<A>, CommandError> => {
            switch (event._tag) {
              case "Listed":
                return event.objects.length === 0 ? gone : Effect.succeed(event.objects)
              case "Applied":
                return Effect.succeed([event.object])
              case "Deleted":
                return gone
              case "Bookmark":
                return Effect.succeed([])
            }
          }),
          Stream.flatMap(Stream.fromIterable),
        ),
    ),
  )
}

/** The first version of which `is` holds. */
export const until = <A extends KubeObject>(
  resource: Resource<A>,
  namespace: string,
  name: string,
  is: (object: A) => boolean,
): Effect.Effect<A, CommandError | KubeError, Kube> =>
  versions(resource, namespace, name).pipe(
    Stream.filter(is),
    Stream.runHead,
    Effect.flatMap((found) =>
      found._tag === "Some" ? Effect.succeed(found.value) : Effect.fail(commandError("the watch has ended")),
    ),
  )

/** Fails with `what` and the time if `effect` takes longer. `seconds` 0: no limit. */
export const within = <A, E, R>(effect: Effect.Effect<A, E, R>, seconds: number, what: string) =>
  seconds === 0
    ? effect
    : Effect.timeoutOrElse(effect, {
        duration: seconds * 1000,
        orElse: () => Effect.fail(commandError(`${what} within ${seconds} s`)),
      })
