import { assert, describe, it } from "@effect/vitest"
import { router } from "../../../src/console/http/Router.ts"

const find = router([
  { method: "GET", pattern: "/", handler: "fleet" },
  { method: "GET", pattern: "/api/applications/:namespace/:name", handler: "application" },
  { method: "GET", pattern: "/api/applications/:namespace/:name/pods/:pod/log", handler: "log" },
  { method: "POST", pattern: "/api/applications/:namespace/:name/actions/:action", handler: "action" },
])

describe("the router of the console", () => {
  it("finds the handler and decodes the parameters", () => {
    assert.deepStrictEqual(find("GET", "/"), { _tag: "Found", handler: "fleet", parameters: {} })
    assert.deepStrictEqual(find("HEAD", "/api/applications/team-a/spark%2Dpi"), {
      _tag: "Found",
      handler: "application",
      parameters: { namespace: "team-a", name: "spark-pi" },
    })
  })

  it("takes names of Kubernetes only: no path leads elsewhere", () => {
    const paths = [
      "/api/applications/../secrets",
      "/api/applications/a/..",
      "/api/applications/a/%2e%2e",
      "/api/applications/a/b%2fc",
      "/api/applications/a/b%5cc",
      "/api/applications/a/b%00",
      "/api/applications/a/%zz",
      "/api/applications/a/B",
      "/api/applications//b",
      "/api/applications/a/b/",
      "/api/applications/a/b/pods/c/log/d",
      "//",
      "",
    ]
    for (const path of paths) assert.strictEqual(find("GET", path)._tag, "NotFound", path)
  })

  it("says which method a path has", () => {
    assert.deepStrictEqual(find("POST", "/api/applications/a/b"), { _tag: "MethodNotAllowed", allow: ["GET"] })
    assert.deepStrictEqual(find("GET", "/api/applications/a/b/actions/delete"), {
      _tag: "MethodNotAllowed",
      allow: ["POST"],
    })
  })
})
