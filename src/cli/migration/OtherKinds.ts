/** The kind of kubeflow's operator that this version does not run, and the consequences. */

import { type Finding, problem } from "./Finding.ts"

const stay = "keep it in a namespace of kubeflow's operator (spark.jobNamespaces of both charts)"

export const checkConnect = (): ReadonlyArray<Finding> => [
  problem("kind", `SparkConnect is not supported by this version: its server would not be managed; ${stay}`),
]
