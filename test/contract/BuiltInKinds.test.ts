/** What the API server makes of pods, Services, Jobs and the other kinds that Firesteel makes, and of SparkApplications. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { makeNamespace, merge, serverLayer, strategic, unscheduled } from "../support/Server.ts"
import { pod } from "../support/WidgetCluster.ts"

layer(serverLayer(sparkApplicationCrd), { excludeTestServices: true })("a write", (it) => {
  it.effect("of a pod fills in what a kubelet needs", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec, status } = yield* n.ok("POST", n.pods, {
        ...pod("p"),
        spec: { ...pod("p").spec, schedulerName: "nobody" },
      })
      assert.deepInclude(spec, {
        restartPolicy: "Always",
        dnsPolicy: "ClusterFirst",
        terminationGracePeriodSeconds: 30,
      })
      assert.deepInclude(spec.containers[0], {
        imagePullPolicy: "Always",
        terminationMessagePath: "/dev/termination-log",
      })
      assert.deepInclude(status, { phase: "Pending", qosClass: "BestEffort" })
    }),
  )

  it.effect("of a Service gives it an address, unless it wants none", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const service = (name: string, spec: object) =>
        n.ok("POST", n.services, { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } })
      const usual = yield* service("usual", {})
      assert.match(usual.spec.clusterIP, /^\d+\.\d+\.\d+\.\d+$/)
      assert.deepInclude(usual.spec, { type: "ClusterIP", sessionAffinity: "None" })
      assert.deepStrictEqual(usual.spec.ports, [{ protocol: "TCP", port: 80, targetPort: 80 }])
      assert.strictEqual((yield* service("headless", { clusterIP: "None" })).spec.clusterIP, "None")
    }),
  )

  it.effect("of a Job gives its pods a selector and the answer what it defaults", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const jobs = `/apis/batch/v1/namespaces/${n.name}/jobs`
      const template = {
        spec: { restartPolicy: "Never", schedulerName: "nobody", containers: [{ name: "a", image: "b" }] },
      }
      const { spec } = yield* n.ok("POST", jobs, { metadata: { name: "j" }, spec: { template, backoffLimit: 0 } })
      assert.deepInclude(spec, { backoffLimit: 0, completions: 1, parallelism: 1, suspend: false })
      assert.property(spec.selector.matchLabels, "batch.kubernetes.io/controller-uid")
    }),
  )

  it.effect("of a pod takes no status", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.pods, { ...unscheduled("p"), status: { phase: "Running" } })
      assert.strictEqual(made.status.phase, "Pending")
    }),
  )

  it.effect("of a pod may change the image, labels and the deadline", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.pods, unscheduled("p"))
      const body = {
        metadata: { labels: { a: "b" } },
        spec: { activeDeadlineSeconds: 5, containers: [{ name: "main", image: "c" }] },
      }
      const { metadata, spec } = yield* n.ok("PATCH", `${n.pods}/p`, body, strategic)
      assert.deepStrictEqual(
        [metadata.labels, metadata.generation, spec.activeDeadlineSeconds, spec.containers[0].image],
        [{ a: "b" }, 2, 5, "c"],
      )
    }),
  )

  it.effect("of a Job takes over the labels of its pods, and lets them not change any more", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const jobs = `/apis/batch/v1/namespaces/${n.name}/jobs`
      const template = { metadata: { labels: { a: "b" } }, spec: unscheduled("p", { restartPolicy: "Never" }).spec }
      const { metadata } = yield* n.ok("POST", jobs, { metadata: { name: "j" }, spec: { template } })
      assert.deepInclude(metadata.labels, { a: "b", "batch.kubernetes.io/job-name": "j" })
      const change = { spec: { template: { spec: { restartPolicy: "OnFailure" } } } }
      const reply = yield* n.send("PATCH", `${jobs}/j`, change, merge)
      assert.strictEqual(reply.code, 422)
      assert.match(
        reply.body.message,
        /^Job\.batch "j" is invalid: spec\.template: Invalid value: .*: field is immutable$/s,
      )
    }),
  )

  it.effect("of a Secret encodes what was given in plain text", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sent = { metadata: { name: "s" }, stringData: { a: "b" }, data: { c: "ZA==" } }
      const made = yield* n.ok("POST", `${n.core}/secrets`, sent)
      assert.deepStrictEqual([made.data, made.type], [{ a: "Yg==", c: "ZA==" }, "Opaque"])
      assert.notProperty(made, "stringData")
    }),
  )

  it.effect("of a Lease keeps microseconds", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const spec = { holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.123456Z" }
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${n.name}/leases`
      assert.deepStrictEqual((yield* n.ok("POST", leases, { metadata: { name: "l" }, spec })).spec, spec)
    }),
  )

  it.effect("of an event can be read in both groups", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", `${n.core}/events`, {
        metadata: { name: "e" },
        involvedObject: { kind: "SparkApplication", name: "x", namespace: n.name },
        reason: "Submitted",
        message: "hello",
        type: "Normal",
        count: 3,
      })
      const seen = yield* n.ok("GET", `/apis/events.k8s.io/v1/namespaces/${n.name}/events/e`)
      assert.deepInclude(seen, { reason: "Submitted", note: "hello", type: "Normal", deprecatedCount: 3 })
      assert.deepInclude(seen.regarding, { kind: "SparkApplication", name: "x" })
    }),
  )

  it.effect("of an event counts on by merge patch", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", `${n.core}/events`, {
        metadata: { name: "e" },
        involvedObject: { kind: "Pod", name: "x", namespace: n.name },
        reason: "Submitted",
        type: "Normal",
        count: 1,
      })
      const lastTimestamp = "2026-01-01T00:00:00Z"
      const seen = yield* n.ok("PATCH", `${n.core}/events/e`, { count: 2, lastTimestamp }, merge)
      assert.deepInclude(seen, { count: 2, lastTimestamp, reason: "Submitted" })
    }),
  )

  it.effect("of a SparkApplication keeps what the user wrote, and the defaults of its schema", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const spec = {
        type: "Scala",
        sparkVersion: "4.1.4",
        mainClass: "X",
        mainApplicationFile: "local:///x.jar",
        driver: {},
        executor: { instances: 2 },
      }
      const made = yield* n.ok("POST", n.sparkApplications, n.sparkApplication(spec))
      assert.deepInclude(made.spec, spec)
    }),
  )
})
