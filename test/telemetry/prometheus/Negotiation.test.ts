import { assert, describe, it } from "@effect/vitest"
import { negotiate, takesGzip } from "../../../src/telemetry/prometheus/Negotiation.ts"

describe("the format", () => {
  const cases: ReadonlyArray<readonly [accept: string | undefined, format: "text" | "openmetrics"]> = [
    [undefined, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html", "text"],
    // Prometheus 3, without protobuf.
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
    ["application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3", "openmetrics"],
    ["application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.5", "text"],
    ['application/openmetrics-text; version="1.0.0", text/plain', "openmetrics"],
    ["APPLICATION/OpenMetrics-Text", "openmetrics"],
    ["application/openmetrics-text;version=0.0.1", "openmetrics"],
    ["application/openmetrics-text;version=2.0.0,text/plain;q=0.1", "text"],
    ["application/openmetrics-text;q=0", "text"],
    ["application/openmetrics-text;q=much", "text"],
    ["application/openmetrics-text;q=0.4,*/*;q=0.8", "text"],
    // The more specific range counts, however the wider one is weighted.
    ["text/plain;q=0.1,application/openmetrics-text;q=0.4,*/*;q=0.8", "openmetrics"],
    [",;q=,;;,", "text"],
  ]
  it.each(cases)("for Accept: %s", (accept, format) => {
    assert.strictEqual(negotiate(accept), format)
  })
})

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
  ]
  it.each(cases)("for Accept-Encoding: %s", (acceptEncoding, zipped) => {
    assert.strictEqual(takesGzip(acceptEncoding), zipped)
  })
})
