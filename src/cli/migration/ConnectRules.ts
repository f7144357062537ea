/** What would change for a SparkConnect: the problems and warnings of its validation, and where Firesteel behaves differently. */

import { Result } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import { validate } from "../../connect/Validate.ts"
import { noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { created } from "../manifest/Created.ts"
import type { Assumed } from "./ApplicationRules.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

const differences = ({ spec }: SparkConnect): ReadonlyArray<Finding> => [
  note(
    "metadata",
    "a server that runs is taken over as it is; delete its pod to replace it by one that is stopped cleanly and started again after failures",
  ),
  ...(spec.updateStrategy === undefined || spec.updateStrategy === "Recreate"
    ? [
        note(
          "spec.updateStrategy",
          "a change of the spec replaces the server at once, which kubeflow's operator ignores; use WhenIdle or OnDelete to keep sessions",
        ),
      ]
    : []),
  ...(spec.auth?.mode === "Token"
    ? []
    : [note("spec.auth", "everyone who reaches the Service can run code, as before; set mode to Token")]),
]

/** All findings about a SparkConnect with these settings; `namespace` is the default for a manifest without one. */
export const checkConnect = (object: unknown, assumed: Assumed, namespace = "default"): ReadonlyArray<Finding> => {
  const settings = { scheduling: assumed.batchScheduling, healthDefaults: noHealthDefaults }
  return Result.match(validate(created({ ...(object as object), kind: sparkConnects.kind }, namespace), 1, settings), {
    onFailure: (found) => found.map(({ field, message }) => problem(field, message)),
    onSuccess: ({ connect, warnings }) => [
      ...warnings.map(({ field, message }) => warning(field, message)),
      ...differences(connect),
    ],
  })
}
