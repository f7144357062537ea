/** The console as the chart serves it: viewers log in with tokens of the cluster, and see and change what these may. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { python } from "../support/Applications.ts"
import { forward } from "../support/ConnectClient.ts"
import { operatorNamespace } from "../support/Environment.ts"
import { upgraded } from "../support/Helm.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ask, bearer, onApplications, tokenOf } from "../support/Viewers.ts"
import { ClusterLayer, eventually, makeWorld } from "../support/World.ts"

const admission = { apiVersion: "admissionregistration.k8s.io/v1" }

/** Nothing in the namespace is deleted, and the refusal says whose request it was, as the API server has authenticated it. */
const refuseDeletes = (namespace: string) =>
  Effect.acquireRelease(
    apply([
      {
        ...admission,
        kind: "ValidatingAdmissionPolicy",
        metadata: { name: namespace },
        spec: {
          matchConstraints: {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            resourceRules: [
              {
                apiGroups: ["sparkoperator.k8s.io"],
                apiVersions: ["*"],
                resources: ["sparkapplications"],
                operations: ["DELETE"],
              },
            ],
          },
          validations: [{ expression: "false", messageExpression: "'refused to ' + request.userInfo.username" }],
        },
      },
      {
        ...admission,
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name: namespace },
        spec: { policyName: namespace, validationActions: ["Deny"] },
      },
    ]),
    () =>
      Effect.ignore(
        kubectl(["delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", namespace, "--wait=false"]),
      ),
  )

layer(ClusterLayer, { excludeTestServices: true })("the console of the chart", (it) => {
  it.effect("shows and changes what the token of the viewer may, in the viewer's name", () =>
    Effect.gen(function* () {
      const [own, other] = [yield* makeWorld("own"), yield* makeWorld("other")]
      yield* upgraded({ console: { enable: true, actions: true } })
      for (const world of [own, other]) yield* world.apply(python("job", ["work"], { suspend: true }))
      const port = yield* forward({ namespace: operatorNamespace }, "firesteel-console", 8082)
      const url = `http://localhost:${port}`
      const viewer = yield* tokenOf(own.namespace, "viewer", [onApplications("get", "list")])
      const editor = yield* tokenOf(own.namespace, "editor", [onApplications("get", "list", "delete")])

      const form = (token: string) => ({
        method: "POST",
        headers: { Origin: url, "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ token }),
      })
      assert.strictEqual((yield* ask(`${url}/api/applications`)).status, 401)
      assert.strictEqual((yield* ask(`${url}/login`, form("abc"))).status, 401)
      const login = yield* ask(`${url}/login`, form(viewer))
      assert.strictEqual(login.status, 303)
      const [cookie = ""] = login.headers.getSetCookie().map((one) => one.split(";")[0])
      const list = yield* eventually(
        Effect.map(ask(`${url}/api/applications`, { headers: { Cookie: cookie } }), ({ text }) => {
          const { rows } = JSON.parse(text) as { rows: ReadonlyArray<{ namespace: string; name: string }> }
          return rows.length === 0 ? undefined : rows
        }),
        30,
        Effect.succeed("no application is listed"),
      )
      assert.deepStrictEqual(
        list.map(({ namespace, name }) => `${namespace}/${name}`),
        [`${own.namespace}/job`],
      )
      const foreign = yield* ask(`${url}/api/applications/${other.namespace}/job`, bearer(viewer))
      assert.strictEqual(foreign.status, 403)

      const remove = (token: string) =>
        ask(`${url}/api/applications/${own.namespace}/job/actions/delete`, { method: "POST", ...bearer(token) })
      const refused = yield* remove(viewer)
      assert.strictEqual(refused.status, 403)
      assert.include(refused.text, "may not delete sparkapplications")
      yield* Effect.scoped(
        Effect.andThen(
          refuseDeletes(own.namespace),
          eventually(
            // A dry run tells when the policy is in force.
            Effect.map(
              Effect.flip(kubectl(["delete", "sparkapplication", "job", "-n", own.namespace, "--dry-run=server"])),
              ({ message }) => (message.includes("refused to") ? true : undefined),
            ).pipe(Effect.catch(() => Effect.succeed(undefined))),
            30,
            Effect.succeed("the policy is not in force"),
          ).pipe(
            Effect.andThen(remove(editor)),
            Effect.map(({ text }) => assert.include(text, `refused to system:serviceaccount:${own.namespace}:editor`)),
          ),
        ),
      )
      yield* eventually(
        Effect.map(remove(editor), ({ status }) => (status === 200 ? true : undefined)),
        30,
        Effect.map(remove(editor), ({ text }) => text),
      )
      assert.isUndefined(yield* own.application("job"))
      assert.isDefined(yield* other.application("job"))
    }).pipe(Effect.scoped),
  )
})
