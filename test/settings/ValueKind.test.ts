import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import * as Kind from "../../src/settings/ValueKind.ts"

/** The parsed value, or "refused". */
const read = <A>(kind: Kind.ValueKind<A>, text: string) => Option.getOrElse(kind.parse(text), () => "refused" as const)

describe("ValueKind", () => {
  it.each([
    ["30s", 30],
    ["5m", 300],
    ["1h30m", 5400],
    ["1.5s", 1.5],
    ["250ms", 0.25],
    ["1d", 86_400],
    ["0", "refused"],
    ["0s", "refused"],
    ["30", "refused"],
    ["-5s", "refused"],
    ["5 m", "refused"],
    ["5M", "refused"],
    ["", "refused"],
  ])("reads the duration %s as %s", (text, expected) => assert.strictEqual(read(Kind.duration, text), expected))

  it("accepts 0 to disable what may be disabled", () => {
    assert.strictEqual(read(Kind.durationOrNone, "0"), 0)
    assert.strictEqual(read(Kind.durationOrNone, "0s"), 0)
  })

  it.each([
    [":8080", true],
    ["127.0.0.1:0", true],
    ["[::1]:8080", true],
    ["localhost:65535", true],
    ["0", true],
    ["8080", false],
    [":65536", false],
    ["http://localhost:80", false],
    ["", false],
  ])("decides whether %s is an address to listen on", (text, allowed) =>
    assert.strictEqual(read(Kind.bindAddress, text) === text, allowed),
  )

  it("requires a master that Spark on Kubernetes supports", () => {
    assert.strictEqual(read(Kind.sparkMaster, "k8s://https://10.0.0.1:6443"), "k8s://https://10.0.0.1:6443")
    assert.strictEqual(read(Kind.sparkMaster, "https://10.0.0.1:6443"), "refused")
    assert.strictEqual(read(Kind.sparkMaster, "k8s://10.0.0.1"), "refused")
  })

  it("requires ascending buckets", () => {
    assert.deepStrictEqual(read(Kind.buckets, "0.5, 1, 60"), [0.5, 1, 60])
    assert.strictEqual(read(Kind.buckets, ""), undefined)
    assert.strictEqual(read(Kind.buckets, "1,1"), "refused")
    assert.strictEqual(read(Kind.buckets, "2,1"), "refused")
    assert.strictEqual(read(Kind.buckets, "0,1"), "refused")
    assert.strictEqual(read(Kind.buckets, "1,x"), "refused")
  })

  it("accepts only whole numbers within limits", () => {
    const kind = Kind.integer(1, 20)
    assert.strictEqual(read(kind, "20"), 20)
    for (const text of ["0", "21", "1.5", "1e1", "", " 2"]) assert.strictEqual(read(kind, text), "refused", text)
  })

  it("refuses a list when one item is wrong, and reads an empty one", () => {
    const kind = Kind.listOf(Kind.namespace, "")
    assert.deepStrictEqual(read(kind, "a,,b"), ["a", "b"])
    assert.deepStrictEqual(read(kind, ""), [])
    assert.strictEqual(read(kind, "a,Not_A_Namespace"), "refused")
  })

  it("accepts label keys in the notation of Kubernetes and of Prometheus", () => {
    for (const key of ["app_type", "app-type", "app.kubernetes.io/name", "team"])
      assert.strictEqual(read(Kind.labelKey, key), key)
    for (const key of ["a b", "x/y/z", "-x", ""]) assert.strictEqual(read(Kind.labelKey, key), "refused", key)
  })

  it("accepts a metric prefix as kubeflow's operator does, and the path of an endpoint", () => {
    assert.strictEqual(read(Kind.metricPrefix, "my-team_"), "my-team_")
    assert.strictEqual(read(Kind.metricPrefix, "1st"), "refused")
    assert.strictEqual(read(Kind.urlPath, "/metrics"), "/metrics")
    assert.strictEqual(read(Kind.urlPath, "metrics"), "refused")
  })
})
