/** Tells the Spark UI the path under which an Ingress serves it, so that its links lead back there. */
import type { FeatureStep, ReadStep } from "../FeatureStep.ts"
import { noChildOptions } from "./ChildOptions.ts"
import { uiAddress } from "./WebUI.ts"

/** `spark.ui.proxyBase` and `spark.ui.proxyRedirectUri`, each unless the user has set it. */
export const proxyBase: ReadStep = ({ application, read }): FeatureStep => ({
  properties: ({ submission, options }) => {
    const context = { application, submission, options: options.children ?? noChildOptions }
    const path = uiAddress(context, read.conf)?.path
    if (!path) return {}
    const wanted = { "spark.ui.proxyBase": path, "spark.ui.proxyRedirectUri": "/" }
    return Object.fromEntries(Object.entries(wanted).filter(([key]) => !read.has(key)))
  },
})
