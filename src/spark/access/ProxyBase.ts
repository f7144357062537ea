/** Tells the Spark UI the path under which an Ingress serves it, so that its links lead back there. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { noChildOptions } from "../ChildOptions.ts"
import type { SparkConf } from "../conf/SparkConf.ts"
import type { BuildOptions, FeatureStep, ReadStep } from "../driver/FeatureStep.ts"
import type { Submission } from "../submit/Submission.ts"
import { uiAddress } from "./WebUI.ts"

/** `spark.ui.proxyBase` and `spark.ui.proxyRedirectUri`, each unless the user has set it; empty where the UI is not below a path. */
export const proxyProperties = (
  application: SparkApplication,
  conf: SparkConf,
  submission: Submission,
  options: BuildOptions,
): Readonly<Record<string, string>> => {
  const path = uiAddress({ application, submission, options: options.children ?? noChildOptions }, conf)?.path
  if (!path) return {}
  const wanted = { "spark.ui.proxyBase": path, "spark.ui.proxyRedirectUri": "/" }
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => !conf.has(key)))
}

/** The configuration with them, for a submission by spark-submit. */
export const withProxyBase = (
  conf: SparkConf,
  application: SparkApplication,
  submission: Submission,
  options: BuildOptions,
): SparkConf => {
  const properties = Object.entries(proxyProperties(application, conf, submission, options))
  return new Map([...conf, ...properties.map(([key, value]) => [key, { key, value, field: "spec" }] as const)])
}

/** The same as a step of the native submission. */
export const proxyBase: ReadStep = ({ application, read }): FeatureStep => ({
  properties: ({ submission, options }) => proxyProperties(application, read.conf, submission, options),
})
