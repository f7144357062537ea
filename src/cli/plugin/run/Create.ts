/** Creates an application for `run` and `submit`. */

import { Effect } from "effect"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import { sparkApplications } from "../../../api/Kinds.ts"
import { Kube } from "../../../kube/Kube.ts"
import { commandError } from "../Named.ts"
import { fullName } from "../ObjectName.ts"
import { printLines } from "../Output.ts"

/** Creates it and prints its name; succeeds with where it is. If one of its name exists, the error says what can be done. */
export const create = Effect.fnUntraced(function* (manifest: object, namespace: string, program: string) {
  const kube = yield* Kube
  const application = manifest as SparkApplication
  const { metadata } = yield* kube.create(sparkApplications, namespace, application).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "AlreadyExists",
      () => {
        const { name } = application.metadata
        return commandError(
          `${name} exists already in namespace ${namespace}: run it again with "${program} rerun ${name} -n ${namespace}", change it with kubectl apply, or use another name (metadata.generateName makes one)`,
        )
      },
    ),
  )
  yield* printLines([`${fullName(sparkApplications, metadata.name)} created`])
  return { namespace: metadata.namespace, name: metadata.name }
})
