/** What a decision may do to the cluster, as data; `reconcile/Perform.ts` carries it out. */

import type { Occasion } from "./Situation.ts"

/** Every action is idempotent: performing it twice, or again after a crash, ends in the same state. */
export type Action =
  /** Create the run of this occasion, unless it exists. */
  | { readonly _tag: "CreateRun"; readonly name: string; readonly occasion: Occasion }
  /** Delete an unfinished run to make way for the next one; it stays until its driver is gone. */
  | { readonly _tag: "ReplaceRun"; readonly name: string; readonly uid: string }
  /** Delete a finished run that the history has no room for. A failure does not stop anything else. */
  | { readonly _tag: "PruneRun"; readonly name: string; readonly uid: string }
