/** The files of the charts that are generated: up to date, without copies of deleted files. Flags and their defaults are the operator's. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parse } from "yaml"
import { type Flags, flagName } from "../../../src/settings/Flag.ts"
import { settingsFlags } from "../../../src/settings/Settings.ts"
import { version } from "../../../src/Version.ts"
import { copies, generatedFiles } from "../../../tools/chart/ChartFiles.ts"

const root = resolve(import.meta.dirname, "../../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const templates = (chart: string) =>
  readdirSync(join(root, `charts/${chart}/templates`)).map((name) => read(`charts/${chart}/templates/${name}`))

describe("the charts", () => {
  it.effect("are up to date with the values, the version of package.json, and what they copy", () =>
    Effect.gen(function* () {
      const files = yield* generatedFiles(root, version)
      for (const { path, content } of files)
        assert.strictEqual(read(path), content, `${path}: run \`npm run generate\``)
      const made = new Set(files.map(({ path }) => path))
      for (const { to, ending } of copies.filter(({ to }) => existsSync(join(root, to)))) {
        const left = readdirSync(join(root, to)).filter((name) => name.endsWith(ending) && !made.has(`${to}/${name}`))
        // The RBAC rules next to the copies are the chart's own.
        assert.deepStrictEqual(
          left.filter((name) => !name.startsWith("rbac")),
          [],
          `copies in ${to} of what is gone`,
        )
      }
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it("start the operator with flags that it knows", () => {
    const flags = new Set(Object.keys(settingsFlags).map(flagName))
    const used = templates("firesteel").flatMap((text) =>
      [...text.matchAll(/--[a-z][a-z-]+(?==)/g)].map(([flag]) => flag),
    )
    assert.isAbove(used.length, 10)
    assert.deepStrictEqual(
      used.filter((flag) => !flags.has(flag)),
      [],
    )
  })

  it("has the defaults of the flags that it sets", () => {
    const { console, controller, spark, prometheus } = parse(read("charts/firesteel/values.yaml"))
    const { leaderElection, uiIngress, batchScheduler } = controller
    const { metrics } = prometheus
    const textOfDefaults: { readonly [K in keyof typeof settingsFlags]?: unknown } = {
      logLevel: controller.logLevel,
      statusWorkers: controller.workers,
      maxTrackedExecutors: controller.maxTrackedExecutorPerApp,
      defaultTimeToLive: `${controller.defaultTimeToLiveSeconds}s`,
      scheduledSparkApplicationTimestampPrecision: controller.scheduledSparkApplicationTimestampPrecision,
      namespaceSelector: spark.jobNamespaceSelector,
      leaderElectLeaseDuration: leaderElection.leaseDuration,
      leaderElectRenewDeadline: leaderElection.renewDeadline,
      leaderElectRetryPeriod: leaderElection.retryPeriod,
      enableDriverPdb: controller.driverPodDisruptionBudget.enable,
      enableUiService: controller.uiService.enable,
      sparkUiInterval: controller.sparkUi.interval,
      ingressUrlFormat: uiIngress.urlFormat,
      ingressClassName: uiIngress.ingressClassName,
      uiRoute: controller.uiRoute,
      historyUrlFormat: controller.history.urlFormat,
      eventLogDir: controller.history.eventLogDir,
      eventLogClaim: controller.history.eventLogClaim,
      enableBatchScheduler: batchScheduler.enable,
      kubeSchedulerNames: batchScheduler.kubeSchedulerNames,
      defaultBatchScheduler: batchScheduler.default,
      metricsBindAddress: `:${metrics.port}`,
      metricsEndpoint: metrics.endpoint,
      metricsPrefix: metrics.prefix,
      metricsLabels: metrics.labels,
      metricsLegacy: metrics.legacy,
      metricsJobSubmitLatencyBuckets: metrics.jobSubmitLatencyBuckets,
      metricsJobStartLatencyBuckets: metrics.jobStartLatencyBuckets,
      metricsTokenReview: metrics.tokenReview,
      consoleActions: console.actions,
      consoleAllowedHosts: console.hosts.join(","),
      consoleTraceUrlFormat: console.links.trace,
      consoleDashboardUrlFormat: console.links.dashboard,
      healthProbeBindAddress: ":8081",
    }
    const flags: Flags = settingsFlags
    for (const [key, text] of Object.entries(textOfDefaults)) {
      const { kind, default: expected } = flags[key]!
      assert.deepStrictEqual(kind.parse(String(text)), kind.parse(expected), flagName(key))
    }

    /** Flags whose value in a cluster differs from the default, or that the chart sets only when they are needed. */
    const others: ReadonlyArray<keyof typeof settingsFlags> = [
      "logFormat",
      "namespaces",
      "podLabels",
      "podAnnotations",
      "leaderElect",
      "leaderElectResourceName",
      "sparkUiAccess",
      "healthChecksConfig",
      "costPrices",
      "ingressTls",
      "ingressAnnotations",
      "consoleBindAddress",
      "consoleTlsCertFile",
      "consoleTlsKeyFile",
      "gatewayParentRefs",
      "metricsTlsCertFile",
      "metricsTlsKeyFile",
    ]
    const inTemplate = read("charts/firesteel/templates/_args.tpl").match(/--[a-z][a-z-]+(?==)/g) ?? []
    assert.sameMembers([...new Set(inTemplate)], [...Object.keys(textOfDefaults), ...others].map(flagName))
  })
})
