import { assert, describe, it } from "vitest"
import { fields } from "../../../src/kube/protobuf/Fields.ts"
import { protobufListReader } from "../../../src/kube/protobuf/ListAnswer.ts"
import { encodeList, type Field } from "../../support/Protobuf.ts"

const object = fields({ metadata: [1, fields({ name: [1, "text"] })] })
const named = (name: string): ReadonlyArray<Field> => [
  [1, [[1, name]]],
  [2, [[1, "a part that nobody reads".repeat(20)]]],
]

/** The list from chunks of this size. */
const read = (bytes: Buffer, size: number) => {
  const reader = protobufListReader(object)
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  return reader.end()
}

describe("a list in Protocol Buffers", () => {
  const bytes = encodeList("7", "more", [named("a"), named("ünïcode"), named("c")])

  it("is the same however it is cut into chunks", () => {
    for (const size of [1, 2, 3, 7, 64, 501, bytes.length]) {
      assert.deepStrictEqual(
        read(bytes, size) as unknown,
        {
          metadata: { resourceVersion: "7", continue: "more" },
          items: ["a", "ünïcode", "c"].map((name) => ({ metadata: { name } })),
        },
        `chunks of ${size} bytes`,
      )
    }
  })

  it("may be empty, and has no token on its last page", () => {
    assert.deepStrictEqual(read(encodeList("7", "", []), 5), { metadata: { resourceVersion: "7" }, items: [] })
  })

  it("that is cut off anywhere is an error", () => {
    for (let length = 0; length < bytes.length - 4; length++) {
      assert.throws(() => read(bytes.subarray(0, length), 64), /cut off|not a list/, `after ${length} bytes`)
    }
  })

  it("that is something else is an error", () => {
    assert.throws(
      () => read(Buffer.from('{"kind": "PodList"}'), 64),
      /does not begin as Kubernetes' Protocol Buffers do/,
    )
  })
})
