/**
 * Lists in JSON, decoded while they arrive: each object is parsed as soon as its last byte is there, so that a long list needs no more memory
 * than what is kept of it. What is not an element of `items` is parsed at the end.
 */

import type { KubeList } from "../Kube.ts"
import type { KubeObject } from "../Resource.ts"

/** Takes in an answer while it arrives. */
export interface ListReader<A extends KubeObject> {
  /** The next bytes. Throws if they cannot belong to a list. */
  readonly push: (chunk: Buffer) => void
  /** The list. Throws if it is not complete. */
  readonly end: () => KubeList<A>
}

/** What came cannot be a list of objects. */
export class ListError extends Error {
  override readonly name = "ListError"
}

const [quote, backslash, opening, closing, openingList, closingList] = Array.from('"\\{}[]', (sign) =>
  sign.charCodeAt(0),
)

/** A reader for one list; `decoded` is applied to each object, which was just parsed. */
export const jsonListReader = <A extends KubeObject>(decoded: (object: A) => A): ListReader<A> => {
  const items: Array<A> = []
  /** Everything but the elements of `items`. */
  const envelope: Array<string> = []
  let depth = 0
  let inText = false
  let isEscaped = false
  /** Within an array that is a field of the list. */
  let inArray = false
  /** The beginning of an object that has not arrived completely. */
  let parts: Array<Buffer> = []

  const take = (bytes: Buffer) => {
    const text = parts.length === 0 ? bytes : Buffer.concat([...parts, bytes])
    parts = []
    items.push(decoded(JSON.parse(text.toString("utf8")) as A))
  }

  return {
    push: (bytes) => {
      /** Where an object, or else what is outside of objects, begins in these bytes. */
      let from = 0
      for (let at = 0; at < bytes.length; at++) {
        const sign = bytes[at]!
        if (inText) {
          if (isEscaped) isEscaped = false
          else if (sign === backslash) isEscaped = true
          else if (sign === quote) inText = false
        } else if (sign === quote) inText = true
        else if (sign === opening || sign === openingList) {
          if (inArray && depth === 2) from = at
          depth++
          if (depth === 2 && sign === openingList) {
            inArray = true
            envelope.push(bytes.toString("utf8", from, at + 1))
          }
        } else if (sign === closing || sign === closingList) {
          depth--
          if (inArray && depth === 2) take(bytes.subarray(from, at + 1))
          else if (inArray && depth === 1) {
            inArray = false
            from = at
          }
        }
      }
      if (!inArray) envelope.push(bytes.toString("utf8", from))
      else if (depth > 2) parts.push(bytes.subarray(from))
    },
    end: () => {
      const text = envelope.join("")
      const list = parsed(text) as { readonly metadata?: KubeList<A>["metadata"] } | null
      if (typeof list !== "object") throw new ListError(`the answer is not JSON: ${text.slice(0, 200)}`)
      if (list?.metadata === undefined) throw new ListError("the answer is not a list")
      return { metadata: list.metadata, items }
    },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
