/** What the builder makes against what the real spark-submit made of the same applications: `docs/submission.md` describes how it is recorded. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { children } from "../../src/spark/Children.ts"
import { build, defaultMaster } from "../../src/spark/driver/Build.ts"
import { appliesTo, applicationOf, submissionId, type GoldenCase } from "../golden/GoldenCase.ts"
import { goldenCases, goldenFolder, goldenVersions } from "../golden/GoldenCases.ts"
import { normalForm, withoutVolumeOrder, type NormalForm } from "../golden/Normal.ts"
import { validate } from "../support/SparkFixture.ts"

const recorded = (version: string): ReadonlyArray<GoldenCase> =>
  goldenCases.filter(({ name }) => existsSync(`${goldenFolder}/${version}/${name}`))

const goldenOf = (version: string, { name }: GoldenCase): NormalForm => {
  const folder = `${goldenFolder}/${version}/${name}`
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]))
}

/** The objects of the builder that adds nothing. */
const built = (golden: GoldenCase, version: string): NormalForm => {
  const valid = Result.getOrThrowWith(
    validate(applicationOf(golden, version)),
    (problems) => new Error(JSON.stringify(problems)),
  )
  const submission = { submissionId, submittedAt: 1_790_000_000_000, attempt: 1 }
  const options = { master: defaultMaster, parity: "strict" } as const
  const { pod, service, configMaps } = build(valid, submission, options)
  const others = children(valid, submission, options).map(({ object }) => object)
  return normalForm([pod, service, ...configMaps, ...others])
}

/**
 * Parsed for a readable difference. Whose an object is, is left out but for the pod: spark-submit hangs everything on the pod, the operator
 * on the application.
 */
const comparable = (form: NormalForm): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...form].sort().map(([file, content]) => {
      if (!file.endsWith(".json")) return [file, content.split("\n")]
      const object = JSON.parse(content) as { readonly metadata?: Record<string, unknown> }
      if (file !== "pod.json") delete object.metadata?.["ownerReferences"]
      return [file, object]
    }),
  )

const count = goldenVersions.reduce((sum, version) => sum + recorded(version).length, 0)

describe(`builder and spark-submit agree in ${count} recorded submissions`, () => {
  for (const version of goldenVersions) {
    const cases = recorded(version)
    describe(`Spark ${version} (${cases.length})`, () => {
      for (const golden of cases) {
        it(`${golden.name}: ${golden.shows}`, () => {
          const order = golden.unordered === true ? withoutVolumeOrder : (form: NormalForm) => form
          assert.deepStrictEqual(
            comparable(order(built(golden, version))),
            comparable(order(goldenOf(version, golden))),
          )
        })
      }
    })
  }

  it("has a recording of every case for every version that can do it", () => {
    const missing = goldenVersions.flatMap((version) =>
      goldenCases
        .filter((golden) => appliesTo(golden, version) && !recorded(version).includes(golden))
        .map(({ name }) => `${version}/${name}`),
    )
    assert.deepStrictEqual(missing, [])
  })

  it("has no recording without a case", () => {
    const strangers = goldenVersions.flatMap((version) =>
      readdirSync(`${goldenFolder}/${version}`)
        .filter((name) => !goldenCases.some((golden) => golden.name === name && appliesTo(golden, version)))
        .map((name) => `${version}/${name}`),
    )
    assert.deepStrictEqual(strangers, [])
  })
})
