/** The files in `crds/`: one for each custom resource. */

import { crds } from "../src/api/Crds.ts"
import * as Crd from "../src/api/schema/Crd.ts"
import type { GeneratedFile } from "./GeneratedFile.ts"

export const generatedFiles = (): ReadonlyArray<GeneratedFile> =>
  crds.map((definition) => ({
    path: `crds/${definition.spec.group}_${definition.spec.names.plural}.yaml`,
    content: Crd.yaml(definition),
  }))
