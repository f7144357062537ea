/** Viewers of the console: accounts with rights in one namespace, and what the console answers to their tokens. */

import { Effect } from "effect"
import { apply, kubectl } from "./Kubectl.ts"

const rbac = "rbac.authorization.k8s.io"

/** The token of a new account that has these rights in its namespace. */
export const tokenOf = Effect.fnUntraced(function* (namespace: string, name: string, rules: ReadonlyArray<object>) {
  yield* apply([
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name, namespace }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ])
  return (yield* kubectl(["create", "token", name, "-n", namespace])).trim()
}, Effect.orDie)

/** The right to these verbs on SparkApplications. */
export const onApplications = (...verbs: ReadonlyArray<string>) => ({
  apiGroups: ["sparkoperator.k8s.io"],
  resources: ["sparkapplications"],
  verbs,
})

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** One request, whose redirect is not followed. */
export const ask = (url: string, options: RequestInit = {}): Effect.Effect<Reply> =>
  Effect.promise(async () => {
    const response = await fetch(url, { redirect: "manual", ...options })
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

/** The headers of a request with this token. */
export const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })
