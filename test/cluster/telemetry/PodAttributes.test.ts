/** `otel/collector-pods.yaml` with real drivers and executors: what they send gets the attributes that the operator's telemetry has. */

import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "yaml"
import { python } from "../support/Applications.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { ClusterLayer, eventually, makeWorld, type World } from "../support/World.ts"
import { required } from "./Backends.ts"

/** The configuration as it is, but for where it exports to: its log, which has to be more than warnings then. */
const collectorConfig = () => {
  const { receivers, processors, service } = parse(readFileSync("otel/collector-pods.yaml", "utf8"))
  const traces = { ...service.pipelines.traces, exporters: ["debug"] }
  return {
    receivers,
    processors,
    exporters: { debug: { verbosity: "detailed" } },
    service: { telemetry: { metrics: { level: "none" } }, pipelines: { traces } },
  }
}

const collector = (namespace: string) => {
  const metadata = { name: "collector", namespace }
  const role = `collector-${namespace}`
  const rbac = "rbac.authorization.k8s.io"
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.yaml": JSON.stringify(collectorConfig()) } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels: { app: "collector" } },
      spec: {
        serviceAccountName: "collector",
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: "config", configMap: { name: "collector" } }],
        containers: [
          {
            name: "collector",
            image: required("FIRESTEEL_COLLECTOR_IMAGE"),
            args: ["--config=/config/config.yaml"],
            volumeMounts: [{ name: "config", mountPath: "/config" }],
          },
        ],
      },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: "collector" }, ports: [{ port: 4318 }] } },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: role },
      rules: [{ apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: role },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name: "collector", namespace }],
    },
  ]
}

const startCollector = Effect.fnUntraced(function* ({ namespace }: World) {
  yield* Effect.acquireRelease(Effect.orDie(apply(collector(namespace))), () =>
    Effect.ignore(
      kubectl(["delete", "clusterrole,clusterrolebinding", `collector-${namespace}`, "--ignore-not-found"]),
    ),
  )
  yield* Effect.orDie(kubectl(["wait", "pod", "collector", "-n", namespace, "--for=condition=Ready", "--timeout=60s"]))
})

/** The resource attributes of the span with this name in the log of the Collector. */
const attributesOf = (log: string, span: string): Readonly<Record<string, string>> | undefined => {
  const part = log.split("ResourceSpans #").find((text) => text.includes(span))
  return (
    part && Object.fromEntries([...part.matchAll(/-> ([\w.]+): Str\(([^)]*)\)/g)].map(([, key, value]) => [key, value]))
  )
}

layer(ClusterLayer, { excludeTestServices: true })("what Spark's pods send", (it) => {
  it.effect("has the attributes of its application, submission and attempt", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld("attributes")
      yield* startCollector(world)
      yield* world.apply(python("reporter", ["report", `http://collector.${world.namespace}:4318`]))
      const { status } = yield* world.untilState("reporter", "COMPLETED")
      const log = Effect.orDie(kubectl(["logs", "-n", world.namespace, "collector"]))
      for (const [span, role] of [
        ["in the driver", "driver"],
        ["in an executor", "executor"],
      ] as const) {
        const attributes = yield* eventually(
          Effect.map(log, (text) => attributesOf(text, span)),
          30,
          Effect.succeed(`the Collector has no span ${span}`),
        )
        assert.deepInclude(attributes, {
          "service.name": "reporter",
          "service.namespace": world.namespace,
          "k8s.namespace.name": world.namespace,
          "spark.application.name": "reporter",
          "spark.application.id": status?.sparkApplicationId ?? "",
          "spark.application.submission_id": status?.submissionID ?? "",
          "spark.application.attempt": "1",
          "spark.role": role,
        })
      }
      yield* world.remove("reporter")
    }),
  )
})
