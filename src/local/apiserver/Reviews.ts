/**
 * The kinds that are questions: a TokenReview asks who a token belongs to, a SubjectAccessReview whether a user may do something. They
 * are answered on creation and never stored. The cluster itself requires no authentication; the tokens that it knows are
 * those in Secrets of type `kubernetes.io/service-account-token`.
 */

import { Result } from "effect"
import { type ApiError, badRequest, invalid, required } from "./ApiError.ts"
import { type ApiObject, at, defined, type Fields, fields, list, text } from "./ApiObject.ts"
import type { ClusterState } from "./ClusterState.ts"
import { accountUser, allowedBy, type Attributes } from "./Rbac.ts"
import type { ResourceKind } from "./ResourceKind.ts"
import { decode } from "./schema/DecodeObject.ts"
import type { WriteOptions, Written } from "./Writes.ts"

type Review = (state: ClusterState, kind: ResourceKind, spec: Fields) => Result.Result<Fields, ApiError>

const serviceAccountName = "kubernetes.io/service-account.name"

const tokenReview: Review = (state, _, { token }) => {
  if (!token) return Result.fail(badRequest("token is required for TokenReview in authentication"))
  const encoded = Buffer.from(String(token)).toString("base64")
  for (const secret of state.storage.all("secrets").values()) {
    if (secret["type"] !== "kubernetes.io/service-account-token") continue
    if (at(secret, "data.token") !== encoded) continue
    const { namespace = "", annotations } = secret.metadata
    return Result.succeed({
      authenticated: true,
      user: {
        username: accountUser(namespace, annotations?.[serviceAccountName] ?? ""),
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      },
      audiences: ["https://kubernetes.default.svc.cluster.local"],
    })
  }
  return Result.succeed({ user: {}, error: "invalid bearer token" })
}

const attributesOf = (spec: Fields): Attributes | undefined => {
  const path = spec["nonResourceAttributes"]
  const resource = spec["resourceAttributes"]
  if ((path === undefined) === (resource === undefined)) return undefined
  const verb = text(at(path ?? resource, "verb")) ?? ""
  if (path !== undefined) return { verb, path: text(at(path, "path")) ?? "" }
  const { namespace, group, resource: plural, subresource, name } = fields(resource)
  return {
    verb,
    namespace: text(namespace),
    group: text(group) ?? "",
    resource: [plural, subresource].filter(Boolean).join("/"),
    name: text(name),
  }
}

const subjectAccessReview: Review = (state, kind, spec) => {
  const attributes = attributesOf(spec)
  if (attributes === undefined) {
    const message = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
    return Result.fail(invalid(kind, "", [required("spec.resourceAttributes", message)]))
  }
  const user = { name: text(spec["user"]), groups: list(spec["groups"]).map(String) }
  if (!user.name && user.groups.length === 0) {
    return Result.fail(invalid(kind, "", [required("spec.user", "at least one of user or group must be specified")]))
  }
  const reason = allowedBy(state.storage, user, attributes)
  return Result.succeed(defined({ allowed: reason !== undefined, reason: reason || undefined }))
}

const reviews: Readonly<Record<string, Review>> = {
  "tokenreviews.authentication.k8s.io": tokenReview,
  "subjectaccessreviews.authorization.k8s.io": subjectAccessReview,
}

/** The answer to a question; `undefined` for all other kinds. */
export const answered = (
  state: ClusterState,
  kind: ResourceKind,
  body: unknown,
  options: WriteOptions,
): Result.Result<Written, ApiError> | undefined => {
  const review = reviews[kind.storage]
  if (review === undefined) return undefined
  return Result.gen(function* () {
    const { object, warnings } = yield* decode(kind, body, options.fieldValidation)
    const status = yield* review(state, kind, fields(object["spec"]))
    return { object: { ...object, status } as ApiObject, warnings }
  })
}
