/** Reads the object that an operand names. */

import { Effect, Schema } from "effect"
import { Kube } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { objectTypes } from "./ObjectName.ts"

/** An error of a command, of one line: exit code 1. */
export class CommandError extends Schema.TaggedError<CommandError>()("CommandError", { message: Schema.String }) {}

export const commandError = (message: string): CommandError => new CommandError({ message })

/** The object; if there is none, the error says where to look for it. */
export const named = <A extends KubeObject>(
  resource: Resource<A>,
  namespace: string,
  name: string,
  program: string,
): Effect.Effect<A, KubeError | CommandError, Kube> =>
  Effect.flatMap(Kube, (kube) => kube.get(resource, namespace, name)).pipe(
    Effect.catchIf(
      (error) => error.reason === "NotFound",
      ({ message }) => {
        const plural = objectTypes.find((type) => type.resource.kind === resource.kind)?.plural ?? ""
        return Effect.fail(
          commandError(`${message} (namespace ${namespace}); "${program} list ${plural} -A" lists all`),
        )
      },
    ),
  )
