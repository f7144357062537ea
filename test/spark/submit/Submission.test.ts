import { assert, describe, it } from "@effect/vitest"
import { localDirId, sparkAppId, submissionId, uniqueId, uuid5 } from "../../../src/spark/submit/Submission.ts"

const uuid = (version: number) =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

describe("uuid5", () => {
  it("gives the UUIDs of RFC 9562, appendix A.4, and of Python's documentation", () => {
    const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    assert.strictEqual(uuid5(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    assert.strictEqual(uuid5(dns, "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d")
  })
})

describe("submissionId", () => {
  const uid = "6f3d2a1c-0b5e-4c7d-8e9f-001122334455"

  it("is a UUID of version 5 that no version of the operator makes otherwise", () => {
    assert.match(submissionId(uid, 1), uuid(5))
    assert.strictEqual(submissionId(uid, 1), "d752769a-fb7b-5397-9481-08208c0bf006")
    assert.strictEqual(submissionId(uid, 2), "6123809b-c992-54e0-93ac-33c8ab3edd0d")
  })

  it("differs between applications and attempts", () => {
    const ids = [submissionId("a", 1), submissionId("b", 1), submissionId("a", 2), submissionId("a", 11)]
    assert.strictEqual(new Set(ids).size, 4)
  })
})

describe("derived ids", () => {
  const id = submissionId("uid", 1)

  it("make Spark's application id from the submission id", () => {
    assert.strictEqual(sparkAppId("0f0e0d0c-0b0a-8909-8807-060504030201"), "spark-0f0e0d0c0b0a89098807060504030201")
    assert.match(sparkAppId("not a uuid"), /^spark-[0-9a-f]{32}$/)
  })

  it("differ from each other", () => {
    assert.match(uniqueId(id, "prefix"), /^[0-9a-f]{16}$/)
    assert.notStrictEqual(uniqueId(id, "prefix"), uniqueId(id, "conf-map"))
    assert.match(localDirId(id), uuid(8))
    assert.notStrictEqual(localDirId(id), id)
  })
})
