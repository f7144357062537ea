/**
 * Views that are made once between two reports of changes, however many viewers ask: many look at the same few pages, and in a large fleet some object
 * changes at any time. What is returned is as old as the last report at most, and every page asks again after a report.
 */

import type { ChangeFeed } from "./ChangeFeed.ts"

/** More are not kept. */
const most = 64

/** The view of this key. */
export type KeptViews<A> = (key: string, view: () => A) => A

export const make = <A>(feed: Pick<ChangeFeed, "reports">): KeptViews<A> => {
  const kept = new Map<string, A>()
  let reports = feed.reports()
  return (key, view) => {
    if (reports !== feed.reports()) {
      kept.clear()
      reports = feed.reports()
    }
    const known = kept.get(key)
    if (known !== undefined) return known
    const made = view()
    if (kept.size < most) kept.set(key, made)
    return made
  }
}
