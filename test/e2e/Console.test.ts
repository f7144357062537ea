/** The console of whole operators, with the rights that the chart gives them. */

import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Resource } from "../../src/kube/Resource.ts"
import { UserKube } from "../../src/kube/user/UserKube.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"

const rbac = "rbac.authorization.k8s.io"
const secrets: Resource = { group: "", version: "v1", plural: "secrets", kind: "Secret" }
const roles: Resource = { group: rbac, version: "v1", plural: "roles", kind: "Role" }
const bindings: Resource = { group: rbac, version: "v1", plural: "rolebindings", kind: "RoleBinding" }

/** A service account with this token, which may list the applications of its namespace. */
const viewer = Effect.fnUntraced(function* ({ kube }: World, token: string) {
  const create = (resource: Resource, object: object) => Effect.orDie(kube.create(resource, "default", object))
  yield* create(secrets, {
    metadata: { name: "ann", annotations: { "kubernetes.io/service-account.name": "ann" } },
    type: "kubernetes.io/service-account-token",
    data: { token: Buffer.from(token).toString("base64") },
  })
  const rules = [{ apiGroups: ["sparkoperator.k8s.io"], resources: ["sparkapplications"], verbs: ["list"] }]
  yield* create(roles, { metadata: { name: "ann" }, rules })
  yield* create(bindings, {
    metadata: { name: "ann" },
    roleRef: { apiGroup: rbac, kind: "Role", name: "ann" },
    subjects: [{ kind: "ServiceAccount", name: "ann", namespace: "default" }],
  })
})

describe("the console of an operator", () => {
  it.effect("is served on standby, too, and asks for no right that the chart does not give", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* viewer(world, "abc")
      const flags = ["--console-bind-address=127.0.0.1:0"]
      const clients = Layer.succeed(UserKube, () => Effect.succeed(world.kube))
      const replicas = [
        yield* world.startOperator(undefined, flags, clients, candidacy("first")),
        yield* world.startOperator(undefined, flags, clients, candidacy("second")),
      ]
      yield* world.apply(sparkPi("pi", { "run-seconds": "30" }))
      yield* pass(10)
      for (const { consoleUrl } of replicas) {
        const reply = yield* Effect.promise(() =>
          fetch(`${consoleUrl}/api/applications`, { headers: { Authorization: "Bearer abc" } }).then((it) => it.json()),
        )
        const { rows } = reply as { rows: ReadonlyArray<{ name: string; state: string }> }
        assert.deepStrictEqual(
          rows.map(({ name, state }) => [name, state]),
          [["pi", "RUNNING"]],
        )
      }
      assert.includeMembers(
        [...world.accesses()],
        ["create authentication.k8s.io/tokenreviews", "create authorization.k8s.io/subjectaccessreviews"],
      )
    }),
  )
})
