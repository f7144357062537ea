import { assert, describe, it } from "@effect/vitest"
import {
  headersToBrowser,
  headersToDriver,
  isHtml,
  ownBaseOf,
  rewriteHtml,
  rewriteLocation,
} from "../../../src/console/proxy/UiAnswer.ts"
import { running } from "../../support/ConsoleBench.ts"

const pod = { namespace: "team-a", name: "spark-pi-driver", port: 4040, secure: false }
const base = "/ui/~key"
const prefix = "/api/v1/namespaces/team-a/pods/spark-pi-driver:4040/proxy"

const location = (text: string, path = "/", ownBase = "") =>
  rewriteLocation(text, { base, ownBase, pod, addresses: ["10.1.2.3"], path })

describe("answers of a driver's UI", () => {
  it("sends the driver nothing that identifies the viewer", () => {
    const headers = { cookie: "firesteel-token=abc", authorization: "Bearer abc", accept: "text/html", origin: "null" }
    assert.deepStrictEqual(headersToDriver(headers, base), {
      accept: "text/html",
      "Accept-Encoding": "identity",
      "X-Forwarded-Context": base,
    })
  })

  it("gives the browser no cookie, no policy and no refresh of the driver", () => {
    const headers = {
      "content-type": "text/html",
      etag: '"1"',
      "set-cookie": "a=b",
      refresh: "0; url=https://evil.example",
      "content-security-policy": "default-src *",
      "access-control-allow-credentials": "true",
      "clear-site-data": '"*"',
    }
    assert.deepStrictEqual(headersToBrowser(headers), { "content-type": "text/html", etag: '"1"' })
  })

  it("leads redirects of the driver below the console's path, whatever is in front of them", () => {
    const expected = `${base}/jobs/`
    for (const text of [
      "/jobs/",
      "http://10.1.2.3:4040/jobs/",
      "http://spark-pi-driver:4040/jobs/",
      `${base}/jobs/`,
      `http://10.1.2.3${base}/jobs/`,
      `${prefix}/jobs/`,
      `${prefix}${base}/jobs/`,
      // As the API server rewrites a redirect to itself, for which the driver takes its header Host.
      `http://10.96.0.1${prefix}/jobs/`,
      `https://kubernetes.default.svc:6443${prefix}/jobs/`,
    ]) {
      assert.strictEqual(location(text), expected, text)
    }
    assert.strictEqual(location("../stages/?id=1#top", "/jobs/"), `${base}/stages/?id=1#top`)
  })

  it("follows no redirect elsewhere", () => {
    const others = [
      "https://evil.example/",
      "//evil.example/",
      "http://10.1.2.4:4040/",
      "http://10.1.2.3:22/",
      "javascript:alert(1)",
      "data:text/html,x",
      "http://kubernetes.default.svc/api/v1/secrets",
      "http://kubernetes.default.svc/jobs/",
      `http://10.96.0.1${prefix.replace("team-a", "team-b")}/jobs/`,
    ]
    for (const text of others) assert.isUndefined(location(text), text)
    // A path of the API server is a path of the driver: it stays below that of the UI.
    assert.strictEqual(
      location("/api/v1/namespaces/kube-system/secrets"),
      `${base}/api/v1/namespaces/kube-system/secrets`,
    )
  })

  it("takes the path of the API server's proxy out of HTML", () => {
    const html = `<a href="${prefix}${base}/jobs/">jobs</a><script>setUIRoot('${base}')</script>`
    assert.strictEqual(
      rewriteHtml(html, pod, "", base),
      `<a href="${base}/jobs/">jobs</a><script>setUIRoot('${base}')</script>`,
    )
    assert.isTrue(isHtml({ "content-type": "text/html;charset=utf-8" }))
    assert.isFalse(isHtml({ "content-type": "application/json" }))
    assert.isFalse(isHtml({}))
  })

  it("leads the links of a driver that has a path of its own below the console's", () => {
    const { application } = running("team-a", "spark-pi")
    assert.strictEqual(ownBaseOf(application), "")
    const withConf = {
      ...application,
      spec: { ...application.spec, sparkConf: { "spark.ui.proxyBase": "/spark/pi/" } },
    }
    assert.strictEqual(ownBaseOf(withConf), "/spark/pi")
    const driverInfo = { webUIIngressAddress: "https://spark.example.org/team-a/spark-pi" }
    const withAddress = { ...application, status: { ...application.status!, driverInfo } }
    const ownBase = ownBaseOf(withAddress)
    assert.strictEqual(ownBase, "/team-a/spark-pi")
    const html = `<a href="${prefix}${ownBase}/jobs/">jobs</a><a href="/team-a/spark-pi-2/">other</a><script>setUIRoot('${ownBase}')</script>`
    assert.strictEqual(
      rewriteHtml(html, pod, ownBase, base),
      `<a href="${base}/jobs/">jobs</a><a href="/team-a/spark-pi-2/">other</a><script>setUIRoot('${base}')</script>`,
    )
    assert.strictEqual(location(`${ownBase}/jobs/`, "/", ownBase), `${base}/jobs/`)
  })
})
