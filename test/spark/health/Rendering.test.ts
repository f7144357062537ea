/** The rules by which presets and the application's own values become probes. */

import { assert, describe, it } from "@effect/vitest"
import type { Container } from "kubernetes-types/core/v1"
import { application, assertProblem, type Changes, submit, valid } from "../../support/SparkFixture.ts"

const build = (healthChecks: object, more: Changes = {}) => submit(application({ healthChecks, ...more }))
const driver = (healthChecks: object, more: Changes = {}): Container => build(healthChecks, more).container
const executor = (healthChecks: object, more: Changes = {}): Container =>
  build(healthChecks, more).executorTemplate.spec?.containers.at(-1) ?? assert.fail()
const warnings = (healthChecks: object, more: Changes = {}) =>
  valid(application({ healthChecks, ...more })).warnings.map(({ field, message }) => `${field}: ${message}`)
const small: Changes = { driver: { coreRequest: "100m", coreLimit: "100m" } }
const conf = (sparkConf: Readonly<Record<string, string>>): Changes => ({ sparkConf })

describe("ports", () => {
  it("are read from the finished configuration, and pinned", () => {
    const { container, properties } = build(
      { preset: "streaming" },
      conf({ "spark.ui.port": "4141", "spark.driver.port": "7200", "spark.blockManager.port": "7300" }),
    )
    assert.deepStrictEqual(container.startupProbe?.tcpSocket, { port: 7200 })
    assert.strictEqual(container.readinessProbe?.httpGet?.port, 4141)
    assert.deepStrictEqual(
      executor({ preset: "streaming" }, conf({ "spark.blockManager.port": "7300" })).startupProbe?.tcpSocket,
      { port: 7300 },
    )
    assert.strictEqual(properties.get("spark.ui.port"), "4141")
    assert.strictEqual(properties.get("spark.blockManager.port"), "7300")
    assert.strictEqual(properties.get("spark.port.maxRetries"), "0")
  })

  it("that Spark might change cause a warning", () => {
    const more = conf({ "spark.port.maxRetries": "16" })
    assert.strictEqual(build({}, more).properties.get("spark.port.maxRetries"), "0")
    assert.match(warnings({}, more).join("\n"), /spark.port.maxRetries.*gives way to spec.healthChecks/)
  })

  it("of the node are not probed, because they may be another pod's", () => {
    const more = { driver: { hostNetwork: true } }
    const { container, properties } = build({ preset: "batch" }, more)
    assert.isUndefined(container.startupProbe)
    assert.isFalse(properties.has("spark.port.maxRetries"))
    assert.match(warnings({ preset: "batch" }, more).join(), /driver.startup: is left out: .*network of its node/)
    const own = { preset: "batch", driver: { startup: { tcpSocket: { port: 9 } } } }
    assert.deepStrictEqual(driver(own, more).startupProbe?.tcpSocket, { port: 9 })
  })
})

describe("the UI", () => {
  it.each([
    [{ "spark.ssl.ui.enabled": "true" }, 4440],
    [{ "spark.ssl.enabled": "true", "spark.ui.port": "5000" }, 5400],
    [{ "spark.ssl.ui.enabled": "true", "spark.ssl.ui.port": "8443" }, 8443],
  ])("with TLS is probed over HTTPS at its second port: %j", (sparkConf, port) => {
    const { httpGet } = driver({ preset: "streaming" }, conf(sparkConf)).livenessProbe ?? {}
    assert.deepStrictEqual(httpGet, { path: "/metrics/json/", port, scheme: "HTTPS" })
  })

  it("without TLS of its own is probed over HTTP", () => {
    const sparkConf = { "spark.ssl.enabled": "true", "spark.ssl.ui.enabled": "false" }
    assert.strictEqual(driver({ preset: "streaming" }, conf(sparkConf)).livenessProbe?.httpGet?.scheme, "HTTP")
  })

  it.each([
    [{ "spark.ui.filters": "org.example.Login" }, 4040],
    [{ "spark.ssl.ui.enabled": "true", "spark.ssl.ui.needClientAuth": "true" }, 4440],
  ])("that requires authentication is only connected to: %j", (sparkConf, port) => {
    const { readinessProbe, livenessProbe } = driver({ preset: "streaming" }, conf(sparkConf))
    assert.deepStrictEqual([readinessProbe?.tcpSocket, livenessProbe?.tcpSocket], [{ port }, { port }])
  })

  it("that is disabled has readiness by the RPC port and no liveness probe, with a warning", () => {
    const more = conf({ "spark.ui.enabled": "false" })
    const { readinessProbe, livenessProbe } = driver({ preset: "streaming" }, more)
    assert.deepStrictEqual(readinessProbe?.tcpSocket, { port: 7078 })
    assert.isUndefined(livenessProbe)
    assert.match(warnings({ preset: "streaming" }, more).join("\n"), /liveness: is left out: spark.ui.enabled is false/)
    const asked = application({ healthChecks: { driver: { liveness: { target: "ui" } } }, ...more })
    assertProblem(asked, "spec.healthChecks.driver.liveness.target", /spark.ui.enabled is false.*use the target rpc/)
  })

  it("is probed by its version if the servlet of metrics has another path", () => {
    const more = conf({ "spark.metrics.conf.*.sink.servlet.path": "/elsewhere" })
    assert.strictEqual(driver({ preset: "connect" }, more).livenessProbe?.httpGet?.path, "/api/v1/version")
  })
})

describe("startup", () => {
  it("is added to a liveness probe that is enabled", () => {
    const { livenessProbe, startupProbe } = executor({ executor: { liveness: {} } })
    assert.deepStrictEqual([startupProbe?.tcpSocket, livenessProbe?.tcpSocket], [{ port: 7079 }, { port: 7079 }])
    assert.isUndefined(livenessProbe?.initialDelaySeconds)
  })

  it("that is disabled delays the other probes by half a minute", () => {
    const { readinessProbe, livenessProbe, startupProbe } = driver({
      preset: "streaming",
      driver: { startup: { disabled: true } },
    })
    assert.isUndefined(startupProbe)
    assert.deepStrictEqual([readinessProbe?.initialDelaySeconds, livenessProbe?.initialDelaySeconds], [30, 30])
  })

  it("that is disabled with a shorter delay causes a warning", () => {
    const checks = { driver: { startup: { disabled: true }, liveness: { initialDelaySeconds: 5 } } }
    assert.strictEqual(driver(checks).livenessProbe?.initialDelaySeconds, 5)
    assert.match(warnings(checks).join(), /driver.liveness.initialDelaySeconds: kills drivers that take longer/)
  })

  it("of the user's template is used instead", () => {
    const startupProbe = { exec: { command: ["true"] } }
    const template = { spec: { containers: [{ name: "spark-kubernetes-driver", startupProbe }] } }
    const container = driver({ preset: "streaming" }, { driver: { template } })
    assert.deepStrictEqual(container.startupProbe, startupProbe)
    assert.isUndefined(container.livenessProbe?.initialDelaySeconds)
  })
})

describe("timeouts", () => {
  const timeout = (healthChecks: object, more: Changes) =>
    driver({ preset: "streaming", ...healthChecks }, more).livenessProbe?.timeoutSeconds

  it.each([
    ["a whole core", {}, { driver: { coreLimit: "1" } }, 15],
    ["half a core", {}, { driver: { coreRequest: "100m", coreLimit: "500m" } }, 30],
    ["a tenth of a core", {}, { driver: { coreRequest: "100m", coreLimit: "100m" } }, 60],
    ["more threads than cores", {}, { driver: { cores: 4, coreRequest: "1", coreLimit: "2" } }, 30],
    ["tasks that take every core", { computeHeavy: true }, {}, 30],
    ["no limit", {}, { driver: { coreRequest: "100m" } }, 15],
    [
      "a limit in the template",
      {},
      {
        driver: {
          coreRequest: "100m",
          template: { spec: { containers: [{ resources: { limits: { cpu: "0.5" } } }] } },
        },
      },
      30,
    ],
  ])("fit %s", (_, checks, more, seconds) => {
    assert.strictEqual(timeout(checks, more), seconds)
  })

  it("that the application sets stay as they are", () => {
    assert.strictEqual(timeout({ driver: { liveness: { timeoutSeconds: 3 } } }, small), 3)
  })

  it("are never longer than the period", () => {
    const { livenessProbe } = driver({ preset: "streaming" }, small)
    assert.strictEqual(livenessProbe?.periodSeconds, 60)
  })
})

describe("values of the application", () => {
  it("take precedence one by one", () => {
    const { livenessProbe } = driver({
      preset: "connect",
      driver: { liveness: { periodSeconds: 60, failureThreshold: 2 } },
    })
    assert.strictEqual(livenessProbe?.httpGet?.path, "/metrics/json/")
    assert.deepStrictEqual([livenessProbe?.periodSeconds, livenessProbe?.failureThreshold], [60, 2])
  })

  it("may include the user's own handler, for the driver and for executors", () => {
    const exec = { command: ["pgrep", "-f", "CoarseGrained"] }
    const { readinessProbe } = executor({ executor: { readiness: { exec } } })
    assert.deepStrictEqual(readinessProbe?.exec, exec)
    const httpGet = { path: "/ready", port: "spark-ui" }
    assert.deepStrictEqual(driver({ driver: { readiness: { httpGet } } }).readinessProbe?.httpGet, httpGet)
  })

  it("remove a probe from a preset, or add an optional one", () => {
    const { livenessProbe, readinessProbe } = driver({
      preset: "streaming",
      driver: { liveness: { disabled: true }, readiness: { target: "rpc" } },
    })
    assert.isUndefined(livenessProbe)
    assert.deepStrictEqual(readinessProbe?.tcpSocket, { port: 7078 })
    assert.strictEqual(driver({ driver: { liveness: {} } }).livenessProbe?.httpGet?.path, "/api/v1/version")
  })

  it("refer to the application's port by number or name", () => {
    const checks = (port: number | string) => ({ preset: "interactive", driver: { port } })
    assert.deepStrictEqual(driver(checks(8888)).readinessProbe?.tcpSocket, { port: 8888 })
    const ports = [{ name: "notebook", containerPort: 8888, protocol: "TCP" }]
    assert.deepStrictEqual(driver(checks("notebook"), { driver: { ports } }).readinessProbe?.tcpSocket, {
      port: "notebook",
    })
    assert.deepStrictEqual(driver({ preset: "interactive" }, { driver: { ports } }).readinessProbe?.tcpSocket, {
      port: 8888,
    })
  })
})

describe("metrics endpoints", () => {
  const monitoring = {
    exposeDriverMetrics: true,
    exposeExecutorMetrics: true,
    prometheus: { jmxExporterJar: "/prometheus/agent.jar", port: 8091 },
  }

  it("of the JMX exporter serve driver and executors", () => {
    const checks = { executor: { liveness: { target: "metrics" } }, driver: { liveness: { target: "metrics" } } }
    const expected = { path: "/metrics", port: 8091, scheme: "HTTP" }
    assert.deepStrictEqual(executor(checks, { monitoring }).livenessProbe?.httpGet, expected)
    assert.deepStrictEqual(driver(checks, { monitoring }).livenessProbe?.httpGet, expected)
  })

  it("of executors without an exporter are rejected", () => {
    assertProblem(
      application({ healthChecks: { executor: { liveness: { target: "metrics" } } } }),
      "spec.healthChecks.executor.liveness.target",
      /set spec.monitoring.prometheus and exposeExecutorMetrics/,
    )
  })
})

describe("a readiness probe", () => {
  it("does not hide the driver from its executors, also with strict parity", () => {
    const resource = application({ healthChecks: { preset: "streaming" } })
    const strict = { master: "k8s://https://kubernetes.default.svc:443", parity: "strict" } as const
    assert.isTrue(submit(resource, undefined, strict).service.spec?.publishNotReadyAddresses)
    assert.isUndefined(submit(application(), undefined, strict).service.spec?.publishNotReadyAddresses)
  })
})

describe("decommissioning", () => {
  const grace = "spark.kubernetes.executor.terminationGracePeriodSeconds"

  it("lets executors migrate their blocks, and waits for it", () => {
    const { properties, executorTemplate } = build({ decommission: true })
    for (const key of [
      "spark.decommission.enabled",
      "spark.storage.decommission.enabled",
      "spark.storage.decommission.shuffleBlocks.enabled",
      "spark.storage.decommission.rddBlocks.enabled",
    ]) {
      assert.strictEqual(properties.get(key), "true", key)
    }
    assert.strictEqual(executorTemplate.spec?.terminationGracePeriodSeconds, 90)
  })

  it("also has its grace period in Spark 4.1, which sets it over the template", () => {
    assert.strictEqual(build({ decommission: true }, { sparkVersion: "4.1.0" }).properties.get(grace), "90s")
  })

  it("keeps what the user sets", () => {
    const more = {
      sparkVersion: "4.1.0",
      sparkConf: { "spark.storage.decommission.rddBlocks.enabled": "false" },
      executor: { terminationGracePeriodSeconds: 300 },
    }
    const { properties, executorTemplate } = build({ decommission: true }, more)
    assert.strictEqual(properties.get("spark.storage.decommission.rddBlocks.enabled"), "false")
    assert.strictEqual(executorTemplate.spec?.terminationGracePeriodSeconds, 300)
    assert.strictEqual(properties.get(grace), "300s")
  })

  it("by the user's own properties also gets the grace period", () => {
    const { executorTemplate } = build({}, conf({ "spark.decommission.enabled": "true" }))
    assert.strictEqual(executorTemplate.spec?.terminationGracePeriodSeconds, 90)
  })

  it("causes a warning that Spark replaces the user's hook", () => {
    const lifecycle = { preStop: { exec: { command: ["sync"] } } }
    assert.match(
      warnings({ decommission: true }, { executor: { lifecycle } }).join("\n"),
      /spec.executor.lifecycle: is replaced by Spark's own preStop hook/,
    )
    assert.match(
      valid(application({ sparkConf: { "spark.decommission.enabled": "true" }, executor: { lifecycle } }))
        .warnings.map(({ field }) => field)
        .join(),
      /spec.executor.lifecycle/,
    )
  })
})
