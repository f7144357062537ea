import { assert, describe, it } from "@effect/vitest"
import type { KubeObject } from "../../../src/kube/Resource.ts"
import { patchOf, withAppliedKeys } from "../../../src/spark/access/AppliedKeys.ts"

type Fields = Readonly<Record<string, unknown>>

const object = (annotations: Fields, spec: Fields): KubeObject =>
  ({ kind: "Service", metadata: { name: "a", annotations, labels: { l: "1" } }, spec }) as unknown as KubeObject

const patch = (existing: KubeObject, desired: KubeObject) =>
  patchOf(existing, withAppliedKeys(desired)) as {
    readonly metadata: { readonly annotations: Fields; readonly labels: Fields }
    readonly spec: Fields
  }

describe("an object through which a server is reached", () => {
  const applied = withAppliedKeys(object({ mine: "1", old: "1" }, { type: "LoadBalancer", loadBalancerClass: "x" }))
  const existing = {
    ...applied,
    metadata: { ...applied.metadata, annotations: { ...applied.metadata?.annotations, cloud: "2" } },
    spec: { type: "LoadBalancer", loadBalancerClass: "x", clusterIP: "10.0.0.1", selector: { old: "1" } },
  } as KubeObject

  it("loses what the spec no longer requests, and keeps what others have added", () => {
    const { metadata, spec } = patch(existing, object({ mine: "2" }, { type: "ClusterIP", selector: { own: "1" } }))
    assert.deepInclude(metadata.annotations, { mine: "2", old: null })
    assert.notProperty(metadata.annotations, "cloud")
    assert.deepStrictEqual(spec, { type: "ClusterIP", loadBalancerClass: null, selector: { own: "1", old: null } })
  })

  it("without knowledge of what was applied loses nothing", () => {
    const before = object({ mine: "1", "sparkoperator.k8s.io/applied": "{" }, {})
    assert.notInclude(JSON.stringify(patch(before, object({}, {}))), "null")
  })
})
