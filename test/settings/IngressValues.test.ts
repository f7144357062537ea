import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import { annotations, ingressTls, ingressUrlFormat } from "../../src/settings/IngressValues.ts"

describe("flags about Ingresses", () => {
  it("an address may be left empty, and must be one otherwise", () => {
    assert.deepStrictEqual(ingressUrlFormat.parse(""), Option.some(undefined))
    assert.deepStrictEqual(ingressUrlFormat.parse("{{$appName}}.a.b"), Option.some("{{$appName}}.a.b"))
    assert.isTrue(Option.isNone(ingressUrlFormat.parse("{{$app}}.a.b")))
  })

  it("certificates and annotations are JSON of their shape", () => {
    const tls = [{ hosts: ["a.b"], secretName: "tls" }]
    assert.deepStrictEqual(ingressTls.parse(JSON.stringify(tls)), Option.some(tls))
    assert.deepStrictEqual(annotations.parse('{"a":"b"}'), Option.some({ a: "b" }))
    assert.deepStrictEqual(annotations.parse(""), Option.some(undefined))
    for (const text of ["{", "[]", '{"a":1}', "a=b"]) assert.isTrue(Option.isNone(annotations.parse(text)), text)
    for (const text of ["{}", '[{"hosts":"a"}]']) assert.isTrue(Option.isNone(ingressTls.parse(text)), text)
  })
})
