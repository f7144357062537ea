/** The JSON text of objects, made once per object, however many lists and watches contain it. */

import type { ApiObject } from "../ApiObject.ts"
import { withManagedFields } from "../patch/ManagedFields.ts"

const texts = new WeakMap<object, string>()

/** `JSON.stringify` with `metadata.managedFields`, cached as long as the (immutable) object exists. */
export const wireText = (object: ApiObject): string => {
  let text = texts.get(object)
  if (text === undefined) {
    text = JSON.stringify(withManagedFields(object))
    texts.set(object, text)
  }
  return text
}

/** Bytes on the wire. */
export const wireSize = (object: ApiObject): number => Buffer.byteLength(wireText(object))
