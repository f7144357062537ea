/** The application's word over the template that it names, over the operator's default. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { HealthChecks } from "../../../src/api/application/HealthChecks.ts"
import type { HealthDefaults } from "../../../src/spark/health/HealthDefaults.ts"
import { application, type Changes, validate } from "../../support/SparkFixture.ts"

const settings: HealthDefaults = {
  source: "firesteel/health-checks",
  byDefault: { preset: "policy-minimal", driver: { liveness: { periodSeconds: 90 } } },
  templates: new Map<string, HealthChecks>([
    ["nightly", { preset: "batch", driver: { readiness: { tcpSocket: { port: 7078 } } } }],
    ["quiet", { disabled: true }],
    ["probing", { preset: "streaming", executor: { liveness: { target: "metrics" } } }],
  ]),
  unusable: new Map([["broken", "spec.healthChecks.preset: expected one of batch"]]),
}

const checked = (healthChecks: HealthChecks | undefined, more: Changes = {}, defaults = settings) =>
  validate(application({ healthChecks, ...more }), { healthDefaults: defaults })

const plan = (healthChecks: HealthChecks | undefined, more: Changes = {}) => {
  const result = checked(healthChecks, more)
  return Result.isSuccess(result) ? result.success : assert.fail(JSON.stringify(result.failure))
}
const driver = (healthChecks: HealthChecks | undefined) => plan(healthChecks).health.driver.probes
const executor = (healthChecks: HealthChecks | undefined) => plan(healthChecks).health.executor.probes

describe("the operator's default", () => {
  it("applies to applications without health checks", () => {
    assert.strictEqual(driver(undefined).livenessProbe?.periodSeconds, 90)
    assert.strictEqual(driver(undefined).readinessProbe?.periodSeconds, 30)
  })

  it("is overridden by what an application sets", () => {
    const { livenessProbe } = driver({ driver: { liveness: { failureThreshold: 7 } } })
    assert.deepStrictEqual([livenessProbe?.periodSeconds, livenessProbe?.failureThreshold], [90, 7])
    assert.isUndefined(driver({ preset: "batch" }).readinessProbe)
  })

  it("can be disabled for all, for a role, for a probe", () => {
    assert.deepStrictEqual(driver({ disabled: true }), {})
    assert.deepStrictEqual(executor({ executor: { disabled: true } }), {})
    assert.isDefined(driver({ executor: { disabled: true } }).livenessProbe)
    assert.isUndefined(driver({ driver: { liveness: { disabled: true } } }).livenessProbe)
  })

  it("does not override properties of the user, and fails no application", () => {
    const defaults: HealthDefaults = { ...settings, byDefault: { preset: "interactive" } }
    const result = checked(undefined, { sparkConf: { "spark.port.maxRetries": "3" } }, defaults)
    const { conf, warnings } = Result.getOrThrow(result)
    assert.strictEqual(conf.get("spark.port.maxRetries")?.value, "3")
    assert.match(JSON.stringify(warnings), /the port of the application is not known/)
    assert.isTrue(Result.isFailure(checked({ preset: "interactive" })))
  })
})

describe("a template", () => {
  it("is used instead of the default if an application names it", () => {
    const { startupProbe, readinessProbe, livenessProbe } = driver({ template: "nightly" })
    assert.deepStrictEqual(startupProbe?.tcpSocket, { port: 7078 })
    assert.deepStrictEqual(readinessProbe?.tcpSocket, { port: 7078 })
    assert.isUndefined(livenessProbe)
  })

  it("is overridden value by value, and a handler by any other handler", () => {
    const { readinessProbe } = driver({
      template: "nightly",
      driver: { readiness: { target: "ui", periodSeconds: 3 } },
    })
    assert.isUndefined(readinessProbe?.tcpSocket)
    assert.strictEqual(readinessProbe?.httpGet?.path, "/api/v1/version")
    assert.strictEqual(readinessProbe?.periodSeconds, 3)
  })

  it.each([
    ["nigthly", /ConfigMap firesteel\/health-checks has no template "nigthly"; use one of nightly, probing, quiet/],
    ["broken", /"broken" in ConfigMap firesteel\/health-checks cannot be used: spec.healthChecks.preset/],
  ])("that does not exist or is not valid is rejected: %s", (template, message) => {
    const result = checked({ template })
    const problems = Result.isFailure(result) ? result.failure : []
    assert.deepStrictEqual(
      problems.map(({ field }) => field),
      ["spec.healthChecks.template"],
    )
    assert.match(problems[0]?.message ?? "", message)
  })

  it("is checked by the same rules as the application's own health checks", () => {
    const templates = new Map<string, HealthChecks>([
      ["named-port", { driver: { readiness: { tcpSocket: { port: "nowhere" } } } }],
    ])
    const result = checked({ template: "named-port" }, {}, { ...settings, templates })
    const problems = Result.isFailure(result) ? result.failure : []
    assert.strictEqual(problems[0]?.field, "spec.healthChecks.driver.readiness.tcpSocket.port")
    assert.match(problems[0]?.message ?? "", /no port named "nowhere"/)
  })

  it("is a problem if the operator has none of that name", () => {
    const result = validate(application({ healthChecks: { template: "nightly" } }))
    assert.match(JSON.stringify(Result.isFailure(result) && result.failure), /--health-checks-config/)
  })
})

describe("the watchdog over progress and heartbeats", () => {
  const limits = (healthChecks: HealthChecks | undefined) => plan(healthChecks).health

  it("has the limits of the preset, and none without health checks", () => {
    const { watchdog, heartbeat } = limits({ preset: "batch" })
    assert.deepStrictEqual(watchdog, { stalledSeconds: 1800, batchSeconds: undefined, onlyBusy: false, restart: false })
    assert.deepStrictEqual(heartbeat, { silentSeconds: 300, replace: false })
    assert.strictEqual(limits({ preset: "streaming" }).watchdog?.batchSeconds, 900)
    assert.isTrue(limits({ preset: "connect" }).watchdog?.onlyBusy, "waiting for clients is not a stall")
    assert.isUndefined(limits({ preset: "policy-minimal" }).watchdog)
    const none = limits({ disabled: true })
    assert.deepStrictEqual([none.watchdog, none.heartbeat], [undefined, undefined])
  })

  it("is overridden value by value", () => {
    const templates = new Map<string, HealthChecks>([
      ["watched", { preset: "batch", watchdog: { stalledSeconds: 60 }, executor: { heartbeat: { replace: true } } }],
    ])
    const own: HealthChecks = {
      template: "watched",
      watchdog: { restart: true },
      executor: { heartbeat: { silentSeconds: 200 } },
    }
    const { health } = Result.getOrThrow(checked(own, {}, { ...settings, templates }))
    assert.deepStrictEqual([health.watchdog?.stalledSeconds, health.watchdog?.restart], [60, true])
    assert.deepStrictEqual(health.heartbeat, { silentSeconds: 200, replace: true })
  })

  it("causes a warning if the driver cannot be read", () => {
    const own = { watchdog: { restart: true }, executor: { heartbeat: { replace: true } } }
    const { warnings } = plan(own, { sparkConf: { "spark.ui.enabled": "false" } })
    const told = warnings.filter(({ message }) => message.startsWith("has no effect: spark.ui.enabled is false"))
    assert.deepStrictEqual(
      told.map(({ field }) => field),
      ["spec.healthChecks.watchdog", "spec.healthChecks.executor.heartbeat"],
    )
  })

  it("can be disabled separately", () => {
    const own = { watchdog: { disabled: true }, executor: { heartbeat: { disabled: true } } }
    const { health } = plan(own)
    assert.deepStrictEqual([health.watchdog, health.heartbeat], [undefined, undefined])
    assert.isDefined(health.driver.probes.startupProbe)
  })
})

describe("a role", () => {
  it("may have a preset of its own", () => {
    const both = { preset: "batch", executor: { preset: "streaming" } } as const
    assert.isUndefined(driver(both).readinessProbe)
    assert.isDefined(executor(both).readinessProbe)
  })
})
