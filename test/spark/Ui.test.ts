import { assert, describe, it } from "@effect/vitest"
import { type UiEndpoint, uiOfSpec } from "../../src/spark/Ui.ts"

describe("the Spark UI of a driver", () => {
  const cases: ReadonlyArray<readonly [string, Record<string, string>, UiEndpoint | undefined]> = [
    ["is at port 4040", {}, { port: 4040, secure: false }],
    ["is where spark.ui.port says", { "spark.ui.port": "4050" }, { port: 4050, secure: false }],
    ["is not there when disabled", { "spark.ui.enabled": " False " }, undefined],
    ["is nowhere to be found at a random port", { "spark.ui.port": "0" }, undefined],
    ["is nowhere to be found at a port that is none", { "spark.ui.port": "http" }, undefined],
    [
      "keeps its paths below a proxy's: only links change",
      { "spark.ui.proxyBase": "/team/pi", "spark.ui.reverseProxy": "true" },
      { port: 4040, secure: false },
    ],
    ["with HTTPS is 400 ports higher", { "spark.ssl.ui.enabled": "true" }, { port: 4440, secure: true }],
    ["takes HTTPS from all of Spark", { "spark.ssl.enabled": "true" }, { port: 4440, secure: true }],
    [
      "is without HTTPS where the UI says so",
      { "spark.ssl.enabled": "true", "spark.ssl.ui.enabled": "false" },
      { port: 4040, secure: false },
    ],
    [
      "with HTTPS is where spark.ssl.ui.port says",
      { "spark.ssl.ui.enabled": "true", "spark.ssl.ui.port": "8443" },
      { port: 8443, secure: true },
    ],
    [
      "with HTTPS wraps round above 65535",
      { "spark.ssl.ui.enabled": "true", "spark.ui.port": "65500" },
      { port: 1388, secure: true },
    ],
  ]
  for (const [what, conf, expected] of cases) {
    it(what, () => assert.deepStrictEqual(uiOfSpec({ sparkConf: conf }).endpoint, expected))
  }
})
