import { assert, describe, it } from "@effect/vitest"
import { takesGzip } from "../../../src/telemetry/prometheus/Negotiation.ts"

describe("gzip", () => {
  const cases: ReadonlyArray<readonly [acceptEncoding: string | undefined, zipped: boolean]> = [
    [undefined, false],
    ["", false],
    ["gzip", true],
    ["deflate, GZIP;q=0.5", true],
    ["x-gzip", true],
    ["*", true],
    ["*;q=0.1, gzip;q=0", false],
    ["gzip;q=0.0", false],
    ["gzip;q=0.2, identity;q=0.8", false],
    ["identity", false],
    ["br, deflate", false],
    ["notgzip", false],
    [",;q=,;;,", false],
    ["gzip;q=much", false],
  ]
  it.each(cases)("for Accept-Encoding: %s", (acceptEncoding, zipped) => {
    assert.strictEqual(takesGzip(acceptEncoding), zipped)
  })
})
