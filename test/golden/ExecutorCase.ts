/** The shape of an executor case, and what the operator makes of it: the input of the real driver, and the executor to compare. */

import { Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { build, defaultMaster } from "../../src/spark/driver/Build.ts"
import type { Valid } from "../../src/spark/Validate.ts"
import { validate } from "../support/SparkFixture.ts"
import { applicationOf, type GoldenCase, submissionId } from "./GoldenCase.ts"

/** An application whose executors are recorded. The driver gets what the operator renders for it. */
export type ExecutorCase = Pick<GoldenCase, "name" | "shows" | "since" | "metadata" | "spec" | "unordered">

/** An application whose only peculiarity is this configuration. */
export const executorConf = (
  name: string,
  shows: string,
  sparkConf: Readonly<Record<string, string>>,
  more: Pick<ExecutorCase, "since" | "unordered"> = {},
): ExecutorCase => ({ name, shows, spec: { sparkConf }, ...more })

/** What the operator renders for the driver of a case. */
export interface RenderedDriver {
  readonly pod: Pod
  /** The text of `spark.properties`. */
  readonly properties: string
  /** The text of the executor template. */
  readonly template: string
}

export const submission = { submissionId, submittedAt: 1_790_000_000_000, attempt: 1 }
export const options = { master: defaultMaster, parity: "strict" } as const

export const validCase = (golden: ExecutorCase, version: string): Valid =>
  Result.getOrThrowWith(
    validate(applicationOf(golden, version)),
    (problems) => new Error(`${golden.name}: ${JSON.stringify(problems)}`),
  )

export const renderedDriver = (golden: ExecutorCase, version: string): RenderedDriver => {
  const { pod, configMaps } = build(validCase(golden, version), submission, options)
  const text = (key: string) => configMaps.find(({ data }) => data?.[key] !== undefined)?.data?.[key] ?? ""
  return { pod, properties: text("spark.properties"), template: text("podspec-configmap-key") }
}
