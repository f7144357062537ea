/** The naming rules of OpenTelemetry and Prometheus, held against every instrument; and that what is emitted is what was declared. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { familyOfSeries, identityAttributes, seriesFamilies, seriesNames } from "../otel/SeriesNames.ts"
import type { SparkConnect } from "../src/api/connect/SparkConnect.ts"
import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"
import { legacyInstruments } from "../src/application/telemetry/LegacyInstruments.ts"
import { instrument, type InstrumentName, instrumentNames, knownAttributes } from "../src/Instruments.ts"
import { connect } from "./support/ConnectFixture.ts"
import { historyServer } from "./support/HistoryFixture.ts"
import { samples } from "./support/MetricsText.ts"
import { followed as scheduleStatus, schedule } from "./support/ScheduleSituations.ts"
import { application, Metrics, pod, scrapeText, withTelemetry } from "./support/Scrape.ts"

/** Names belong to one of these; the last six are OpenTelemetry's and client-go's own. */
const namespaces = [
  "spark.application",
  "spark.connect",
  "spark.history",
  "spark.executor",
  "spark.job",
  "spark.stage",
  "spark.task",
  "spark.streaming",
  "spark.schedule",
  "spark.operator",
  "kubernetes.client",
  "workqueue",
  "leader_election",
  "process",
  "nodejs",
  "v8js",
]

/** Words that the translation to Prometheus adds, or that have a meaning at the end of its names. */
const suffixes = ["total", "count", "sum", "bucket", "info", "seconds", "milliseconds", "bytes", "ratio", "percent"]

/** Attributes whose values are not all known beforehand, and why they are few all the same. */
const open: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    instrumentNames
      .filter((name) =>
        /^spark\.application\.(progress|progress\.age|jobs|stages|tasks|executors|executor\.utilization|batch\.age)$/.test(
          name,
        ),
      )
      .map((name) => [`${name} app_name`, "limited, and dropped when the driver ends"]),
  ),
  "spark.application.estimated.cost currency": "one at a time, from the operator's ConfigMap",
  "spark.operator.reconciles reason": "the reasons of a KubeError, limited",
  "spark.operator.definitions.incomplete definition": "one per kind that the operator runs",
  "kubernetes.client.requests verb": "of Kubernetes",
  "kubernetes.client.requests resource": "those that the operator works with",
  "kubernetes.client.requests code": "HTTP statuses and reasons of a KubeError",
  "kubernetes.client.request.duration verb": "of Kubernetes",
  "kubernetes.client.request.duration resource": "those that the operator works with",
  "kubernetes.client.watch.lifecycle resource": "those that the operator watches",
  "spark.schedule.success.age schedule": "limited, and dropped with the schedule",
  "spark.schedule.success.overdue schedule": "limited, and dropped with the schedule",
  "spark.operator.pod.creations app_name": "limited, and dropped with the application",
  "spark.operator.pod.updates app_name": "limited, and dropped with the application",
  "spark.operator.pod.deletions app_name": "limited, and dropped with the application",
}

/** A run with all that is measured of one. */
const run = {
  number: 1,
  submissionID: "s1",
  startTime: "2030-01-01T00:00:01Z",
  submittedTime: "2030-01-01T00:00:04Z",
  runningTime: "2030-01-01T00:00:10Z",
  finishTime: "2030-01-01T00:01:10Z",
  result: "Succeeded",
} as const

/** Labels that Prometheus or the exposition formats set themselves. */
const reserved = /^(le|quantile|job|instance|exemplar|otel_scope_.*|exported_.*|__.*)$/

const each = (check: (name: InstrumentName) => void) => () => instrumentNames.forEach(check)

describe("every instrument", () => {
  it(
    "has a dotted name in a known namespace",
    each((name) => {
      assert.match(name, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/)
      assert.isTrue(
        namespaces.some((namespace) => name.startsWith(`${namespace}.`)),
        name,
      )
      assert.isAtMost(name.length, 63, name)
    }),
  )

  it(
    "has no unit and no word of Prometheus at the end of its name",
    each((name) => {
      const last = name.split(/[._]/).at(-1) ?? ""
      assert.notInclude(suffixes, last, name)
    }),
  )

  it(
    "has a unit of UCUM: seconds, bytes, a ratio, or one of a thing",
    each((name) => {
      const { unit, kind } = instrument(name)
      assert.match(unit, /^(s|By|1|\{[a-z]+(_[a-z]+)*[a-rt-z]\})$/, name)
      if (unit === "1") assert.match(kind, /^(observable|produced|object)-gauge$/, `${name}: a ratio is a gauge`)
    }),
  )

  it(
    "measures durations in seconds, with boundaries that rise",
    each((name) => {
      const { kind, unit, buckets } = instrument(name)
      assert.strictEqual(buckets !== undefined, kind === "histogram", name)
      if (buckets === undefined) return
      assert.strictEqual(unit, "s", name)
      assert.match(name, /\.(duration|latency)$/)
      assert.deepStrictEqual(
        buckets,
        [...new Set(buckets)].sort((a, b) => a - b),
        name,
      )
      assert.isTrue(
        buckets.every((bound) => bound > 0 && Number.isFinite(bound)),
        name,
      )
      assert.isAtMost(buckets.length, 20, name)
    }),
  )

  it(
    "has a description and a text about when it changes, each on one line that fits into a table",
    each((name) => {
      const { description, changes } = instrument(name)
      assert.match(description, /^[A-Z][^|\n]*[^.|\n ]$/, name)
      assert.match(changes, /^[a-z][^|\n]*[^.|\n ]$/, name)
    }),
  )

  it(
    "has attributes in snake case that no other component sets, with few values",
    each((name) => {
      const { attributes = {}, kind } = instrument(name)
      const keys = [...identityAttributes(instrument(name)), ...Object.keys(attributes)]
      const labels = seriesFamilies.find((family) => family.instrument === name)?.labels
      assert.strictEqual(new Set(labels).size, keys.length, `${name}: two attributes become one label`)
      for (const [key, values] of Object.entries(attributes)) {
        assert.match(key, /^[a-z][a-z0-9]*([._][a-z0-9]+)*$/, name)
        assert.notMatch(key, reserved, name)
        assert.notMatch(key, /pod|uid|submission|attempt|executor_id/, `${name}: ${key} grows without end`)
        assert.strictEqual(new Set(values).size, values.length, `${name}: ${key} has a value twice`)
        for (const value of values) assert.match(value, /^[A-Za-z][A-Za-z0-9_]*$/, `${name}: ${key}`)
        if (values.length === 0) assert.property(open, `${name} ${key}`)
        if (key === "app_name") assert.match(kind, /^produced-/, name)
      }
      assert.isAtMost(knownAttributes(name).length, 64, name)
    }),
  )
})

describe("all names together", () => {
  it("do not clash on /metrics, legacy names and suffixes of histograms and summaries included", () => {
    const names = seriesFamilies.flatMap(seriesNames)
    assert.deepStrictEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
    for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*$/)
  })

  it("legacy names are computed from instruments that exist", () => {
    for (const { from } of legacyInstruments) assert.include(instrumentNames, from)
  })

  it("do not clash in OpenMetrics, where a counter's family has no _total", () => {
    const families = seriesFamilies.map(({ name, type, instrument }) =>
      type === "counter" && instrument !== undefined ? name.replace(/_total$/, "") : name,
    )
    assert.deepStrictEqual(
      families.filter((name, index) => families.indexOf(name) !== index),
      [],
    )
  })

  it("have Prometheus' endings: _total for counters only, and the unit of durations", () => {
    for (const { name, type, instrument: of } of seriesFamilies) {
      if (of === undefined) continue
      assert.strictEqual(name.endsWith("_total"), type === "counter", name)
      assert.notMatch(name, /_(created|info|bucket|count|sum)$/)
      if (instrument(of).unit === "s") assert.match(name, /_seconds(_total)?$/)
    }
  })

  it("the list of exceptions names only attributes that exist", () => {
    const actual = instrumentNames.flatMap((name) =>
      Object.entries(instrument(name).attributes ?? {}).flatMap(
        ([key, values]: readonly [string, ReadonlyArray<string>]) => (values.length === 0 ? `${name} ${key}` : []),
      ),
    )
    assert.deepStrictEqual([...actual].sort(), Object.keys(open).sort())
  })
})

/** An executor that is assigned to a node. */
const scheduled = {
  metadata: { uid: "p2", labels: { "sparkoperator.k8s.io/submission-id": "s1", "spark-exec-id": "2" } },
  status: { conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: run.startTime }] },
}

describe("the content of /metrics", () => {
  it.effect("has exactly the declared families, and only declared labels", () =>
    Effect.gen(function* () {
      const telemetry = yield* Metrics
      const metadata = { labels: { team: "a" } }
      telemetry.applicationObserved(undefined, application("RUNNING", { metadata }))
      telemetry.applicationCommitted(undefined, application("RUNNING", { metadata }))
      telemetry.podObserved({ before: undefined, after: pod("Running"), initial: false }, 0)
      telemetry.podObserved({ before: pod("Running"), after: pod("Failed"), initial: false }, 0)
      const holding = {
        ...pod("Running", scheduled),
        reserved: { milliCores: 1, bytes: 1, gpus: 1, node: "n", edited: false },
      }
      telemetry.podObserved({ before: undefined, after: holding, initial: false }, 0)
      telemetry.kube.kubeRequest({ verb: "get", resource: "pods", code: "200", seconds: 1 })
      telemetry.kube.kubeWatch("list", "pods")
      telemetry.runtime.reconciled({ outcome: "error", reason: "Conflict", seconds: 1 })
      telemetry.runtime.workqueue(applicationQueue).started(1)
      telemetry.runtime.workqueue(applicationQueue).finished(1)
      const counts = { active: 1, completed: 1, failed: 0, total: 2 }
      const progress = {
        jobs: counts,
        stages: counts,
        tasks: counts,
        executors: 1,
        description: undefined,
        coreUtilization: 1,
      }
      const stream = application("RUNNING", { metadata: { ...metadata, name: "stream", uid: "stream" } })
      const running = application("RUNNING", { metadata })
      telemetry.progressObserved(running, { progress: { ...progress, batch: undefined }, movedAt: 0 })
      telemetry.progressObserved(stream, { progress: { ...progress, batch: { id: 1, at: 0 } }, movedAt: 0 })
      telemetry.progressRead({ access: "direct", outcome: "success", seconds: 1 })
      telemetry.podHandled("created", 0.001)
      telemetry.applicationCommitted(
        running.status,
        application("COMPLETED", { metadata, status: { attempts: [run] } }),
      )
      const attempt = { number: 1, submissionID: "s", startTime: run.startTime, result: "Failed" } as const
      const attempts = [attempt, { number: 2, submissionID: "t", startTime: run.startTime, readyTime: run.runningTime }]
      const before = connect()
      const after = { ...before, status: { state: "Ready", executors: { running: 1 }, attempts } } as SparkConnect
      telemetry.connects.connectObserved(undefined, after)
      telemetry.connects.connectCommitted(before, after)
      telemetry.connects.activityRead("success")
      telemetry.histories.observed(undefined, historyServer())
      const followed = { ...schedule(), status: scheduleStatus }
      telemetry.schedules.observed(undefined, followed)
      telemetry.schedules.committed(followed, { started: [{ delay: 1 }], missed: 1, skipped: ["forbid"] })
      const text = yield* scrapeText
      const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
      const declared = seriesFamilies.map(({ name, type }) => `${name} ${type === "info" ? "gauge" : type}`)
      assert.deepStrictEqual(types.sort(), [...declared].sort())
      for (const { name, labels } of samples(text)) {
        const family = familyOfSeries(name)
        assert.isDefined(family, name)
        if (family?.name === "target_info") continue
        const allowed = [...(family?.labels ?? []), "le", "quantile", ...(family?.configured ? ["team"] : [])]
        for (const label of Object.keys(labels)) assert.include(allowed, label, name)
      }
    }).pipe(withTelemetry({ labelKeys: ["team"], legacy: ["v1", "v2", "pods"] })),
  )
})
