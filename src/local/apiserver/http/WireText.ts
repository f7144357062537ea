/** The JSON text of objects, made once per object, however many lists and watches contain it. */
const texts = new WeakMap<object, string>()

/** `JSON.stringify`, cached as long as the (immutable) object exists. */
export const wireText = (object: object): string => {
  let text = texts.get(object)
  if (text === undefined) {
    text = JSON.stringify(object)
    texts.set(object, text)
  }
  return text
}

/** Bytes on the wire. */
export const wireSize = (object: object): number => Buffer.byteLength(wireText(object))
