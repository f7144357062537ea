/** The API server of the run validates what the charts render, field by field; nothing is created. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { rendered } from "../support/Helm.ts"
import { kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, makeWorld } from "../support/World.ts"

/** Kinds of the Prometheus operator, which the cluster may lack. */
const isForeign = (apiVersion: string) => apiVersion.startsWith("monitoring.coreos.com/")

layer(ClusterLayer, { excludeTestServices: true })("the chart", (it) => {
  it.effect("renders objects that the API server takes, with all that can be switched on", () =>
    Effect.gen(function* () {
      const { namespace } = yield* makeWorld("manifests")
      const values = {
        controller: {
          replicas: 2,
          podDisruptionBudget: { enable: true },
          batchScheduler: { enable: true },
          driverPodDisruptionBudget: { enable: true },
          sparkUi: { access: "proxy" },
        },
        spark: { jobNamespaces: [namespace], serviceAccount: { name: "drivers" } },
        prometheus: { podMonitor: { create: true }, rules: { create: true } },
        grafana: { dashboards: { create: true } },
        collector: { config: { create: true } },
        otlp: { endpoint: "http://collector:4318", headersSecret: { name: "otlp" } },
        networkPolicy: { enable: true, metricsFrom: [{ podSelector: {} }], egress: [{}] },
      }
      const namespaced = yield* rendered(values, "firesteel", "valid")
      const clusterWide = yield* rendered({}, "firesteel", "valid-everywhere")
      const manifests = [...namespaced, ...clusterWide].filter(({ apiVersion }) => !isForeign(apiVersion))
      const printed = yield* kubectl(
        ["apply", "--dry-run=server", "--validate=strict", "-f", "-"],
        JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }),
      )
      assert.lengthOf(printed.trim().split("\n"), manifests.length)
    }).pipe(Effect.orDie),
  )
})
