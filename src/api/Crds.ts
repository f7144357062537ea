/** All CustomResourceDefinitions of the operator: `firesteel crds` prints them, local mode installs them and `crds/` contains them. */

import { sparkApplicationCrd } from "./application/CustomResource.ts"
import { sparkConnectCrd } from "./connect/CustomResource.ts"
import { sparkHistoryServerCrd } from "./history/CustomResource.ts"
import { scheduledSparkApplicationCrd } from "./schedule/CustomResource.ts"
import * as Crd from "./schema/Crd.ts"

export const crds: ReadonlyArray<Crd.Definition> = [
  sparkApplicationCrd,
  scheduledSparkApplicationCrd,
  sparkConnectCrd,
  sparkHistoryServerCrd,
]

/** How a definition that is not ours is replaced, for messages. */
export const installDefinitions =
  "kubectl apply --server-side --force-conflicts -f crds/, or helm upgrade firesteel-crds (docs/install.md)"

/** All definitions as one YAML stream. */
export const crdsYaml = (): string => crds.map(Crd.yaml).join("---\n")
