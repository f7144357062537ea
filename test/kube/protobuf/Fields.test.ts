import { assert, describe, it } from "vitest"
import { decode, fields, pick } from "../../../src/kube/protobuf/Fields.ts"
import { encode, type Field } from "../../support/Protobuf.ts"

const table = fields({
  name: [1, "text"],
  labels: [2, "texts"],
  count: [3, "integer"],
  ready: [4, "flag"],
  at: [5, "time"],
  parts: [6, fields({ type: [1, "text"], status: [2, "text"] }), "many"],
  names: [7, "text", "many"],
})
const read = (message: ReadonlyArray<Field>) => decode(encode(message), table)

describe("the fields of a message", () => {
  it("are read by their numbers, and all others are skipped", () => {
    const label = (key: string, value: string): Field => [
      2,
      [
        [1, key],
        [2, value],
      ],
    ]
    assert.deepStrictEqual(
      read([
        [99, "unknown"],
        [1, "a"],
        label("team", "x"),
        label("empty", ""),
        [98, 12_345],
        [3, 300],
        [4, 1],
        [5, [[1, 1_795_996_800]]],
        [6, [[1, "Ready"]]],
        [6, [[2, "True"]]],
        [7, "n"],
        [7, "m"],
      ]),
      {
        name: "a",
        labels: { team: "x", empty: "" },
        count: 300,
        ready: true,
        at: "2026-11-30T00:00:00Z",
        parts: [{ type: "Ready" }, { status: "True" }],
        names: ["n", "m"],
      },
    )
  })

  it.each([0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 45 + 1, -1, -137, -(2 ** 31), -(2 ** 40)])(
    "hold the integer %d",
    (count) => assert.deepStrictEqual(read([[3, BigInt(count)]]), { count }),
  )

  it("do not have what JSON leaves out: empty texts, and times that are not set", () => {
    assert.deepStrictEqual(
      read([
        [1, ""],
        [5, ""],
        [3, 0],
        [4, 0],
      ]),
      { count: 0, ready: false },
    )
  })

  it("are cut out of JSON with the same result", () => {
    const json = {
      name: "a",
      labels: { team: "x" },
      count: 0,
      ready: false,
      at: null,
      names: [],
      parts: [{ type: "T", more: 1 }],
      spec: {},
    }
    assert.deepStrictEqual(pick(json, table), {
      name: "a",
      labels: { team: "x" },
      count: 0,
      ready: false,
      parts: [{ type: "T" }],
    })
  })

  it("that end after their message, or are of another type, are an error", () => {
    assert.throws(() => decode(Buffer.from([0x0a, 5, 0x61]), table), /cut off/)
    assert.throws(() => decode(Buffer.from([0x32, 2, 0x0a, 9, 0x61]), table), /cut off|longer than its message/)
    assert.throws(() => read([[1, 5]]), /name has wire type 0/)
    assert.throws(() => decode(Buffer.from([0x1a, 0]), table), /count has wire type 2/)
  })
})

describe("a value that is derived from other fields", () => {
  const container = fields({ name: [1, "text"], requests: [2, "quantities"] })
  const derived = {
    name: "cores",
    from: fields({ containers: [2, container, "many"] }),
    of: (message: unknown) => {
      const { containers } = message as { readonly containers?: ReadonlyArray<{ requests?: Record<string, string> }> }
      return containers?.map(({ requests }) => requests?.["cpu"]).join("+")
    },
  }
  const pods = fields({ name: [1, "text"] }, derived)
  const requesting = (name: string, cpu: string): Field => [
    2,
    [
      [1, name],
      [
        2,
        [
          [1, "cpu"],
          [2, [[1, cpu]]],
        ],
      ],
      [
        2,
        [
          [1, "memory"],
          [2, [[1, "1Gi"]]],
        ],
      ],
    ],
  ]
  const expected = { name: "a", cores: "500m+2" }

  it("takes the place of these fields, in Protocol Buffers and in JSON", () => {
    const message = encode([[1, "a"], requesting("x", "500m"), requesting("y", "2")])
    assert.deepStrictEqual(decode(message, pods), expected)
    const containers = [
      { name: "x", requests: { cpu: "500m", memory: "1Gi" }, image: "i" },
      { name: "y", requests: { cpu: 2 } },
    ]
    assert.deepStrictEqual(pick({ name: "a", containers, other: true }, pods), expected)
  })

  it("stays when the object is cut down again, without the fields that it came from", () => {
    assert.deepStrictEqual(pick(expected, pods), expected)
  })

  it("does not exist where there is nothing to derive it from", () => {
    assert.deepStrictEqual(pick({ name: "a" }, pods), { name: "a" })
    assert.deepStrictEqual(decode(encode([[1, "a"]]), pods), { name: "a" })
  })
})
