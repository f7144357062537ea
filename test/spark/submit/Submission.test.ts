import { assert, describe, it } from "@effect/vitest"
import { localDirId, sparkAppId, submissionId, uniqueId } from "../../../src/spark/submit/Submission.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe("submissionId", () => {
  it("is a UUID, the same for the same attempt", () => {
    assert.match(submissionId("uid", 1, 1000), uuid)
    assert.strictEqual(submissionId("uid", 1, 1000), submissionId("uid", 1, 1000))
  })

  it("differs between applications, attempts and times", () => {
    const ids = [
      submissionId("a", 1, 1000),
      submissionId("b", 1, 1000),
      submissionId("a", 2, 1000),
      submissionId("a", 1, 1001),
    ]
    assert.strictEqual(new Set(ids).size, 4)
    assert.notStrictEqual(submissionId("a", 11, 0), submissionId("a", 1, 10))
  })
})

describe("derived ids", () => {
  const id = submissionId("uid", 1, 1000)

  it("make Spark's application id from the submission id", () => {
    assert.strictEqual(sparkAppId("0f0e0d0c-0b0a-8909-8807-060504030201"), "spark-0f0e0d0c0b0a89098807060504030201")
    assert.match(sparkAppId("not a uuid"), /^spark-[0-9a-f]{32}$/)
  })

  it("are apart from each other", () => {
    assert.match(uniqueId(id, "prefix"), /^[0-9a-f]{16}$/)
    assert.notStrictEqual(uniqueId(id, "prefix"), uniqueId(id, "conf-map"))
    assert.match(localDirId(id), uuid)
    assert.notStrictEqual(localDirId(id), id)
  })
})
