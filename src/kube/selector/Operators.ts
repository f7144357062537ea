/** What a requirement of a label selector says of the value of its label, which may be absent. As in Kubernetes, NotIn holds without the label. */

export type LabelOperator = "In" | "NotIn" | "Exists" | "DoesNotExist"

export const labelOperators: Readonly<
  Record<LabelOperator, (value: string | undefined, given: ReadonlyArray<string>) => boolean>
> = {
  In: (value, given) => value !== undefined && given.includes(value),
  NotIn: (value, given) => value === undefined || !given.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
}
