/**
 * The namespaces whose objects the operator manages: all, those that are listed, or those that are selected by their labels, which come and
 * go while the operator runs.
 */

import { Effect } from "effect"
import type { Liveness } from "../../kube/Reflector.ts"
import type { LeaseNote } from "../LeaseHold.ts"

/** `now`: epoch milliseconds; `received`: nanoseconds of the monotonic clock. */
export interface Selection {
  readonly namespace: string
  readonly isSelected: boolean
  /** The namespace itself is deleted or being deleted. */
  readonly isGone: boolean
  readonly now: number
  readonly received: bigint
}

export interface Namespaces {
  /** What is listed and watched, one by one; empty: everything, with one list and one watch for all namespaces. */
  readonly watched: ReadonlyArray<string>
  /** Selected by name, forever. Those selected by label are not among them. */
  readonly named: ReadonlyArray<string>
  /** The labels by which namespaces are selected, as in the settings; undefined: they are not selected by labels. */
  readonly selector: string | undefined
  readonly isSelected: (namespace: string) => boolean
  /** Resumes when it is known which namespaces are selected. */
  readonly ready: Effect.Effect<void>
  /** From now on `changed` is called whenever a namespace was selected by its labels, or no longer is; `isSelected` says so then. */
  readonly join: (changed: (selection: Selection) => void) => void
  readonly liveness: () => ReadonlyArray<Liveness>
  /** For the next operator, if they are selected by labels: which were, so that it knows which no longer are. */
  readonly memory: Pick<LeaseNote, "current" | "recall"> | undefined
}

/** These namespaces; empty: all. */
export const listed = (names: ReadonlyArray<string>): Namespaces => {
  const known = new Set(names)
  return {
    watched: names,
    named: names,
    selector: undefined,
    isSelected: names.length === 0 ? () => true : (namespace) => known.has(namespace),
    ready: Effect.void,
    join: () => {},
    liveness: () => [],
    memory: undefined,
  }
}

/** Calls `begin` for every namespace that is known to be selected by its name, now and whenever another one is selected. */
export const forEachSelected = (
  namespaces: Pick<Namespaces, "named" | "join">,
  begin: (namespace: string) => void,
): void => {
  for (const name of namespaces.named) begin(name)
  namespaces.join(({ namespace, isSelected }) => {
    if (isSelected) begin(namespace)
  })
}
