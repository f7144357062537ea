/** When a key is reconciled next, as the outcome of a reconcile. A change of a watched object always comes earlier. */

export type Next =
  | { readonly _tag: "AwaitChange" }
  | { readonly _tag: "After"; readonly seconds: number }
  /** The object no longer exists: forget the key. */
  | { readonly _tag: "Gone" }

export const awaitChange: Next = { _tag: "AwaitChange" }
export const after = (seconds: number): Next => ({ _tag: "After", seconds: Math.max(0, seconds) })
/** At once: the new status leads straight to the next step. */
export const again: Next = after(0)
/** In this many seconds at the latest. */
export const sooner = (next: Next, seconds: number): Next =>
  next._tag === "After" && next.seconds <= seconds ? next : after(seconds)
