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

  it("finds secrets in texts of every kind, and takes nothing else", () => {
    const secret = "hunter2-hunter2"
    const same = ["10 tasks, 3 tokens left in the bucket", "spark.sql.shuffle.partitions=200", "https://host/path?a=b"]
    for (const text of same) assert.strictEqual(redactText(text), text)
    const texts = [
      `run --password ${secret}`,
      `db.password: "${secret} ${secret}"`,
      `{"token": "${secret}"}`,
      `{\\"token\\":\\"${secret}\\"}`,
      `AWS_SECRET_ACCESS_KEY=${secret}`,
      `https://user:${secret}@host/path`,
      `https://:${secret}@host/path`,
      `Authorization: Bearer ${secret}`,
      `fs.s3a.access.key=${secret}`,
      `jdbc\\:postgresql\\://reader\\:${secret}@db/warehouse`,
      `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    ]
    for (const text of texts) assert.notInclude(redactText(text), secret, text)
  })

  it("hides all variables if that is asked for", () => {
    const spec = {
      env: [
        { name: "A", value: "hunter2" },
        { name: "B", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ],
      envVars: { LOGIN: "hunter2" },
      sparkConf: { "spark.executorEnv.LOGIN": "hunter2", "spark.executor.memory": "4g" },
      data: { "spark.properties": "spark.kubernetes.driverEnv.LOGIN=hunter2 and more\nspark.app.name=a\n" },
    }
    assert.deepStrictEqual(redact(spec, { allVariables: true }), {
      env: [
        { name: "A", value: redacted },
        { name: "B", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ],
      envVars: { LOGIN: redacted },
      sparkConf: { "spark.executorEnv.LOGIN": redacted, "spark.executor.memory": "4g" },
      data: { "spark.properties": `spark.kubernetes.driverEnv.LOGIN=${redacted}\nspark.app.name=a\n` },
    })
  })

  it("leaves out the annotation in which kubectl keeps the manifest", () => {
    const metadata = {
      name: "a",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"password":"hunter2"}', team: "x" },
    }
    assert.deepStrictEqual(redact({ metadata }), { metadata: { name: "a", annotations: { team: "x" } } })
  })
})
