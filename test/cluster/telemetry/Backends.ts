/** Prometheus, an OpenTelemetry Collector, and a backend that is slow or refuses, as pods of a test. */

import { Effect } from "effect"
import { newest, operatorNamespace } from "../support/Environment.ts"
import { apply, kubectl } from "../support/Kubectl.ts"
import { raw, rawText } from "../support/Raw.ts"
import type { World } from "../support/World.ts"

/** Where the operator of the run sends its telemetry; until it exists, and when it is gone, nothing answers there. */
export const namespace = "firesteel-telemetry"

export const required = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; see test/cluster/run and CONTRIBUTING.md`)
  return value
}

/** The Collector drops series that are no longer sent as soon as the operator does: those of applications that are gone. */
const collectorConfig = {
  receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } },
  exporters: {
    debug: { verbosity: "detailed" },
    prometheus: { endpoint: "0.0.0.0:9464", without_scope_info: true, metric_expiration: "10s" },
  },
  service: {
    telemetry: { metrics: { level: "none" } },
    pipelines: {
      metrics: { receivers: ["otlp"], exporters: ["prometheus"] },
      traces: { receivers: ["otlp"], exporters: ["debug"] },
      logs: { receivers: ["otlp"], exporters: ["debug"] },
    },
  },
}

const prometheusConfig = (world: World, application: string) => ({
  global: { scrape_interval: "2s" },
  scrape_configs: [
    { job_name: "operator", static_configs: [{ targets: [`firesteel.${operatorNamespace}:8080`] }] },
    { job_name: "otlp", static_configs: [{ targets: [`collector-metrics.${namespace}:9464`] }] },
    {
      job_name: "driver",
      metrics_path: "/metrics/executors/prometheus",
      static_configs: [{ targets: [`${application}-ui-svc.${world.namespace}:4040`] }],
    },
  ],
})

/** Accepts and never answers on 4319; refuses with 503 on 4320. */
const trouble = `
import http.server, socket, threading, time
class Refuse(http.server.BaseHTTPRequestHandler):
    def do_POST(self): self.send_error(503)
    def log_message(self, *a): pass
threading.Thread(target=http.server.HTTPServer(("", 4320), Refuse).serve_forever).start()
s = socket.create_server(("", 4319)); held = []
while True: held.append(s.accept())
`

const pod = (name: string, image: string, args: ReadonlyArray<string>, config?: object) => [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: { "config.yaml": JSON.stringify(config ?? {}) },
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: "config", configMap: { name } }],
      containers: [{ name, image, args, volumeMounts: [{ name: "config", mountPath: "/config" }] }],
    },
  },
]

const service = (name: string, app: string, port: number, targetPort = port) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { selector: { app }, ports: [{ port, targetPort }] },
})

const collectorPod = () =>
  pod("collector", required("FIRESTEEL_COLLECTOR_IMAGE"), ["--config=/config/config.yaml"], collectorConfig)

const ready = Effect.orDie(
  kubectl(["wait", "pods", "--all", "-n", namespace, "--for=condition=Ready", "--timeout=60s"]),
)

/** Starts all of them; they are deleted with the scope. */
export const startBackends = Effect.fnUntraced(function* (world: World, application: string) {
  yield* Effect.acquireRelease(
    Effect.orDie(
      apply([
        {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: namespace, labels: { "firesteel.dev/test": "cluster" } },
        },
      ]),
    ),
    // The deletion is awaited: another test starts with the same names.
    () => Effect.ignore(kubectl(["delete", "namespace", namespace, "--timeout=60s"])),
  )
  const troublesome = pod("trouble", newest.image, ["python3", "-c", trouble])
  yield* Effect.orDie(
    apply([
      ...collectorPod(),
      ...pod(
        "prometheus",
        required("FIRESTEEL_PROMETHEUS_IMAGE"),
        ["--config.file=/config/config.yaml", "--storage.tsdb.path=/tmp/data"],
        prometheusConfig(world, application),
      ),
      ...troublesome,
      service("collector", "collector", 4318),
      service("collector-metrics", "collector", 9464),
      service("prometheus", "prometheus", 9090),
    ]),
  )
  yield* ready
})

/** Chooses the backend behind the operator's endpoint. An unused Collector is deleted: connections to it would be kept and used. */
export const switchTo = Effect.fnUntraced(function* (backend: "collector" | "slow" | "refusing" | "nobody") {
  const [app, port] = {
    collector: ["collector", 4318],
    slow: ["trouble", 4319],
    refusing: ["trouble", 4320],
    nobody: ["nobody", 4318],
  }[backend] as [string, number]
  yield* Effect.orDie(apply([service("collector", app, 4318, port)]))
  if (backend === "collector") yield* Effect.andThen(Effect.orDie(apply(collectorPod())), ready)
  else yield* Effect.orDie(kubectl(["delete", "pod", "collector", "-n", namespace, "--ignore-not-found"]))
})

/** What the Collector exposes of what it got over OTLP. */
export const collected = Effect.orDie(
  rawText(`/api/v1/namespaces/${namespace}/services/collector-metrics:9464/proxy/metrics`),
)

export const collectorLog = Effect.orDie(kubectl(["logs", "-n", namespace, "collector"]))

interface Answer {
  readonly data: {
    readonly result: ReadonlyArray<{
      readonly metric: Readonly<Record<string, string>>
      readonly value: readonly [number, string]
    }>
  }
}

/** The result of an instant query. */
export const query = (promql: string) =>
  Effect.map(
    Effect.orDie(
      raw(
        `/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy/api/v1/query?query=${encodeURIComponent(promql)}`,
      ),
    ),
    (answer) => (answer as Answer).data.result,
  )
