/**
 * What a Job hands to spark-submit against what a person who knows kubeflow's operator would, for every golden case: the same command line
 * and templates, and so the recorded objects.
 */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { defaultMaster } from "../../src/spark/driver/Build.ts"
import { submitJob } from "../../src/spark/submit/SubmitJob.ts"
import { applicationOf, commandLine, type GoldenCase, submissionId, templatesOf } from "../golden/GoldenCase.ts"
import { goldenCases } from "../golden/GoldenCases.ts"
import { validate } from "../support/SparkFixture.ts"

const path = (role: string) => `/tmp/spark/${submissionId}/${role}-pod-template.yaml`

const jobOf = (golden: GoldenCase) => {
  const valid = Result.getOrThrowWith(
    validate(applicationOf(golden, "4.3.0"), { submitter: "job" }),
    (problems) => new Error(JSON.stringify(problems)),
  )
  const submission = { submissionId, submittedAt: 0, attempt: 1 }
  const { job, configMap } = submitJob(valid, submission, { master: defaultMaster, parity: "strict" })
  const [, ...args] = job.spec?.template.spec?.containers[0]?.args ?? []
  const template = (role: string): unknown => JSON.parse(configMap.data?.[`${role}-pod-template.yaml`] ?? "")
  return {
    args: args.map((argument) => argument.replaceAll("$$", "$")),
    templates: { driver: template("driver"), executor: template("executor") },
  }
}

/** Keys that flags stand for, and win over. */
const flagOf = new Map([
  ["spark.app.name", "--name"],
  ["spark.jars", "--jars"],
])

/** Flags and configuration by key, the last of equal keys counting, and what comes after them. */
const read = (args: ReadonlyArray<string>) => {
  const options = new Map<string, string>()
  let index = 0
  for (; args[index]?.startsWith("--"); index += 2) {
    const [flag = "", value = ""] = args.slice(index, index + 2)
    const [key = "", set = ""] = flag === "--conf" ? value.split(/=(.*)/s) : [flag, value]
    if (!options.has(flagOf.get(key) ?? "")) options.set(key, set)
  }
  return { options: Object.fromEntries([...options].sort()), run: args.slice(index) }
}

describe("a Job's spark-submit gets the command line of kubeflow's operator and its templates", () => {
  for (const golden of goldenCases) {
    it(`${golden.name}: ${golden.shows}`, () => {
      const { args, templates } = jobOf(golden)
      const paths = { master: defaultMaster, driverTemplate: path("driver"), executorTemplate: path("executor") }
      assert.deepStrictEqual(read(args), read(commandLine(golden, paths)))
      assert.deepStrictEqual(templates, templatesOf(golden))
    })
  }
})
