/**
 * One resource kind that the operator runs: everything that differs between kinds, as one value. The operator has a list of them
 * (`src/Kinds.ts`); `RunKind.ts` runs each with a work queue, workers, health and leadership of the same kind for all.
 */

import type { Effect, Scope } from "effect"
import type { Kube } from "../kube/Kube.ts"
import type { KubeError } from "../kube/KubeError.ts"
import type { Liveness } from "../kube/Reflector.ts"
import type { DefinitionCheck } from "./DefinitionCheck.ts"
import type { Next } from "./Next.ts"

/** Puts a key into the work queue of the kind. */
export type Changed = (key: string) => void

export interface Kind {
  /** The name of its work queue in metrics and health. */
  readonly name: string
  /** Workers by lane. The first lane is never kept waiting: while many of its keys wait, the others pause. */
  readonly lanes: Readonly<Record<string, number>>
  /** The lane of a key as it is now. Default: the first lane. */
  readonly laneOf?: (key: string) => string
  /**
   * Keeps the caches up to date, forever; calls `changed` with every key that something happened to. Until `leading` resumes, changes are
   * taken in without a trace in telemetry or queue; then everything present counts as seen for the first time.
   */
  readonly follow: (changed: Changed, leading: Effect.Effect<void>) => Effect.Effect<never>
  /** Resumes when a reconcile finds in the caches what it needs. Run once. */
  readonly ready: Effect.Effect<void>
  readonly liveness: () => ReadonlyArray<Liveness>
  /** Whether the API server keeps the statuses of the kind; absent: the kind remembers nothing in them. */
  readonly definition?: Pick<DefinitionCheck<never>, "problem" | "watch">
  /** Moves the object of this key one step towards what its spec says. Safe to repeat, and to interrupt. */
  readonly reconcile: (key: string) => Effect.Effect<Next, KubeError, Kube>
  /** Work besides reconciles that only the leader does, such as reading progress; each runs until it is interrupted. */
  readonly asLeader: ReadonlyArray<(changed: Changed) => Effect.Effect<never, never, Kube>>
}

/** Makes a kind from `A`, what the operator has for all of them, in the operator's scope. */
export type MakeKind<A, R = never> = (operator: A) => Effect.Effect<Kind, never, R | Scope.Scope>
