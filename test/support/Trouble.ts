/** An API server that answers late, wrongly or not at all, at random. */

import type { Fault, FaultPlan } from "../../src/local/apiserver/Faults.ts"

const trouble = (random: () => number): Fault => {
  const kind = Math.floor(random() * 8)
  if (kind === 0) return { _tag: "Respond", status: 409 }
  if (kind === 1) return { _tag: "Respond", status: 429, retryAfter: 1 }
  if (kind === 2) return { _tag: "Respond", status: random() < 0.5 ? 500 : 503 }
  if (kind === 3) return { _tag: "Delay", seconds: 3 * random() }
  if (kind === 4) return { _tag: "DropBefore" }
  if (kind === 5) return random() < 0.2 ? { _tag: "Hang" } : { _tag: "DropAfter" }
  return { _tag: "DropAfter" }
}

/** Watches end, and one request of six goes wrong, until the history is over. */
export const makeFaults = (random: () => number, over: () => boolean): FaultPlan => {
  const how = (): "gone" | "dropped" | "quietly" => (random() < 0.4 ? "gone" : random() < 0.5 ? "dropped" : "quietly")
  return ({ verb }) => {
    if (over()) return undefined
    if (verb === "watch") return { _tag: "EndWatch", afterLines: Math.floor(12 * random()), how: how() }
    return random() < 1 / 6 ? trouble(random) : undefined
  }
}
