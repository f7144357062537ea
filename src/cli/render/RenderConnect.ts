/**
 * The objects that the operator would create for a Connect server, its first executor, and how to connect. They are built by the functions
 * that start it; only identities (uid, submission id) are placeholders, and the token is never printed.
 */

import { Result } from "effect"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { accessObjects } from "../../connect/access/Access.ts"
import { connectionsOf } from "../../connect/access/Connections.ts"
import { tokenSecretName } from "../../connect/Names.ts"
import { serverObjects } from "../../connect/ServerObjects.ts"
import { type ValidConnect, validate } from "../../connect/Validate.ts"
import { tokenKey } from "../../connect/Workload.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import { executorPod } from "../../spark/executor/ExecutorPod.ts"
import { created } from "../manifest/Created.ts"
import { type ApplicationOptions, firstSubmission, historyComment, type Outcome, titled } from "./RenderApplication.ts"

/** Addresses that only a cluster gives (load balancer, node port) are missing. */
const connections = (valid: ValidConnect): ReadonlyArray<string> => {
  const { connect } = valid
  const { metadata, spec } = connect
  const secret = tokenSecretName(connect)
  const origin = spec.auth?.secretName === undefined ? "which the operator makes" : "which must exist"
  return [
    `Connect server ${metadata.namespace}/${metadata.name}`,
    ...(secret === undefined ? [] : [`token: the key ${tokenKey} of the Secret ${secret}, ${origin}`]),
    ...connectionsOf(connect, valid, undefined).flatMap(({ from, url, command, note }) => [
      `${from}: ${url}`,
      ...(command === undefined ? [] : [`  while this runs: ${command}`]),
      ...(note === undefined ? [] : [`  ${note}`]),
    ]),
  ]
}

const objectsOf = (valid: ValidConnect, options: BuildOptions): string => {
  const { before, pod, after } = serverObjects(valid, firstSubmission, options)
  return [
    titled("server", pod),
    titled("the first executor, as the server creates it", executorPod(valid, pod, firstSubmission, options)),
    ...[...before, ...after].map(({ resource, object }) => titled(`${resource.kind} of the server`, object)),
    ...accessObjects(valid.connect, valid).map(({ resource, object }) =>
      titled(`${resource.kind} for clients`, object),
    ),
  ].join("")
}

/** A Connect server as in a manifest. */
export const renderConnect = (
  object: unknown,
  { build: options, scheduling, health, metadata, eventLog }: ApplicationOptions,
): Outcome => {
  const settings = {
    scheduling,
    healthDefaults: health,
    podMetadata: metadata.connects,
    eventLog,
    gatewayParents: options.children?.gatewayParents,
  }
  return Result.match(validate(created(object, "default") as SparkConnect, 1, settings), {
    onFailure: (problems) => ({ output: "", problems, warnings: [] }),
    onSuccess: (valid) => ({
      output: `---\n${connections(valid)
        .map((line) => `# ${line}\n`)
        .join("")}${historyComment(valid)}${objectsOf(valid, options)}`,
      problems: [],
      warnings: valid.warnings,
    }),
  })
}
