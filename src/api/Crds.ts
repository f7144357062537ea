/** Every CustomResourceDefinition that the operator brings: what `firesteel crds` prints, local mode installs and `crds/` contains. */

import { sparkApplicationCrd } from "./application/CustomResource.ts"
import * as Crd from "./schema/Crd.ts"

export const crds: ReadonlyArray<Crd.Definition> = [sparkApplicationCrd]

/** All definitions as one YAML stream. */
export const crdsYaml = (): string => crds.map(Crd.yaml).join("---\n")
