/** The executors of the builder against those of the real driver: `docs/submission.md` says how they are recorded. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { build } from "../../../src/spark/driver/Build.ts"
import { executorPod } from "../../../src/spark/executor/ExecutorPod.ts"
import { type ExecutorCase, options, submission, validCase } from "../../golden/ExecutorCase.ts"
import { executorCases, executorFolder, executorVersions } from "../../golden/ExecutorCases.ts"
import { executorForm } from "../../golden/ExecutorNormal.ts"
import { appliesTo } from "../../golden/GoldenCase.ts"

const fileOf = (version: string, { name }: ExecutorCase) => `${executorFolder}/${version}/${name}.json`
const casesOf = (version: string) => executorCases.filter((golden) => appliesTo(golden, version))
const recorded = (version: string) => casesOf(version).filter((golden) => existsSync(fileOf(version, golden)))

const built = (golden: ExecutorCase, version: string) => {
  const valid = validCase(golden, version)
  const { pod } = build(valid, submission, options)
  return executorForm(executorPod(valid, pod, submission, options), golden.unordered)
}

const count = executorVersions.reduce((sum, version) => sum + recorded(version).length, 0)

describe(`builder and driver agree in ${count} recorded executors`, () => {
  for (const version of executorVersions) {
    describe(`Spark ${version} (${recorded(version).length})`, () => {
      for (const golden of recorded(version)) {
        it(`${golden.name}: ${golden.shows}`, () => {
          assert.deepStrictEqual(
            JSON.parse(built(golden, version)),
            JSON.parse(readFileSync(fileOf(version, golden), "utf8")),
          )
        })
      }
    })
  }

  it("has a recording of every case for every version that can do it", () => {
    const missing = executorVersions.flatMap((version) =>
      casesOf(version)
        .filter((golden) => !existsSync(fileOf(version, golden)))
        .map(({ name }) => `${version}/${name}`),
    )
    assert.deepStrictEqual(missing, [])
  })

  it("has no recording without a case", () => {
    const strangers = executorVersions.flatMap((version) =>
      readdirSync(`${executorFolder}/${version}`).filter(
        (file) => !casesOf(version).some(({ name }) => file === `${name}.json`),
      ),
    )
    assert.deepStrictEqual(strangers, [])
  })
})
