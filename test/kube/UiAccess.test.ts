import { assert, describe, it } from "@effect/vitest"
import { PodHttpError, type PodHttpFailure } from "../../src/kube/PodHttp.ts"
import { make } from "../../src/kube/UiAccess.ts"

const error = (reason: PodHttpFailure, message = "") => new PodHttpError({ reason, message })
const notAllowed = error(
  "forbidden",
  'pods "pi-driver" is forbidden: User "x" cannot get resource "pods/proxy" in API group ""',
)
const ignore = () => {}

describe("the access to a driver", () => {
  it("is the configured one, whether it works or not", () => {
    for (const setting of ["direct", "proxy"] as const) {
      const access = make(setting, ignore)
      assert.strictEqual(access.way(undefined), setting)
      assert.strictEqual(access.failed(setting, error("timeout")), setting)
      assert.strictEqual(access.failed(setting, error("forbidden")), setting)
    }
  })

  it("is direct at first, and the API server's proxy if the pod cannot be reached", () => {
    const access = make("auto", ignore)
    assert.strictEqual(access.way(undefined), "direct")
    assert.strictEqual(access.failed("direct", error("timeout")), "proxy")
    assert.strictEqual(access.failed("direct", error("unreachable")), "proxy")
  })

  it("stays direct if the pod was reached but had no answer", () => {
    const access = make("auto", ignore)
    for (const reason of ["refused", "status", "invalid", "forbidden"] as const) {
      assert.strictEqual(access.failed("direct", error(reason)), "direct", reason)
    }
    assert.strictEqual(access.failed("proxy", error("status")), "proxy")
  })

  it("of a new application is the one that works for others, the proxy only if direct access never worked", () => {
    const access = make("auto", ignore)
    access.succeeded("proxy")
    assert.strictEqual(access.way(undefined), "proxy")
    assert.strictEqual(access.way("direct"), "direct")
    access.succeeded("direct")
    assert.strictEqual(access.way(undefined), "direct")
    assert.strictEqual(access.way("proxy"), "proxy", "each application keeps its own")
  })

  it("is never the proxy again once the API server forbids it, which is logged once", () => {
    let said = 0
    const access = make("auto", () => said++)
    assert.strictEqual(access.failed("proxy", notAllowed), "direct")
    assert.strictEqual(access.failed("proxy", notAllowed), "direct")
    assert.strictEqual(access.failed("direct", error("timeout")), "direct")
    assert.strictEqual(said, 1)
    const other = make("auto", () => said++)
    other.failed("proxy", error("forbidden", "<html>HTTP ERROR 403 of the Spark UI"))
    assert.strictEqual(said, 1)
  })
})
