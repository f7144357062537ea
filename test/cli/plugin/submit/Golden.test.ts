/** The applications that `submit` makes of command lines, against what the real spark-submit made of these command lines. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { equalApplication } from "../../../../src/cli/plugin/submit/EqualApplication.ts"
import { parseSparkSubmit } from "../../../../src/cli/plugin/submit/SparkSubmitArguments.ts"
import { children } from "../../../../src/spark/Children.ts"
import { build, defaultMaster } from "../../../../src/spark/driver/Build.ts"
import { commandLine, type GoldenCase, submissionId, templatesOf, uid } from "../../../golden/GoldenCase.ts"
import { goldenCases, goldenFolder, goldenVersions } from "../../../golden/GoldenCases.ts"
import { type NormalForm, normalForm, withoutVolumeOrder } from "../../../golden/Normal.ts"
import { validate } from "../../../support/SparkFixture.ts"

const paths = { master: "k8s://https://10.0.0.1", driverTemplate: "/driver.json", executorTemplate: "/executor.json" }

/** What `submit` prints for the command line of the case. */
const translated = (golden: GoldenCase, sparkVersion: string) => {
  const command = Result.getOrThrow(parseSparkSubmit(["spark-submit", ...commandLine(golden, paths)]))
  const files = { properties: new Map(), templates: templatesOf(golden) }
  return equalApplication(command, files, { sparkVersion, namespace: "default" })
}

const built = (golden: GoldenCase, version: string): NormalForm => {
  const { application, problems } = translated(golden, version)
  assert.deepStrictEqual(problems, [])
  const metadata = { ...(application["metadata"] as object), uid }
  const valid = Result.getOrThrowWith(
    validate({ ...application, metadata }),
    (found) => new Error(JSON.stringify(found)),
  )
  const submission = { submissionId, submittedAt: 1_790_000_000_000, attempt: 1 }
  const options = { master: defaultMaster, parity: "strict" } as const
  const { pod, service, configMaps } = build(valid, submission, options)
  return normalForm([pod, service, ...configMaps, ...children(valid, submission, options).map(({ object }) => object)])
}

const recording = (version: string, { name }: GoldenCase): NormalForm => {
  const folder = `${goldenFolder}/${version}/${name}`
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]))
}

/** Everything but owners: spark-submit hangs all on the pod, the operator on the application. */
const comparable = (form: NormalForm): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...form].toSorted().map(([file, content]) => {
      if (!file.endsWith(".json")) return [file, content.split("\n")]
      const object = JSON.parse(content) as { readonly metadata?: Record<string, unknown> }
      delete object.metadata?.["ownerReferences"]
      return [file, object]
    }),
  )

describe("submit makes the objects that spark-submit made", () => {
  for (const version of goldenVersions) {
    for (const golden of goldenCases.filter(({ name }) => existsSync(`${goldenFolder}/${version}/${name}`))) {
      it(`${version} ${golden.name}: ${golden.shows}`, () => {
        const order = golden.unordered === true ? withoutVolumeOrder : (form: NormalForm) => form
        assert.deepStrictEqual(comparable(order(built(golden, version))), comparable(order(recording(version, golden))))
      })
    }
  }
})
