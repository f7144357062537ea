/** The JSON text of objects, made once per object, however many lists and watches contain it. */

import { type ApiObject, withMetadata } from "../ApiObject.ts"
import { managedFields } from "../patch/ManagedFields.ts"

const texts = new WeakMap<object, string>()

/** The object with its `metadata.managedFields`. */
export const withManagedFields = (object: ApiObject): ApiObject => {
  const entries = managedFields(object)
  return entries.length === 0 ? object : withMetadata(object, { managedFields: entries })
}

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
