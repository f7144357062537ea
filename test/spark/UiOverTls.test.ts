/** With TLS the UI answers on another port, and the plain one only redirects: everything that leads to the UI leads to the same port. */

import { assert, describe, it } from "@effect/vitest"
import type { Service } from "kubernetes-types/core/v1"
import type { Ingress } from "kubernetes-types/networking/v1"
import type { ChildOptions } from "../../src/spark/ChildOptions.ts"
import { children } from "../../src/spark/Children.ts"
import { uiOf, uiOfSpec } from "../../src/spark/Ui.ts"
import { application, type Changes, options, submission, submit, valid } from "../support/SparkFixture.ts"

const settings: ChildOptions = {
  uiService: true,
  driverPodDisruptionBudget: false,
  ingressUrlFormat: "https://{{$appName}}.example.com",
}

const tls = (changes: Changes = {}) =>
  application({
    sparkConf: { "spark.ssl.ui.enabled": "true" },
    healthChecks: { preset: "batch", driver: { liveness: { target: "ui" } } },
    telemetry: { mode: "prometheus" },
    ...changes,
  })

const find = <A>(resource: unknown, kind: string): A =>
  (children(valid(resource), submission, { ...options, children: settings }).find((child) => child.kind === kind)
    ?.object ?? assert.fail(`no ${kind}`)) as A

describe("a Spark UI over TLS", () => {
  it("is the target of probe, Service and the annotations for Prometheus", () => {
    const { container, pod } = submit(tls())
    const { port, scheme } = container.livenessProbe?.httpGet ?? {}
    assert.deepStrictEqual([port, scheme], [4440, "HTTPS"])
    const [servicePort] = find<Service>(tls(), "Service").spec?.ports ?? []
    assert.deepStrictEqual([servicePort?.port, servicePort?.targetPort], [4440, 4440])
    const { annotations } = pod.metadata ?? {}
    assert.deepStrictEqual(
      [annotations?.["prometheus.io/port"], annotations?.["prometheus.io/scheme"]],
      ["4440", "https"],
    )
  })

  it("is reached through its Ingress by HTTPS, unless an annotation of the user overrides it", () => {
    const protocol = "nginx.ingress.kubernetes.io/backend-protocol"
    assert.strictEqual(find<Ingress>(tls(), "Ingress").metadata?.annotations?.[protocol], "HTTPS")
    assert.isUndefined(find<Ingress>(application(), "Ingress").metadata?.annotations?.[protocol])
    const own = tls({ sparkUIOptions: { ingressAnnotations: { [protocol]: "AUTO_HTTP" } } })
    const { metadata, spec } = find<Ingress>(own, "Ingress")
    assert.strictEqual(metadata?.annotations?.[protocol], "AUTO_HTTP")
    assert.strictEqual(spec?.rules?.[0]?.http?.paths[0]?.backend.service?.port?.number, 4440)
  })

  it("keeps the port of the Service that the user chose", () => {
    const [port] = find<Service>(tls({ sparkUIOptions: { servicePort: 443 } }), "Service").spec?.ports ?? []
    assert.deepStrictEqual([port?.port, port?.targetPort], [443, 4440])
  })

  it("leaves the port spark-ui of pod and headless Service to Spark, which writes the plain one", () => {
    const { container, service } = submit(tls())
    assert.strictEqual(container.ports?.find(({ name }) => name === "spark-ui")?.containerPort, 4040)
    assert.strictEqual(service.spec?.ports?.find(({ name }) => name === "spark-ui")?.port, 4040)
  })
})

describe("the UI of a plan", () => {
  it.each<Changes>([
    {},
    tls()["spec"] as Changes,
    { sparkConf: { "spark.ui.enabled": "false" } },
    { sparkConf: { "spark.ui.port": "4050" }, healthChecks: { preset: "streaming" } },
    { sparkConf: { "spark.ui.filters": "com.example.Login" }, batchScheduler: "volcano" },
  ])("is that of the finished configuration", (changes) => {
    const { ui, conf, workload } = valid(application(changes))
    assert.deepStrictEqual(ui, uiOf(conf))
    assert.deepStrictEqual(ui, uiOfSpec(workload.spec), "as for the progress reader")
  })
})
