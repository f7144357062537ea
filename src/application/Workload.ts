/** A SparkApplication as the workload that `spark/` builds from. */

import { withDefaults } from "../api/application/Defaults.ts"
import type { SparkApplication } from "../api/application/SparkApplication.ts"
import { sparkApplications } from "../api/Kinds.ts"
import * as Labels from "../spark/Labels.ts"
import { ownerReference, type Workload } from "../spark/Workload.ts"

/** The workload of an application, with the defaults of its spec. A SparkApplication has the very fields of a workload, so none moves. */
export const workloadOf = ({ metadata, spec }: SparkApplication): Workload => ({
  owner: ownerReference(sparkApplications, metadata),
  identity: { nameLabel: Labels.appName, driverRole: Labels.driverRole },
  submittableByJob: true,
  metadata,
  spec: withDefaults(spec),
})
