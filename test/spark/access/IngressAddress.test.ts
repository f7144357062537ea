import { assert, describe, it } from "@effect/vitest"
import { ingressAddress, isIngressUrlFormat } from "../../../src/spark/access/IngressAddress.ts"

const tokens = { appName: "pi", appNamespace: "team-a", appId: "spark-0f0e" }

describe("the address of an Ingress", () => {
  const good: ReadonlyArray<readonly [format: string, url: string, host: string, path: string]> = [
    ["{{$appName}}.example.com", "http://pi.example.com", "pi.example.com", ""],
    ["https://{{ $appName }}.example.com/", "https://pi.example.com/", "pi.example.com", ""],
    ["example.com/{{$appNamespace}}/{{$appName}}", "http://example.com/team-a/pi", "example.com", "/team-a/pi"],
    ["https://example.com:8443/{{$appId}}/", "https://example.com:8443/spark-0f0e/", "example.com", "/spark-0f0e"],
  ]
  for (const [format, url, host, path] of good) {
    it(`${format} is ${url}`, () => {
      assert.deepStrictEqual(ingressAddress(format, tokens), { url, host, path })
    })
  }

  const bad = [
    "",
    "https://",
    "{{$appname}}.example.com",
    "{{$sparkName}}.example.com",
    "ftp://example.com",
    "https://-example.com",
    "https://10.0.0.1/pi",
    "https://user@example.com",
    "https://example.com/?app={{$appName}}",
    "two words",
  ]
  for (const format of bad) {
    it(`${JSON.stringify(format)} is not valid`, () => {
      assert.isFalse(isIngressUrlFormat(format))
    })
  }
})
