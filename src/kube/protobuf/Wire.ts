/** The wire format of Protocol Buffers, as far as Kubernetes uses it: numbered fields, each an integer or a run of bytes. */

/** These bytes are not what they should be. */
export class WireError extends Error {
  override readonly name = "WireError"
}

/** A cursor over the fields of a message. */
export class Wire {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  private byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new WireError("the message is cut off")
    return byte
  }

  /** An unsigned integer that is known to be small: a tag or a length. */
  small(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
      if (factor > 2 ** 42) throw new WireError("a length is too large")
    }
  }

  /** A signed integer of 64 bits; exact where a number can be. */
  integer(): number {
    let [low, high] = [0, 0]
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      const bits = byte & 127
      if (shift < 32) low |= bits << shift
      if (shift > 24) high |= shift < 32 ? bits >>> (32 - shift) : bits << (shift - 32)
      if (byte < 128) return high * 2 ** 32 + (low >>> 0)
      if (shift > 56) throw new WireError("an integer is too long")
    }
  }

  /** The end of the bytes that begin here, after their length was read. */
  end(): number {
    const length = this.small()
    const end = this.at + length
    if (end > this.bytes.length) throw new WireError("the message is cut off")
    return end
  }

  /** Moves past the value of a field of this wire type. */
  skip(type: number): void {
    if (type === 2) this.at = this.end()
    else if (type === 0) while (this.byte() > 127);
    else if (type === 1) this.at += 8
    else if (type === 5) this.at += 4
    else throw new WireError(`wire type ${type} is unknown`)
  }
}

/** A field of a message: its number, and where its value begins and ends. */
export interface FieldPlace {
  readonly number: number
  readonly from: number
  readonly to: number
}

/** The field that begins here, even if its value has not arrived completely; undefined if not even its length has. */
export const fieldAt = (bytes: Buffer, at: number): FieldPlace | undefined => {
  const tagEnd = varintEnd(bytes, at)
  if (tagEnd === undefined) return undefined
  const wire = new Wire(bytes)
  wire.at = at
  const tag = wire.small()
  const number = tag >>> 3
  if ((tag & 7) !== 2) throw new WireError(`field ${number} of a list has wire type ${tag & 7}`)
  if (varintEnd(bytes, tagEnd) === undefined) return undefined
  const length = wire.small()
  return { number, from: wire.at, to: wire.at + length }
}

const varintEnd = (bytes: Buffer, from: number): number | undefined => {
  for (let at = from; at < bytes.length; at++) if (bytes[at]! < 128) return at + 1
  return undefined
}
