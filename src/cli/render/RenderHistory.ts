/** The objects that the operator would create for a history server, and what its applications get. Pure. */

import { Result } from "effect"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { endpointOf, urlFormatOf, urlOf } from "../../history/objects/Addresses.ts"
import { desiredObjects } from "../../history/objects/Objects.ts"
import { validate } from "../../history/Validate.ts"
import { created } from "../manifest/Created.ts"
import { type Outcome, titled } from "./RenderApplication.ts"

const addresses = (server: SparkHistoryServer): ReadonlyArray<string> => [
  `History server ${server.metadata.namespace}/${server.metadata.name}`,
  `inside the cluster: ${endpointOf(server)}`,
  `for browsers: ${urlOf(server)}`,
  ...(server.spec.applications === undefined ? [] : [`link of an application: ${urlFormatOf(server)}`]),
]

/** A history server as in a manifest. How its claims can be mounted is known only on a cluster; they count as ReadWriteMany here. */
export const renderHistory = (object: unknown): Outcome =>
  Result.match(validate(created(object, "default")), {
    onFailure: (problems) => ({ output: "", problems, warnings: [] }),
    onSuccess: ({ server, warnings }) => ({
      output: [
        `---\n${addresses(server)
          .map((line) => `# ${line}\n`)
          .join("")}`,
        ...desiredObjects(server, false).map(({ resource, object }) =>
          titled(`${resource.kind} of the history server`, object),
        ),
      ].join(""),
      problems: [],
      warnings,
    }),
  })
