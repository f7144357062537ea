import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { created, nameOf } from "../../../src/cli/manifest/Created.ts"
import { parseManifests } from "../../../src/cli/manifest/ManifestFiles.ts"
import { manifestObjects } from "../../../src/cli/manifest/ManifestText.ts"

const objects = (text: string) => manifestObjects(text).map((read) => Result.getOrThrow(read).object)

describe("the objects of a manifest", () => {
  it("are the items of lists of any kind, which may leave their type to the list", () => {
    assert.deepStrictEqual(
      objects(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod}
- apiVersion: sparkoperator.k8s.io/v1beta2
  kind: SparkApplicationList
  metadata: {resourceVersion: ""}
  items:
  - {metadata: {name: a}}
---
{apiVersion: v1, kind: Anything, items: [{apiVersion: v1, kind: Secret}]}
---
{apiVersion: v1, kind: PodList, items: []}
`),
      [
        { apiVersion: "v1", kind: "Pod" },
        { apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication", metadata: { name: "a" } },
        { apiVersion: "v1", kind: "Secret" },
      ],
    )
  })

  it("lack what only the API server writes", () => {
    assert.deepStrictEqual(
      objects(`
kind: SparkApplication
metadata:
  name: a
  labels: {x: z}
  creationTimestamp: null
  generation: 3
  managedFields: []
  resourceVersion: "5"
  uid: 1-2
spec: {}
status: {}
`),
      [{ kind: "SparkApplication", metadata: { name: "a", labels: { x: "z" } }, spec: {} }],
    )
  })

  it("are distinguished from other documents, with file, document and line", () => {
    const parsed = parseManifests("a.yaml", "kind: A\n---\n---\nkind: B\nkind: C")
    const [first, second] = Result.getOrThrow(parsed)
    assert.strictEqual(first?.source, "a.yaml#1")
    assert.strictEqual(second?.source, "a.yaml#3")
    assert.deepStrictEqual(
      second?.warnings.map(({ line }) => line),
      [5],
    )
    const failed = parseManifests("a.yaml", "kind: A\n---\njust text")
    assert.isTrue(Result.isFailure(failed))
    if (Result.isFailure(failed)) assert.match(failed.failure.message, /^a.yaml, line 3: is not a Kubernetes object/)
  })
})

describe("an application as the server would store it", () => {
  it("has a name made from generateName, of at most 63 characters", () => {
    assert.strictEqual(nameOf({ generateName: "nightly-" }), "nightly-xxxxx")
    assert.strictEqual(nameOf({ generateName: "n".repeat(70) })?.length, 63)
    assert.strictEqual(nameOf({ name: "a", generateName: "b-" }), "a")
    assert.isUndefined(nameOf({}))
  })

  it("has a namespace and a uid, defaults, and no null where none is allowed", () => {
    const spec = { driver: { labels: null, cores: 1 }, nodeSelector: null, sparkConf: null }
    assert.deepStrictEqual(created({ metadata: { name: "a", namespace: "" }, spec }, "default"), {
      metadata: { name: "a", namespace: "default", uid: "00000000-0000-4000-8000-000000000000" },
      spec: { mode: "cluster", driver: { cores: 1 } },
    })
  })
})
