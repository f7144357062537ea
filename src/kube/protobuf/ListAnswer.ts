/**
 * Lists as the API server encodes them in Protocol Buffers: four bytes that say so, an envelope (`runtime.Unknown`), and the list in it. They
 * are decoded while they arrive, object by object, so that a long list needs no more memory than what is kept of it.
 */

import type { ListReader } from "../json/ListReader.ts"
import type { KubeList } from "../Kube.ts"
import type { KubeObject } from "../Resource.ts"
import { decode, type Fields, fields } from "./Fields.ts"
import { fieldAt, WireError } from "./Wire.ts"

/** The media type. */
export const protobuf = "application/vnd.kubernetes.protobuf"

const magic = Buffer.from("k8s\0")

/** The field of the envelope that is the list, and the fields of the list. */
const rawField = 2
const metadataField = 1
const itemsField = 2

const listMetadata = fields({ resourceVersion: [2, "text"], continue: [3, "text"] })

/** A reader for one list of such objects. It throws a `WireError` if the bytes are not one. */
export const protobufListReader = <A extends KubeObject>(object: Fields): ListReader<A> => {
  const items: Array<A> = []
  let metadata: KubeList<A>["metadata"] | undefined
  let begun = false
  /** Bytes of the list itself that are still to come; undefined: the envelope's own fields come next. */
  let missing: number | undefined
  let rest: Buffer = Buffer.alloc(0)

  /** Where the next field begins; the same place if this one has not arrived completely. */
  const next = (bytes: Buffer, at: number): number => {
    if (!begun) {
      if (bytes.length < magic.length) return at
      if (!bytes.subarray(0, magic.length).equals(magic)) {
        throw new WireError("the answer does not begin as Kubernetes' Protocol Buffers do")
      }
      begun = true
      return magic.length
    }
    const field = fieldAt(bytes, at)
    if (field === undefined) return at
    const { number, from, to } = field
    if (missing === undefined && number === rawField) {
      missing = to - from
      return from
    }
    if (to > bytes.length) return at
    if (missing === undefined) return to
    if (number === metadataField) metadata = decode(bytes, listMetadata, from, to) as KubeList<A>["metadata"]
    else if (number === itemsField) items.push(decode(bytes, object, from, to) as A)
    missing -= to - at
    if (missing < 0) throw new WireError("an object is longer than its list")
    return to
  }

  return {
    push: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      for (let after = next(bytes, at); after !== at; after = next(bytes, at)) {
        at = after
        if (missing === 0) missing = undefined
      }
      rest = bytes.subarray(at)
    },
    end: () => {
      if (rest.length > 0 || missing !== undefined) throw new WireError("the list is cut off")
      if (metadata === undefined) throw new WireError("the answer is not a list")
      return { metadata, items }
    },
  }
}
