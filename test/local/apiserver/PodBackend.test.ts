import { assert, describe, it } from "@effect/vitest"
import { rewritten } from "../../../src/local/apiserver/PodBackend.ts"

const request = { namespace: "team-a", target: "driver:4040", address: "127.0.0.1:6443" }
const prefix = "/api/v1/namespaces/team-a/pods/driver:4040/proxy"

const locationOf = (location: string) =>
  rewritten({ status: 302, headers: { location }, text: "" }, request).headers["location"]

const html = (text: string, headers: Record<string, string> = { "content-type": "text/html;charset=utf-8" }) =>
  rewritten({ status: 200, headers, text }, request).text

describe("answers of pods as the API server passes them on", () => {
  it("redirects to the server itself get the path of the proxy and keep the host", () => {
    assert.strictEqual(locationOf("/jobs/"), `${prefix}/jobs/`)
    assert.strictEqual(locationOf("http://127.0.0.1:6443/jobs/?id=1"), `http://127.0.0.1:6443${prefix}/jobs/?id=1`)
    assert.strictEqual(locationOf(`${prefix}/jobs/`), `${prefix}/jobs/`)
  })

  it("other redirects stay as they are", () => {
    for (const other of ["https://example.org/jobs/", "//example.org/jobs/", "jobs/"]) {
      assert.strictEqual(locationOf(other), other)
    }
  })

  it("absolute paths in attributes of HTML get the path of the proxy, text and scripts do not", () => {
    assert.strictEqual(
      html(`<a href="/jobs/">/jobs/</a><a href="stages/"></a><a href="#top"></a><script>setUIRoot('/ui')</script>`),
      `<a href="${prefix}/jobs/">/jobs/</a><a href="stages/"></a><a href="#top"></a><script>setUIRoot('/ui')</script>`,
    )
    assert.strictEqual(html(`<a href="/jobs/">`, { "content-type": "application/json" }), `<a href="/jobs/">`)
  })
})
