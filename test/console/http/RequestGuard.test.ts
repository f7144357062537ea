import { assert, describe, it } from "@effect/vitest"
import { hostName, isForeignRead, refusalOf } from "../../../src/console/http/RequestGuard.ts"

const options = { allowedHosts: ["spark.example.org"] }

const refusal = (method: string, headers: Record<string, string | undefined>) => refusalOf({ method, headers }, options)

describe("the guard of the console", () => {
  it("answers on loopback and under its own names, with any port", () => {
    for (const host of ["localhost:8082", "127.0.0.1", "[::1]:8082", "spark.example.org", "Spark.Example.org:443"]) {
      assert.isUndefined(refusal("GET", { host }), host)
    }
  })

  it("refuses other names, so that a name of an attacker that leads here shows nothing", () => {
    const hosts = [
      "evil.example",
      "spark.example.org.evil.example",
      "localhost.evil.example",
      "127.0.0.1.nip.io",
      "localhost@evil.example",
      "evil.example/localhost",
      "",
      undefined,
    ]
    for (const host of hosts) assert.include(refusal("GET", { host }), "--console-allowed-hosts", String(host))
    assert.isUndefined(refusalOf({ method: "GET", headers: { host: "evil.example" } }, { allowedHosts: ["*"] }))
  })

  it("takes changes only from its own pages", () => {
    const host = "spark.example.org"
    assert.isUndefined(refusal("POST", { host, origin: "https://spark.example.org" }))
    assert.isUndefined(refusal("POST", { host, origin: "https://spark.example.org", "sec-fetch-site": "same-origin" }))
    const others = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "https://spark.example.org:8443" },
      { origin: "https://spark.example.org", "sec-fetch-site": "same-site" },
      { origin: "https://spark.example.org", "sec-fetch-site": "cross-site" },
      {},
      { cookie: "firesteel-token=abc" },
    ]
    for (const headers of others) {
      assert.isString(refusal("POST", { host, ...headers }), JSON.stringify(headers))
      assert.isString(refusal("DELETE", { host, ...headers }), JSON.stringify(headers))
    }
    assert.isUndefined(refusal("POST", { host, authorization: "Bearer abc" }), "no browser sends that by itself")
  })

  it("recognizes scripts of other origins that read", () => {
    const isForeign = (headers: Record<string, string>) => isForeignRead({ method: "GET", headers })
    assert.isFalse(isForeign({}))
    assert.isFalse(isForeign({ "sec-fetch-site": "same-origin" }))
    assert.isFalse(isForeign({ "sec-fetch-site": "none" }))
    assert.isTrue(isForeign({ "sec-fetch-site": "cross-site" }))
    assert.isTrue(isForeign({ "sec-fetch-site": "same-site" }))
    assert.isTrue(isForeign({ origin: "null" }))
  })

  it("reads names of hosts", () => {
    assert.strictEqual(hostName("[FE80::1]:80"), "[fe80::1]")
    assert.isUndefined(hostName("a b"))
    assert.isUndefined(hostName("a:b"))
  })
})
