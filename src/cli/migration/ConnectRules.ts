/**
 * What would change for a SparkConnect: the problems and warnings of its validation, where Firesteel behaves differently from kubeflow's operator
 * although both run it, and what becomes of a server that exists when Firesteel starts.
 */

import { Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../api/Kinds.ts"
import { serverPodName } from "../../connect/Names.ts"
import { serverOf } from "../../connect/reconcile/Ownership.ts"
import { validate } from "../../connect/Validate.ts"
import { noHealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { noPodMetadata } from "../../spark/pod/PodMetadata.ts"
import { created } from "../manifest/Created.ts"
import type { Assumed } from "./ApplicationRules.ts"
import { type Finding, note, problem, warning } from "./Finding.ts"

interface Difference {
  readonly field: string
  /** The spec as it is written, without defaults. */
  readonly applies: (spec: Partial<SparkConnect["spec"]>) => boolean
  readonly message: string
}

const differences: ReadonlyArray<Difference> = [
  {
    field: "spec.restart",
    applies: ({ restart }) => restart === undefined,
    message:
      "a server that fails, is evicted or loses its node is started again, without a limit unless maxFailures is set; kubeflow's operator leaves it as it is",
  },
  {
    field: "spec.updateStrategy",
    applies: ({ updateStrategy = "Recreate" }) => updateStrategy === "Recreate",
    message:
      "a change of the spec replaces the server at once, which kubeflow's operator ignores; use WhenIdle or OnDelete to keep sessions",
  },
  {
    field: "spec.auth",
    applies: ({ auth }) => auth?.mode !== "Token",
    message: "everyone who reaches the Service can run code, as before; set mode to Token",
  },
]

/** All findings about a SparkConnect with these settings; `namespace` is the default for a manifest without one. */
export const checkConnect = (object: unknown, assumed: Assumed, namespace = "default"): ReadonlyArray<Finding> => {
  const settings = {
    scheduling: assumed.batchScheduling,
    healthDefaults: noHealthDefaults,
    podMetadata: noPodMetadata,
    eventLog: assumed.eventLog,
    gatewayParents: assumed.children.gatewayParents,
  }
  const found = validate(created({ ...(object as object), kind: sparkConnects.kind }, namespace), 1, settings)
  return Result.match(found, {
    onFailure: (problems) => problems.map(({ field, message }) => problem(field, message)),
    onSuccess: ({ connect, warnings }) => [
      ...warnings.map(({ field, message }) => warning(field, message)),
      ...differences.filter(({ applies }) => applies(connect.spec)).map(({ field, message }) => note(field, message)),
    ],
  })
}

/** Whether Firesteel has reconciled it already: kubeflow's operator records no attempts and no generation. */
const isOurs = ({ status }: SparkConnect) => status?.attempts !== undefined || status?.observedGeneration !== undefined

/** What becomes of its server, by the pod that there is; nothing for one that Firesteel runs already. `pods`: those of all servers. */
export const takeOverConnect = (connect: SparkConnect, pods: ReadonlyArray<Pod>): ReadonlyArray<Finding> => {
  if (isOurs(connect)) return []
  const { namespace } = connect.metadata
  const name = serverPodName(connect)
  const found = pods.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name)
  const server = found === undefined ? undefined : serverOf(found, connect)
  switch (server?._tag) {
    case undefined:
    case "Leaving":
    case "Missing":
      return [note("status", "New: its server is started by the operator that sees it first")]
    case "Foreign":
      return [problem("metadata.name", server.message)]
    case "Own": {
      const { phase, deleting } = server.pod
      if (phase === "Succeeded" || phase === "Failed" || deleting) {
        return [note("status", `pod ${name} has ended: it is deleted, with its log, and another server is started`)]
      }
      return [
        note(
          "status",
          `pod ${name} is taken over with its sessions and continues unchanged; when it is deleted, it is replaced by one that is stopped cleanly`,
        ),
      ]
    }
  }
}
