import { assert, describe, it } from "@effect/vitest"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { nameOf, pathOf, queryOf } from "../../src/kube/KubePath.ts"
import { pods } from "../../src/kube/Resource.ts"

describe("KubePath", () => {
  it.each([
    [pathOf(pods, undefined), "/api/v1/pods"],
    [pathOf(pods, "default"), "/api/v1/namespaces/default/pods"],
    [pathOf(pods, "default", "driver"), "/api/v1/namespaces/default/pods/driver"],
    [
      pathOf(sparkApplications, "jobs", "pi", "status"),
      "/apis/sparkoperator.k8s.io/v1beta2/namespaces/jobs/sparkapplications/pi/status",
    ],
    [pathOf(pods, "default", "../secrets/x"), "/api/v1/namespaces/default/pods/..%2Fsecrets%2Fx"],
  ])("%s", (path, expected) => {
    assert.strictEqual(path, expected)
  })

  it("contains only the given parameters", () => {
    assert.strictEqual(queryOf({ limit: undefined }), "")
    assert.strictEqual(
      queryOf({ watch: true, limit: 5, labelSelector: "a=b,c" }),
      "?watch=true&limit=5&labelSelector=a%3Db%2Cc",
    )
  })

  it("describes a request in words", () => {
    assert.strictEqual(nameOf("create", pods, "default", "driver"), "create pods default/driver")
    assert.strictEqual(nameOf("list", pods, undefined), "list pods")
  })
})
