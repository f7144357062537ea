/** How a definition that is wrong is reported: one line of the log, one Event per object, a gauge, and the reason why the operator is not ready. */

import { Effect } from "effect"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import { referenceTo, type Resource } from "../kube/Resource.ts"
import type { RuntimeMetrics } from "../telemetry/operator/RuntimeMetrics.ts"
import type { Defined } from "./DroppedStatus.ts"

export interface DefinitionProblemOptions<A extends Defined> {
  readonly resource: Resource<A>
  /** What waits while the definition is wrong, as the subject of a message: `submissions`. */
  readonly waiting: string
  /** The commands that install the right definition. */
  readonly remedy: string
  readonly events: EventRecorder
  readonly metrics: Pick<RuntimeMetrics, "definition">
}

export interface DefinitionProblem<A extends Defined> {
  /** Definition, what is wrong with it, and the remedy, in one line; undefined while nothing is known to be wrong. */
  readonly text: () => string | undefined
  /** Reports what is wrong; `what` follows the name of the definition. Nothing, if something is wrong already. */
  readonly begins: (what: string) => Effect.Effect<void>
  /** It is over; `how` follows the name of the definition. */
  readonly ends: (how: string) => Effect.Effect<void>
  /** Records the Event of this object, unless it has one. */
  readonly tell: (object: A) => Effect.Effect<void>
}

/** Nothing is wrong yet. */
export const make = <A extends Defined>(options: DefinitionProblemOptions<A>): DefinitionProblem<A> => {
  const { resource, waiting, remedy, events, metrics } = options
  const definition = `${resource.plural}.${resource.group}`
  const named = `the CustomResourceDefinition ${definition}`
  let text: string | undefined
  /** Objects that have their Event, by uid. */
  const told = new Set<string | undefined>()
  metrics.definition(definition, true)

  return {
    text: () => text,
    begins: (what) =>
      Effect.suspend(() => {
        if (text !== undefined) return Effect.void
        text = `${named} ${what}; ${waiting} wait until it is replaced: ${remedy}`
        metrics.definition(definition, false)
        return Effect.logError(text)
      }),
    ends: (how) =>
      Effect.suspend(() => {
        text = undefined
        told.clear()
        metrics.definition(definition, true)
        return Effect.logInfo(`${named} ${how}`)
      }),
    tell: (object) =>
      Effect.suspend(() => {
        const { uid } = object.metadata
        if (text === undefined || told.has(uid)) return Effect.void
        told.add(uid)
        const message = text.charAt(0).toUpperCase() + text.slice(1)
        return events.record(referenceTo(resource, object), {
          type: "Warning",
          reason: "DefinitionIncomplete",
          message,
        })
      }),
  }
}
