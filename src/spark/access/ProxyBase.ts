/** Configures the Spark UI for the path under which an Ingress serves it, so that its links lead there. */

import type { SparkConf } from "../conf/SparkConf.ts"
import type { FeatureStep, ReadStep } from "../driver/FeatureStep.ts"
import { type ChildContext, childContext } from "./Access.ts"
import { uiAddress } from "./WebUI.ts"

/** `spark.ui.proxyBase` and `spark.ui.proxyRedirectUri`, each unless the user has set it; empty where the UI is not below a path. */
export const proxyProperties = (context: ChildContext, conf: SparkConf): Readonly<Record<string, string>> => {
  const path = uiAddress(context)?.path
  if (!path) return {}
  const wanted = { "spark.ui.proxyBase": path, "spark.ui.proxyRedirectUri": "/" }
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => !conf.has(key)))
}

/** The configuration with them, for a submission by spark-submit. */
export const withProxyBase = (conf: SparkConf, context: ChildContext): SparkConf => {
  const properties = Object.entries(proxyProperties(context, conf))
  return new Map([...conf, ...properties.map(([key, value]) => [key, { key, value, field: "spec" }] as const)])
}

/** The same as a step of the native submission. */
export const proxyBase: ReadStep = (submitted): FeatureStep => ({
  properties: ({ submission, options }) =>
    proxyProperties(childContext(submitted, submission, options), submitted.read.conf),
})
