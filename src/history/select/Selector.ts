/** Kubernetes' label selectors: whether one selects an object, and whether two can select the same. Pure. */

import type { LabelSelector } from "../../api/history/SelectedApplications.ts"
import { type LabelOperator, labelOperators } from "../../kube/selector/Operators.ts"

type Labels = Readonly<Record<string, string>>

/** What a selector says about one key. */
interface Requirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: ReadonlyArray<string>
}

const requirementsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): ReadonlyArray<Requirement> => [
  ...Object.entries(matchLabels).map(([key, value]): Requirement => ({ key, operator: "In", values: [value] })),
  ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values })),
]

const isMet = ({ key, operator, values }: Requirement, labels: Labels): boolean =>
  labelOperators[operator](labels[key], values)

/** An empty selector selects everything. */
export const selects = (selector: LabelSelector, labels: Labels): boolean =>
  requirementsOf(selector).every((requirement) => isMet(requirement, labels))

/** A value that is unlikely to be meant by a selector that names none. */
const anyValue = "any"

/** The label for which all requirements on this key hold; `null`: without it, undefined: there is none. */
const exampleFor = (requirements: ReadonlyArray<Requirement>): string | null | undefined => {
  const holds = (value: string | null) =>
    requirements.every((one) => isMet(one, value === null ? {} : { [one.key]: value }))
  const named = requirements.flatMap(({ values }) => values)
  return [null, anyValue, ...named, `${anyValue}-other`].find(holds)
}

/** Labels that both selectors select; undefined if nothing can have such labels. */
export const commonLabels = (a: LabelSelector, b: LabelSelector): Labels | undefined => {
  const byKey = Map.groupBy([...requirementsOf(a), ...requirementsOf(b)], ({ key }) => key)
  const labels: Record<string, string> = {}
  for (const [key, requirements] of byKey) {
    const example = exampleFor(requirements)
    if (example === undefined) return undefined
    if (example !== null) labels[key] = example
  }
  return labels
}
