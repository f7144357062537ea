import { assert, describe, it } from "@effect/vitest"
import { uiPath } from "../../../src/console/proxy/UiPath.ts"

describe("paths of a driver's UI", () => {
  it("passes the paths of Spark's own links as they are", () => {
    const paths = [
      "/",
      "/jobs/",
      "/stages/stage/",
      "/static/webui.css",
      "/api/v1/applications/spark-0123/executors",
      "/SQL/execution/",
      "/static/a%20b.js",
      "/killed/",
    ]
    for (const path of paths) assert.deepStrictEqual(uiPath(path), { _tag: "Plain", path })
  })

  it("refuses everything that a server in between could read in another way", () => {
    const paths = [
      "",
      "jobs",
      "/../x",
      "/jobs/../../x",
      "/jobs/..",
      "/./jobs",
      "/%2e%2e/x",
      "/%2E./x",
      "/%252e%252e/x",
      "/%25252e%25252e/x",
      "/jobs%2f..%2fx",
      "/jobs%252f..",
      "/jobs\\..\\x",
      "/jobs%5c..",
      "//evil.example/",
      "/jobs//x",
      "/jobs%0d%0aX",
      "/jobs%00",
      "/%zz",
    ]
    for (const path of paths) assert.strictEqual(uiPath(path)._tag, "Invalid", path)
  })

  it("recognizes what ends jobs and stages", () => {
    for (const path of ["/jobs/job/kill/", "/stages/stage/kill", "/jobs/job/%6bill/", "/JOBS/job/KILL/"]) {
      assert.strictEqual(uiPath(path)._tag, "Kill", path)
    }
  })
})
