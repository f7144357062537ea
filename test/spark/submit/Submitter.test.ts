/** Who submits: the wish of spec, annotation or operator, and what becomes of a spec that the operator cannot submit itself. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { SubmitterKind } from "../../../src/api/application/SubmissionOptions.ts"
import { application, assertProblem, validate } from "../../support/SparkFixture.ts"

const annotation = (value: string) => ({ annotations: { "sparkoperator.k8s.io/submitter": value } })

/** `native`, `job` or `job because of <fields>`; the problems' fields when it is refused. */
const outcome = (resource: unknown, byDefault?: SubmitterKind): string =>
  Result.match(validate(resource, byDefault && { submitter: byDefault }), {
    onFailure: (problems) => `refused: ${problems.map(({ field }) => field).join(", ")}`,
    onSuccess: ({ submitter }) =>
      submitter.by === "native" || submitter.reasons.length === 0
        ? submitter.by
        : `job because of ${submitter.reasons.map(({ field }) => field).join(", ")}`,
  })

const globs = { deps: { files: ["s3a://bucket/*.csv"] } }

describe("the submitter", () => {
  it("is the operator itself, unless spec, annotation or setting choose another, in this order", () => {
    assert.strictEqual(outcome(application()), "native")
    assert.strictEqual(outcome(application(), "job"), "job")
    assert.strictEqual(outcome(application({}, annotation("job"))), "job")
    assert.strictEqual(outcome(application({}, annotation("native")), "job"), "native")
    assert.strictEqual(
      outcome(application({ submission: { submitter: "native" } }, annotation("job")), "job"),
      "native",
    )
  })

  it("is with auto a Job only for what cannot be submitted natively, with the reasons", () => {
    assert.strictEqual(outcome(application(), "auto"), "native")
    assert.strictEqual(outcome(application(globs), "auto"), "job because of spec.deps.files")
    assert.strictEqual(
      outcome(application({ ...globs, submission: { submitter: "auto" } })),
      "job because of spec.deps.files",
    )
  })

  it("that cannot submit is reported with the remedy", () => {
    assertProblem(
      application(globs),
      "spec.deps.files",
      /list the files one by one; or set spec\.submission\.submitter: job/,
    )
  })

  it("of an unknown kind is refused", () => {
    assertProblem(
      application({}, annotation("magic")),
      'metadata.annotations["sparkoperator.k8s.io/submitter"]',
      /native, job, auto/,
    )
    assertProblem(
      application({ submission: { submitter: "magic" } }),
      "spec.submission.submitter",
      /one of native, job, auto/,
    )
  })

  it("does not help a spec that spark-submit would also reject", () => {
    const bad = { ...globs, driver: { memory: "0" }, mainApplicationFile: "pyspark-shell" }
    const found = outcome(application(bad), "job")
    assert.match(found, /^refused/)
    assert.notInclude(found, "spec.deps.files")
    assert.strictEqual(outcome(application(bad), "auto"), found)
  })
})

const nativeOnly: Readonly<Record<string, Parameters<typeof application>[0]>> = {
  "a pattern in a remote URI": globs,
  "a file of the image that is to be uploaded": {
    mainApplicationFile: "/opt/app.jar",
    sparkConf: { "spark.kubernetes.file.upload.path": "s3a://bucket/tmp" },
  },
  "a remote jar without main class": { mainClass: undefined, mainApplicationFile: "s3a://bucket/app.jar" },
  "a feature step of the user's": { sparkConf: { "spark.kubernetes.driver.pod.featureSteps": "com.example.Step" } },
  "a key tab": {
    sparkConf: { "spark.kerberos.keytab": "/keys/user.keytab", "spark.kerberos.principal": "user@EXAMPLE.ORG" },
  },
  "a krb5.conf": { sparkConf: { "spark.kubernetes.kerberos.krb5.path": "/etc/krb5.conf" } },
  "client certificates": { sparkConf: { "spark.kubernetes.authenticate.driver.caCertFile": "/keys/ca.crt" } },
  "a value that refers to another": { sparkConf: { "spark.kubernetes.driver.limit.cores": "${spark.driver.cores}" } },
  "a version of Spark without a verified profile": { sparkVersion: "3.2.4" },
}

describe("what only the real spark-submit can do", () => {
  for (const [title, changes] of Object.entries(nativeOnly)) {
    it(`${title}: refused natively, submitted by a Job`, () => {
      assert.match(outcome(application(changes), "native"), /^refused/)
      assert.match(outcome(application(changes), "auto"), /^job because of/)
    })
  }

  it("does not include what spark-submit could not do either", () => {
    for (const changes of [
      { mainApplicationFile: "/opt/app.jar" },
      { mainClass: undefined },
      { sparkVersion: "four" },
      { sparkConf: { "spark.kubernetes.driver.podTemplateFile": "/t.yaml" } },
    ]) {
      assert.match(outcome(application(changes), "auto"), /^refused/, JSON.stringify(changes))
    }
  })
})
