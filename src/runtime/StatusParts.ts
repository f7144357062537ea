/** Compares a status that was sent with the one that the API server kept, as plain JSON. Pure. */

import { Predicate } from "effect"

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => Predicate.isObject(value) && !Array.isArray(value)

/**
 * The paths of what was sent and is not in the answer: `attempts`, `applicationState.since`, `attempts[].reason`; each once, without what
 * is below it. Values that differ are not lost, and neither are those that JSON leaves out.
 */
export const lostFields = (sent: unknown, kept: unknown): ReadonlyArray<string> => {
  const lost = new Set<string>()
  collectLost(sent, kept, "", lost)
  return [...lost]
}

const collectLost = (sent: unknown, kept: unknown, path: string, lost: Set<string>): void => {
  if (sent === undefined || sent === null) return
  if (kept === undefined || kept === null) lost.add(path)
  else if (Array.isArray(sent)) {
    const items: ReadonlyArray<unknown> = Array.isArray(kept) ? kept : []
    sent.forEach((item, index) => collectLost(item, items[index], `${path}[]`, lost))
  } else if (isFields(sent)) {
    const fields = isFields(kept) ? kept : {}
    for (const key in sent) collectLost(sent[key], fields[key], path === "" ? key : `${path}.${key}`, lost)
  }
}

/** Whether `part` can be what is left of `whole` when fields are dropped: it has nothing that `whole` has not. */
export const isPartOf = (part: unknown, whole: unknown): boolean => {
  if (part === undefined) return true
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) && part.length === whole.length && part.every((item, index) => isPartOf(item, whole[index]))
    )
  }
  if (!isFields(part)) return part === whole
  return isFields(whole) && Object.keys(part).every((key) => isPartOf(part[key], whole[key]))
}

/** `a, b, c and 12 more`: fields, of which a message names the first ones. */
export const namesOf = (fields: ReadonlyArray<string>, named = 5): string => {
  const more = fields.length - named
  return `${fields.slice(0, named).join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}
