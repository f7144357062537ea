import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { jsonPatch, mergePatch } from "../../../../src/local/apiserver/patch/Patch.ts"
import { strategicMerge } from "../../../../src/local/apiserver/patch/StrategicMerge.ts"

describe("JSON merge patch", () => {
  it("merges objects, replaces lists, removes what is null, and keeps the rest", () => {
    const target = { a: { b: 1, c: 2 }, list: [1, 2], keep: true }
    assert.deepStrictEqual(mergePatch(target, { a: { b: null, d: 3 }, list: [9] }), {
      a: { c: 2, d: 3 },
      list: [9],
      keep: true,
    })
    assert.deepStrictEqual(target, { a: { b: 1, c: 2 }, list: [1, 2], keep: true })
  })
})

describe("JSON patch", () => {
  const document = { a: { "x/y": 1 }, list: ["p", "q"] }
  const cases: ReadonlyArray<readonly [what: string, patch: ReadonlyArray<object>, result: unknown]> = [
    ["adds to a list", [{ op: "add", path: "/list/-", value: "r" }], { ...document, list: ["p", "q", "r"] }],
    ["inserts", [{ op: "add", path: "/list/1", value: "r" }], { ...document, list: ["p", "r", "q"] }],
    ["removes", [{ op: "remove", path: "/list/0" }], { ...document, list: ["q"] }],
    ["reads escaped names", [{ op: "replace", path: "/a/x~1y", value: 2 }], { ...document, a: { "x/y": 2 } }],
    ["moves", [{ op: "move", from: "/a/x~1y", path: "/moved" }], { a: {}, list: ["p", "q"], moved: 1 }],
    ["copies", [{ op: "copy", from: "/list/0", path: "/list/-" }], { ...document, list: ["p", "q", "p"] }],
  ]
  it.each(cases)("%s", (_, patch, result) => {
    assert.deepStrictEqual(jsonPatch(document, patch), Result.succeed(result))
  })

  it("is atomic: a failed test or a missing path rejects the whole patch", () => {
    const add = { op: "add", path: "/b", value: 1 }
    const bad = [
      { op: "test", path: "/a/x~1y", value: 2 },
      { op: "remove", path: "/nope" },
      { op: "replace", path: "/list/5", value: 1 },
      { op: "add", path: "/nope/deep", value: 1 },
    ]
    for (const one of bad) assert.isTrue(Result.isFailure(jsonPatch(document, [add, one])))
  })
})

describe("Strategic merge patch", () => {
  const pod = {
    metadata: { finalizers: ["a"] },
    spec: {
      containers: [
        { name: "main", image: "spark:3", env: [{ name: "A", value: "1" }], args: ["x"] },
        { name: "side", image: "side" },
      ],
    },
  }

  it("merges containers and variables by name, and replaces plain lists", () => {
    const patch = {
      spec: { containers: [{ name: "main", args: ["y"], env: [{ name: "B", value: "2" }] }] },
    }
    assert.deepStrictEqual(strategicMerge(pod, patch), {
      metadata: { finalizers: ["a"] },
      spec: {
        containers: [
          {
            name: "main",
            image: "spark:3",
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
            args: ["y"],
          },
          { name: "side", image: "side" },
        ],
      },
    })
  })

  it("deletes, replaces and orders by directive", () => {
    const deleted = strategicMerge(pod.spec, { containers: [{ name: "main", $patch: "delete" }] })
    assert.deepStrictEqual(deleted, { containers: [{ name: "side", image: "side" }] })
    const replaced = strategicMerge(pod.spec, { containers: [{ $patch: "replace" }, { name: "new" }] })
    assert.deepStrictEqual(replaced, { containers: [{ name: "new" }] })
    const ordered = strategicMerge(pod.spec, { "$setElementOrder/containers": [{ name: "side" }, { name: "main" }] })
    assert.deepStrictEqual(
      (ordered as typeof pod.spec).containers.map(({ name }) => name),
      ["side", "main"],
    )
  })

  it("treats finalizers as a set, from which a directive takes single values", () => {
    assert.deepStrictEqual(strategicMerge(pod.metadata, { finalizers: ["b", "a"] }), { finalizers: ["a", "b"] })
    assert.deepStrictEqual(strategicMerge(pod.metadata, { "$deleteFromPrimitiveList/finalizers": ["a"] }), {
      finalizers: [],
    })
  })

  it("distinguishes the ports of a container from those of a Service", () => {
    const container = { ports: [{ containerPort: 1, name: "a" }] }
    const service = { ports: [{ port: 1, name: "a" }] }
    assert.deepStrictEqual(strategicMerge(container, { ports: [{ containerPort: 1, protocol: "UDP" }] }), {
      ports: [{ containerPort: 1, name: "a", protocol: "UDP" }],
    })
    assert.deepStrictEqual(strategicMerge(service, { ports: [{ port: 2 }] }), {
      ports: [{ port: 1, name: "a" }, { port: 2 }],
    })
  })
})
