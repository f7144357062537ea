/** What pages of one object have in common. */

import { Empty, h, Problem, State } from "./Html.ts"

/** Instead of a page whose data has not arrived. */
export const Loading = ({ problem }: { readonly problem: string | undefined }) =>
  problem ? h(Problem, { message: problem }) : h(Empty, null, "Loading…")

export interface StateLineProps {
  readonly state: string
  /** Explains the state. */
  readonly sentence: string
}

export const StateLine = ({ state, sentence }: StateLineProps) =>
  h("p", { role: "status" }, h(State, { state }), " ", sentence)
