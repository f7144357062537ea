/**
 * Strings that occur again and again in the objects of a cluster (names of labels, images, times), kept once. A table of fixed size with one
 * place for each hash: it forgets, and never grows.
 */

const places = 1 << 14
/** Longer texts hardly occur twice. */
const longest = 80
const known: Array<string> = Array.from({ length: places }, () => "")

const placeOf = (hash: number): number => (hash ^ (hash >>> 14)) & (places - 1)

const isAt = (bytes: Uint8Array, from: number, text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false
  return true
}

/** UTF-8 as a string. */
export const textFrom = (bytes: Buffer, from: number, to: number): string => {
  const length = to - from
  if (length > longest) return bytes.toString("utf8", from, to)
  let hash = length
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0
  const place = placeOf(hash)
  const before = known[place]!
  if (before.length === length && isAt(bytes, from, before)) return before
  const text = bytes.toString("utf8", from, to)
  // As long as its bytes: ASCII, as almost everything, and comparable byte by byte.
  if (text.length === length) known[place] = text
  return text
}

/** The same text, perhaps as a string that is in memory already. */
export const shared = (text: string): string => {
  const { length } = text
  if (length > longest) return text
  let hash = length
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return text
    hash = (Math.imul(hash, 31) + code) | 0
  }
  const place = placeOf(hash)
  if (known[place] === text) return known[place]
  known[place] = text
  return text
}

/** The same JSON value, changed in place: equal texts in it are one string, and the same as in other values. */
export const shareTexts = <A>(value: A): A => {
  if (typeof value === "string") return shared(value) as A
  if (typeof value !== "object" || value === null) return value
  const parts = value as Record<string, unknown>
  for (const key in parts) {
    const part = parts[key]
    if (typeof part === "string") parts[key] = shared(part)
    else if (typeof part === "object" && part !== null) shareTexts(part)
  }
  return value
}
