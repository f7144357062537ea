import { assert, describe, it } from "@effect/vitest"
import { redact, redacted, redactText } from "../../../src/console/api/Redact.ts"

describe("redaction", () => {
  it("hides secret values of Spark properties and of environment variables, and keeps the rest", () => {
    const spec = {
      sparkConf: {
        "spark.hadoop.fs.s3a.secret.key": "hunter2",
        "spark.hadoop.fs.s3a.access.key": "AKIA",
        "spark.executor.memory": "4g",
      },
      driver: {
        env: [
          { name: "DB_PASSWORD", value: "hunter2" },
          { name: "GREETING", value: "hello" },
          { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "tokens", key: "api-token" } } },
        ],
        envVars: { AWS_SECRET_ACCESS_KEY: "hunter2", LANG: "C" },
        secrets: [{ name: "tokens", path: "/etc/tokens" }],
      },
    }
    assert.deepStrictEqual(redact(spec), {
      sparkConf: {
        "spark.hadoop.fs.s3a.secret.key": redacted,
        "spark.hadoop.fs.s3a.access.key": redacted,
        "spark.executor.memory": "4g",
      },
      driver: {
        env: [
          { name: "DB_PASSWORD", value: redacted },
          { name: "GREETING", value: "hello" },
          { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "tokens", key: "api-token" } } },
        ],
        envVars: { AWS_SECRET_ACCESS_KEY: redacted, LANG: "C" },
        secrets: [{ name: "tokens", path: "/etc/tokens" }],
      },
    })
  })

  it("hides secrets in arguments, Java options, lines of properties and URLs", () => {
    assert.deepStrictEqual(redact(["--password", "hunter2", "--rows", "10", "--api-token=hunter2"]), [
      "--password",
      redacted,
      "--rows",
      "10",
      `--api-token=${redacted}`,
    ])
    const texts = [
      "-Dhttp.proxyPassword=hunter2 -Dx=y",
      "spark.ssl.keyPassword=hunter2",
      "jdbc:postgresql://db/x?user=a&password=hunter2",
      "https://user:hunter2@example.org/",
      "Authorization: Bearer hunter2hunter2",
      'connect with token: "hunter2"',
    ]
    for (const text of texts) assert.notInclude(redactText(text), "hunter2", text)
    assert.include(redactText("-Dhttp.proxyPassword=hunter2 -Dx=y"), "-Dx=y")
    const plain = "driver failed with ExitCode: 1, Reason: Error: java.lang.NumberFormatException: many"
    assert.strictEqual(redactText(plain), plain)
  })

  it("leaves out the annotation in which kubectl keeps the manifest", () => {
    const metadata = {
      name: "a",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"password":"hunter2"}', team: "x" },
    }
    assert.deepStrictEqual(redact({ metadata }), { metadata: { name: "a", annotations: { team: "x" } } })
  })
})
