import { assert, describe, it } from "vitest"
import { jsonListReader } from "../../../src/kube/json/ListReader.ts"
import type { KubeObject } from "../../../src/kube/Resource.ts"

const read = (text: string, size: number) => {
  const reader = jsonListReader<KubeObject>((object) => object)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  return reader.end()
}

const items = [
  {
    metadata: { name: "a", labels: { odd: 'quotes " and \\ and ]}[{ and \\"' } },
    spec: { list: [[1], [{}]], none: null },
  },
  { metadata: { name: "ünïcödé 🦊" } },
  {},
]
const metadata = { resourceVersion: "7", continue: "more" }

describe("a list in JSON", () => {
  it.each([
    ["after its metadata", JSON.stringify({ kind: "PodList", metadata, items })],
    ["before its metadata", JSON.stringify({ items, kind: "PodList", metadata })],
    ["with white space", JSON.stringify({ metadata, items }, null, 2)],
  ])("has its objects %s, however it is cut into chunks", (_, text) => {
    for (const size of [1, 2, 3, 5, 16, 61, 4096]) {
      assert.deepStrictEqual(read(text, size) as unknown, { metadata, items }, `chunks of ${size} bytes`)
    }
  })

  it("may be empty, or have null for its objects", () => {
    assert.deepStrictEqual(read(JSON.stringify({ metadata, items: [] }), 4), { metadata, items: [] })
    assert.deepStrictEqual(read(JSON.stringify({ metadata, items: null }), 4), { metadata, items: [] })
  })

  it("that is cut off anywhere is an error", () => {
    const text = JSON.stringify({ metadata, items })
    for (let length = 0; length < text.length; length++) {
      assert.throws(() => read(text.slice(0, length), 16), /not JSON/, `after ${length} characters`)
    }
  })

  it("that is something else is an error", () => {
    assert.throws(() => read("<html>Welcome</html>", 64), /the answer is not JSON: <html>Welcome/)
    assert.throws(() => read("[]", 64), /the answer is not a list/)
    assert.throws(() => read('{"kind": "Pod"}', 64), /the answer is not a list/)
  })
})
