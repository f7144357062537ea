/**
 * What a decision is: plain data. `Decide` makes it, `reconcile/` carries it out: first the status is written if it changes, then Events are
 * recorded, then the actions are performed in order. Nothing else changes the cluster.
 */

import type { Action } from "./Action.ts"
import type { Step } from "./Step.ts"

/** The rules of `Decide`, in their order: the first one that applies decides. */
export type Rule =
  /** A submission has begun that the status does not record. */
  | "record-submission"
  /** The application is being deleted. */
  | "delete"
  /** Another operator submitted a driver that the status does not record. */
  | "adopt-driver"
  /** The spec differs from that of the current run. */
  | "restart-changed-spec"
  | "suspend"
  /** The spec cannot be submitted. */
  | "refuse"
  /** None of these: the function of the state decides. */
  | "advance"

/** `status` is the same object as before when nothing is to be written. */
export interface Decision extends Step {
  readonly rule: Rule
  /**
   * Whether the report waits for the results of the actions: submissions and companion objects need no record before. The status is then
   * unchanged although there is something to report.
   */
  readonly deferred: boolean
  /**
   * Set while changes wait, so that one write reports all of them (`running/Waits`): when the first of them was seen, in epoch
   * milliseconds. The status is then unchanged although there is something to report.
   */
  readonly postponedSince: number | undefined
}

const ofRuns: ReadonlySet<Action["_tag"]> = new Set(["Submit", "DeleteRun", "DeleteDriver", "DeleteExecutor"])

/**
 * Whether the operator begins or ends a run, or a part of it, on its own account: what only an operator may do that remembers what it has
 * done. Users may delete and suspend at any time.
 */
export const beginsOrEnds = ({ rule, actions }: Pick<Decision, "rule" | "actions">): boolean =>
  rule !== "delete" && rule !== "suspend" && actions.some(({ _tag }) => ofRuns.has(_tag))
