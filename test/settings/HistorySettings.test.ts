import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { decodeSettings } from "../../src/settings/Settings.ts"

const decoded = (...args: ReadonlyArray<string>) => decodeSettings(args, {})
const target = (...args: ReadonlyArray<string>) => Result.getOrThrow(decoded(...args)).history.target
const problem = (...args: ReadonlyArray<string>) => {
  const result = decoded(...args)
  return Result.isFailure(result) ? result.failure.map(({ field, message }) => `${field} ${message}`).join("\n") : ""
}

describe("settings of the event log and the history server", () => {
  it("are none by default", () => {
    assert.isUndefined(target())
  })

  it("are a link alone, or a directory with a claim that is mounted there", () => {
    const format = "https://history.example.com/history/{{appId}}/"
    assert.deepInclude(target(`--history-url-format=${format}`), { urlFormat: format, inject: false })
    assert.deepInclude(target("--event-log-dir=file:///spark-events", "--event-log-claim=logs"), {
      directory: "file:///spark-events",
      claim: { claimName: "logs", mountPath: "/spark-events", subPath: undefined },
      inject: true,
      urlFormat: undefined,
    })
    assert.deepInclude(target("--event-log-dir=s3a://bucket/logs"), {
      directory: "s3a://bucket/logs",
      claim: undefined,
    })
  })

  it.each([
    ["--history-url-format=https://history.example.com/", /--history-url-format .*\{\{appId\}\}/],
    ["--history-url-format=history/{{appId}}", /--history-url-format .*http or https/],
    ["--history-url-format=https://h/{{appid}}", /--history-url-format/],
    ["--event-log-dir=logs", /--event-log-dir .*s3a:\/\//],
    ["--event-log-claim=Logs_1", /--event-log-claim .*PersistentVolumeClaim/],
    ["--event-log-claim=logs", /--event-log-claim needs --event-log-dir/],
  ])("refuse %s with the remedy", (flag, message) => {
    assert.match(problem(flag), message)
  })

  it("refuse a claim for a directory that cannot be mounted", () => {
    assert.match(problem("--event-log-claim=logs", "--event-log-dir=s3a://bucket/logs"), /needs --event-log-dir/)
  })
})
