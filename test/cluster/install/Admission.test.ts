/**
 * The admission policies of the chart on a real API server: what they refuse by `kubectl apply`, and that they go with the release. No operator
 * of that release runs meanwhile, and none is needed.
 */

import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { newest, operatorNamespace } from "../support/Environment.ts"
import { charts, helm } from "../support/Helm.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, eventually, makeWorld } from "../support/World.ts"

type Fields = Readonly<Record<string, unknown>>

const release = ["policies", "-n", operatorNamespace]

/** A release without replicas, for as long as the scope lives. */
const released = (namespace: string) =>
  Effect.acquireRelease(
    helm(
      ["install", "policies", join(charts, "firesteel"), "-n", operatorNamespace, "--values", "-"],
      JSON.stringify({
        controller: { replicas: 0 },
        spark: {
          jobNamespaces: [namespace],
          jobNamespaceSelector: "policies in (yes,on),!off",
          serviceAccount: { name: "drivers" },
        },
        admissionPolicy: { enable: true },
      }),
    ),
    () => Effect.orDie(helm(["uninstall", ...release, "--ignore-not-found", "--wait"])),
  ).pipe(Effect.orDie)

const spec = (more: Fields = {}): Fields => ({
  type: "Python",
  sparkVersion: newest.version,
  image: newest.image,
  mainApplicationFile: "local:///app.py",
  suspend: true,
  driver: {},
  executor: {},
  ...more,
})

const kindOf = (kind: string, version: string) => (name: string, namespace: string, fields: Fields) => ({
  apiVersion: `sparkoperator.k8s.io/${version}`,
  kind,
  metadata: { name, namespace },
  spec: fields,
})
const application = kindOf("SparkApplication", "v1beta2")
const schedule = kindOf("ScheduledSparkApplication", "v1beta2")
const connect = kindOf("SparkConnect", "v1alpha1")

/** What `kubectl apply` prints when it is refused; empty when it is accepted, which leaves nothing behind. */
const refusal = (object: object): Effect.Effect<string> =>
  Effect.map(
    Effect.result(kubectl(["apply", "--dry-run=server", "-f", "-"], JSON.stringify(object))),
    Result.match({ onFailure: ({ message }) => message, onSuccess: () => "" }),
  )

const without = (field: string, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== field))

interface Policy {
  readonly kind: string
  readonly status?: { readonly typeChecking?: object }
}

const policies = Effect.orDie(
  Effect.map(
    kubectl([
      "get",
      "validatingadmissionpolicies,validatingadmissionpolicybindings",
      "-l",
      "app.kubernetes.io/instance=policies",
      "-o",
      "json",
    ]),
    (text): ReadonlyArray<Policy> => JSON.parse(text).items,
  ),
)

layer(ClusterLayer, { excludeTestServices: true })("the admission policies of the chart", (it) => {
  it.effect("refuse mistakes by kubectl apply in the namespaces of the release, and are gone with it", () =>
    Effect.gen(function* () {
      const { namespace } = yield* makeWorld("policies")
      const elsewhere = (yield* makeWorld("elsewhere")).namespace
      const selected = (yield* makeWorld("selected")).namespace
      yield* Effect.orDie(kubectl(["label", "namespace", selected, "policies=on"]))
      const noImage = without("image", spec())
      yield* Effect.orDie(apply([application("older", namespace, noImage)]))

      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* released(namespace)
          const bad = application("bad", namespace, noImage)
          const message = yield* eventually(
            Effect.map(refusal(bad), (text) => text || undefined),
            30,
            Effect.succeed("an application without an image is accepted"),
          )
          assert.match(
            message,
            /ValidatingAdmissionPolicy 'policies-firesteel-sparkapplications' with binding .* denied request: there is no image for the driver; set spec\.image or spec\.driver\.image/,
          )

          const template = "spark.kubernetes.driver.podTemplateFile"
          const many = Object.fromEntries(
            Array.from({ length: 2000 }, (_, index) => [`spark.hadoop.key${index}`, "x".repeat(60)]),
          )
          for (const [object, expected] of [
            [application("ok", namespace, spec()), undefined],
            [application("ok", namespace, spec({ sparkConf: many })), undefined],
            [
              schedule("ok", namespace, { schedule: "@daily", suspend: true, template: spec({ sparkConf: many }) }),
              undefined,
            ],
            [
              connect("ok", namespace, { sparkVersion: newest.version, image: newest.image, server: {}, executor: {} }),
              undefined,
            ],
            [application("bad", elsewhere, noImage), undefined],
            [application("bad", selected, noImage), "there is no image for the driver"],
            [
              application("bad", namespace, spec({ sparkConf: { ...many, [template]: "x" } })),
              `spec.sparkConf["${template}"] is not allowed: `,
            ],
            [
              schedule("bad", namespace, { schedule: "@daily", template: spec({ sparkConf: { [template]: "x" } }) }),
              `spec.template.sparkConf["${template}"] is not allowed: `,
            ],
            [
              connect("bad", namespace, {
                sparkVersion: newest.version,
                image: newest.image,
                sparkConf: { "spark.app.id": "x" },
                server: {},
                executor: {},
              }),
              'spec.sparkConf["spark.app.id"] is not allowed: ',
            ],
            [
              application("bad", namespace, spec({ sparkConf: { "spark.kubernetes.namespace": "other" } })),
              'spec.sparkConf["spark.kubernetes.namespace"] is not allowed: ',
            ],
            [schedule("bad", namespace, { schedule: "@daily", template: noImage }), "there is no image for the driver"],
            [
              connect("bad", namespace, { sparkVersion: newest.version, server: {}, executor: {} }),
              "there is no image; set",
            ],
            // The rules of the definition come first, and say the same.
            [
              application("bad", namespace, spec({ sparkConf: { "spark.master": "x" } })),
              "spark.master is not allowed in sparkConf",
            ],
            [application("1bad", namespace, spec()), "metadata.name is not an application name"],
          ] as const) {
            const said = yield* refusal(object)
            if (expected === undefined) assert.strictEqual(said, "")
            else assert.include(said, expected)
          }

          // What is older than the policies can be labelled, but not changed into something else that is wrong.
          const older = ["sparkapplication", "older", "-n", namespace]
          yield* Effect.orDie(kubectl(["label", ...older, "team=a"]))
          const patched = yield* Effect.flip(
            kubectl(["patch", ...older, "--type=merge", "-p", '{"spec":{"arguments":["1"]}}']),
          )
          assert.include(patched.message, "there is no image for the driver")

          // Three kinds, each with a binding for the list of namespaces and one for the selector.
          assert.lengthOf(yield* policies, 9)
          // The API server compares the expressions with the definitions a moment after the policies were made.
          const checked = yield* eventually(
            Effect.map(policies, (all) => {
              const found = all.filter(({ kind }) => kind === "ValidatingAdmissionPolicy")
              return found.every(({ status }) => status?.typeChecking !== undefined) ? found : undefined
            }),
            60,
            Effect.map(policies, (all) => JSON.stringify(all)),
          )
          for (const { status } of checked) assert.deepStrictEqual(status?.typeChecking, {})
        }),
      )

      assert.deepStrictEqual(yield* policies, [])
      yield* eventually(
        Effect.map(refusal(application("bad", namespace, noImage)), (text) => (text === "" ? true : undefined)),
        30,
        Effect.succeed("the policy still refuses"),
      )
    }).pipe(Effect.scoped),
  )
})
