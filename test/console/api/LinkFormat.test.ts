import { assert, describe, it } from "@effect/vitest"
import { isLinkFormat, linksOf, webUrl } from "../../../src/console/api/LinkFormat.ts"
import { running } from "../../support/ConsoleBench.ts"

describe("links of the console", () => {
  it("lead to the trace and the dashboard of the last attempt", () => {
    const { application } = running("team-a", "spark-pi")
    const attempts = application.status!.attempts!.map((attempt) => ({ ...attempt, traceID: "0123abcd" }))
    const traced = { ...application, status: { ...application.status!, attempts } }
    const formats = {
      trace: "https://traces.example.com/trace/{{traceId}}",
      dashboard:
        "https://grafana.example.com/d/x?var-ns={{appNamespace}}&var-app={{ appName }}&from={{from}}&to={{to}}",
    }
    const now = Date.UTC(2026, 0, 2)
    assert.deepStrictEqual(linksOf(formats, traced, now), [
      { label: "Trace", url: "https://traces.example.com/trace/0123abcd" },
      {
        label: "Dashboard",
        url: `https://grafana.example.com/d/x?var-ns=team-a&var-app=spark-pi&from=${Date.UTC(2026, 0, 1)}&to=${now}`,
      },
    ])
    assert.lengthOf(linksOf(formats, application, now), 1, "an attempt without a trace")
    assert.deepStrictEqual(linksOf({ trace: undefined, dashboard: undefined }, traced, now), [])
  })

  it("have formats that lead to a page of the web", () => {
    assert.isTrue(isLinkFormat("http://traces/{{traceId}}"))
    for (const format of ["javascript:alert(1)", "traces/{{traceId}}", "https://x/{{unknown}}", "https:///x", ""]) {
      assert.isFalse(isLinkFormat(format), format)
    }
  })

  it("never run a script, whatever is in a status", () => {
    assert.strictEqual(
      webUrl("https://history.example.com/history/spark-1/"),
      "https://history.example.com/history/spark-1/",
    )
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example",
      " javascript:alert(1)",
      "",
      undefined,
    ]) {
      assert.isUndefined(webUrl(text), text)
    }
  })
})
