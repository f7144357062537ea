/** A release with the name of kubeflow's chart: what tools find it by, and what an upgrade leaves as it is. No replica is needed for that. */

import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { charts, helm } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, makeWorld } from "../support/World.ts"

const chart = join(charts, "firesteel")

layer(ClusterLayer, { excludeTestServices: true })("a release with nameOverride spark-operator", (it) => {
  it.effect("has the labels and the Lease of kubeflow's chart, and an upgrade changes neither Lease nor selector", () =>
    Effect.gen(function* () {
      const { namespace } = yield* makeWorld("drop-in")
      const run = (command: string, ...more: ReadonlyArray<string>) =>
        helm([
          command,
          "drop-in",
          chart,
          "-n",
          namespace,
          "--set",
          `controller.replicas=0,spark.jobNamespaces={${namespace}},spark.serviceAccount.name=drivers`,
          ...more,
        ])
      const kubeflow = ["--set", "nameOverride=spark-operator"]
      const get = (what: string, path: string) =>
        Effect.orDie(kubectl(["get", ...what.split(" "), "-n", namespace, "-o", `jsonpath={${path}}`]))
      const deployment = "deployment drop-in-spark-operator"
      const lease = Effect.all([
        Effect.map(
          get(deployment, ".spec.template.spec.containers[0].args"),
          (args) => /--leader-elect-resource-name=([^"]*)/.exec(args)?.[1],
        ),
        get("role drop-in-spark-operator-leader-election", ".rules[1].resourceNames[0]"),
      ])

      yield* Effect.orDie(run("install", ...kubeflow))
      const labels = JSON.parse(yield* get(deployment, ".spec.template.metadata.labels"))
      assert.include(labels, {
        "app.kubernetes.io/name": "spark-operator",
        "app.kubernetes.io/instance": "drop-in",
        "app.kubernetes.io/component": "controller",
      })
      assert.deepStrictEqual(yield* lease, Array(2).fill("drop-in-spark-operator-controller-lock"))
      assert.deepStrictEqual(JSON.parse(yield* get(deployment, ".spec.selector.matchLabels")), {
        "app.kubernetes.io/name": "spark-operator",
        "app.kubernetes.io/instance": "drop-in",
      })

      // As the chart before left it: replicas that elect their leader by a Lease named after the Deployment, and no component.
      const args = JSON.parse(yield* get(deployment, ".spec.template.spec.containers[0].args")) as ReadonlyArray<string>
      const before = args.map((arg) =>
        arg.startsWith("--leader-elect-resource-name=") ? `${arg.split("=")[0]}=before` : arg,
      )
      const patch = [
        { op: "replace", path: "/spec/template/spec/containers/0/args", value: before },
        { op: "remove", path: "/spec/template/metadata/labels/app.kubernetes.io~1component" },
      ]
      yield* Effect.orDie(
        kubectl(["patch", ...deployment.split(" "), "-n", namespace, "--type=json", "-p", JSON.stringify(patch)]),
      )
      yield* Effect.orDie(run("upgrade", ...kubeflow, "--set", "controller.workers=7"))
      assert.deepStrictEqual(yield* lease, ["before", "before"])
      assert.strictEqual(
        yield* get(deployment, ".spec.template.metadata.labels.app\\.kubernetes\\.io/component"),
        "controller",
      )
      assert.include(yield* get(deployment, ".spec.template.spec.containers[0].args"), "--status-workers=7")

      // Another name for the same Deployment would need another selector, which Kubernetes does not change.
      const fixed = ["--set", "fullnameOverride=drop-in-spark-operator"]
      const { message } = yield* Effect.flip(run("upgrade", ...fixed))
      assert.match(message, /nameOverride cannot change while the Deployment drop-in-spark-operator exists/)
      yield* Effect.orDie(helm(["uninstall", "drop-in", "-n", namespace, "--wait"]))
    }).pipe(Effect.scoped),
  )
})
