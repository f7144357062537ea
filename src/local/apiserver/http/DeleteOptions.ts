/** The options of a deletion, from the body of the request or else from its query, as the API server reads and checks them. */

import { Predicate, Result } from "effect"
import { type ApiError, type FieldError, invalid, invalidValue, unsupported } from "../ApiError.ts"
import { type Fields, fields, list, text } from "../ApiObject.ts"
import type { DeletionOptions, Propagation } from "../Deletion.ts"
import { flag } from "./Query.ts"

const policies: ReadonlyArray<Propagation> = ["Foreground", "Background", "Orphan"]
const isPolicy = (value: unknown): value is Propagation => (policies as ReadonlyArray<unknown>).includes(value)

const inQuery = (query: URLSearchParams): Fields => ({
  propagationPolicy: query.get("propagationPolicy") ?? undefined,
  orphanDependents: flag(query, "orphanDependents"),
  gracePeriodSeconds: query.has("gracePeriodSeconds") ? Number(query.get("gracePeriodSeconds")) : undefined,
  dryRun: query.getAll("dryRun").filter((one) => one !== ""),
})

/** `ValidateDeleteOptions`. */
const problems = ({ propagationPolicy, orphanDependents, dryRun }: Fields): ReadonlyArray<FieldError> => [
  ...(propagationPolicy != null && orphanDependents != null
    ? [
        invalidValue(
          "propagationPolicy",
          propagationPolicy,
          "orphanDependents and deletionPropagation cannot be both set",
        ),
      ]
    : []),
  ...(propagationPolicy != null && !isPolicy(propagationPolicy)
    ? [unsupported("propagationPolicy", propagationPolicy, [...policies, "nil"])]
    : []),
  ...(list(dryRun).some((one) => one !== "All") ? [unsupported("dryRun", dryRun, ["All"])] : []),
]

/** A body counts instead of the query, also where it says nothing. Fails with 422 for a policy that does not exist. */
export const deleteOptions = (query: URLSearchParams, body: unknown): Result.Result<DeletionOptions, ApiError> => {
  const given = body === undefined ? inQuery(query) : fields(body)
  const wrong = problems(given)
  if (wrong.length > 0) {
    const named = { group: "meta.k8s.io", kind: "DeleteOptions", plural: "deleteoptions" }
    return Result.fail(invalid(named, "", wrong))
  }
  const { propagationPolicy, orphanDependents, gracePeriodSeconds, dryRun } = given
  const { uid, resourceVersion } = fields(given["preconditions"])
  const older = orphanDependents == null ? undefined : orphanDependents === true ? "Orphan" : "Background"
  return Result.succeed({
    propagationPolicy: isPolicy(propagationPolicy) ? propagationPolicy : older,
    gracePeriodSeconds: Predicate.isNumber(gracePeriodSeconds) ? gracePeriodSeconds : undefined,
    preconditions: { uid: text(uid), resourceVersion: text(resourceVersion) },
    dryRun: list(dryRun).length > 0,
  })
}
