/**
 * The names that the builder has for fields of a workload, as a SparkConnect calls them: `spec.driver` is `spec.server` here, and what has no
 * field of its own is written into the pod template. Both fields and messages of problems name fields.
 */

import type { Problem } from "../api/Problem.ts"

/** In this order: the more special first. */
const names: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bspec\.driver\.serviceAccount\b/g, "spec.server.template.spec.serviceAccountName"],
  [/\bspec\.executor\.serviceAccount\b/g, "spec.executor.template.spec.serviceAccountName"],
  [/\bspec\.driver\.image\b/g, "the image of a container in spec.server.template"],
  [/\bspec\.executor\.image\b/g, "the image of a container in spec.executor.template"],
  [/\bspec\.driver\.podName\b/g, "metadata.name"],
  [/\bspec\.driver\b/g, "spec.server"],
]

const renamed = (text: string): string => names.reduce((result, [from, to]) => result.replace(from, to), text)

/** A problem or a warning of the builder in the words of a SparkConnect. */
export const asConnect = ({ field, message, ...rest }: Problem): Problem => ({
  ...rest,
  field: renamed(field),
  message: renamed(message),
})
