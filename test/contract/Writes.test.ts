/** Writes: what is stored of what was sent, patches of every kind, status, generation, dry run and server-side apply. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { configMap, pod, widget } from "../support/WidgetCluster.ts"
import { applyPatch, type Json, jsonPatch, makeNamespace, merge, ServerLayer, strategic } from "./Server.ts"

layer(ServerLayer, { excludeTestServices: true })("a write", (it) => {
  it.effect("of a new object answers with uid, version, generation and time of creation", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("POST", n.widgets, widget("a"))
      assert.strictEqual(reply.code, 201)
      const { metadata } = reply.body
      assert.match(metadata.uid, /^[0-9a-f-]{36}$/)
      assert.match(metadata.resourceVersion, /^\d+$/)
      assert.match(metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.deepInclude(metadata, { name: "a", namespace: n.name, generation: 1 })
    }),
  )

  it.effect("with generateName makes a name of five more characters", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { metadata } = yield* n.ok("POST", n.configMaps, { metadata: { generateName: "run-" } })
      assert.match(metadata.name, /^run-[a-z0-9]{5}$/)
    }),
  )

  it.effect("of a custom resource fills in defaults, prunes unknown fields and warns of them", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sent = widget("a", { size: 1, unknown: true, free: { kept: true } })
      const { body, warning } = yield* n.send("POST", `${n.widgets}?fieldValidation=Warn`, sent)
      assert.deepStrictEqual(body.spec, { size: 1, color: "red", free: { kept: true } })
      assert.strictEqual(warning, '299 - "unknown field \\"spec.unknown\\""')
    }),
  )

  it.effect("of a custom resource takes no status, and one of the status nothing else", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, { ...widget("a"), status: { phase: "Ready" } })
      assert.notProperty(made, "status")
      const changed = yield* n.ok(
        "PATCH",
        `${n.widgets}/a/status`,
        { spec: { size: 9 }, status: { phase: "Ready" } },
        merge,
      )
      assert.deepStrictEqual([changed.spec.size, changed.status], [1, { phase: "Ready" }])
      const kept = yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 2 }, status: null }, merge)
      assert.deepStrictEqual([kept.spec.size, kept.status], [2, { phase: "Ready" }])
    }),
  )

  it.effect("counts generations for changes of the spec only", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.widgets, widget("a"))
      const after = (path: string, body: Json) =>
        Effect.map(n.ok("PATCH", `${n.widgets}/${path}`, body, merge), ({ metadata }) => metadata.generation)
      assert.strictEqual(yield* after("a", { metadata: { labels: { x: "y" } } }), 1)
      assert.strictEqual(yield* after("a/status", { status: { phase: "x" } }), 1)
      assert.strictEqual(yield* after("a", { spec: { size: 2 } }), 2)
    }),
  )

  it.effect("that changes nothing leaves the version as it is", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, widget("a"))
      const same = yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 1 } }, merge)
      assert.strictEqual(same.metadata.resourceVersion, made.metadata.resourceVersion)
    }),
  )

  it.effect("by merge patch takes away with null and replaces lists", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok(
        "POST",
        n.widgets,
        widget("a", { size: 1, parts: [{ name: "x" }, { name: "y" }] }, { labels: { a: "1", b: "2" } }),
      )
      const body = { metadata: { labels: { a: null } }, spec: { parts: [{ name: "z" }] } }
      const { metadata, spec } = yield* n.ok("PATCH", `${n.widgets}/a`, body, merge)
      assert.deepStrictEqual([metadata.labels, spec.parts], [{ b: "2" }, [{ name: "z" }]])
    }),
  )

  it.effect("by JSON patch tests, adds, replaces and removes, all or nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a", { annotations: { "x/y": "1" } }, { k: "v", gone: "1" }))
      const steps = [
        { op: "test", path: "/metadata/annotations/x~1y", value: "1" },
        { op: "replace", path: "/data/k", value: "w" },
        { op: "add", path: "/data/n", value: "new" },
        { op: "remove", path: "/data/gone" },
      ]
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.configMaps}/a`, steps, jsonPatch)).data, { k: "w", n: "new" })
      const half = [{ op: "add", path: "/data/half", value: "1" }, ...steps.slice(3)]
      assert.strictEqual((yield* n.send("PATCH", `${n.configMaps}/a`, half, jsonPatch)).code, 422)
      assert.deepStrictEqual((yield* n.ok("GET", `${n.configMaps}/a`)).data, { k: "w", n: "new" })
    }),
  )

  it.effect("of a status by JSON patch is refused when it rests on an old version", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.widgets, widget("a"))
      yield* n.ok("PATCH", `${n.widgets}/a`, { spec: { size: 2 } }, merge)
      const body = [
        { op: "replace", path: "/metadata/resourceVersion", value: made.metadata.resourceVersion },
        { op: "add", path: "/status", value: { phase: "Ready" } },
      ]
      const stale = yield* n.send("PATCH", `${n.widgets}/a/status`, body, jsonPatch)
      assert.deepStrictEqual([stale.code, stale.body.reason], [409, "Conflict"])
      const { metadata } = yield* n.ok("GET", `${n.widgets}/a`)
      body[0]!.value = metadata.resourceVersion
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.widgets}/a/status`, body, jsonPatch)).status, {
        phase: "Ready",
      })
    }),
  )

  it.effect("by strategic merge patch merges containers by name, and labels", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const containers = [
        { name: "main", image: "a" },
        { name: "side", image: "b" },
      ]
      yield* n.ok("POST", n.pods, { ...pod("p"), spec: { schedulerName: "nobody", containers } })
      const changed = yield* n.ok(
        "PATCH",
        `${n.pods}/p`,
        { spec: { containers: [{ name: "side", image: "c" }] } },
        strategic,
      )
      assert.deepStrictEqual(
        changed.spec.containers.map(({ name, image }: Json) => `${name} ${image}`),
        ["main a", "side c"],
      )
      const labelled = { metadata: { labels: { a: "1" } } }
      assert.deepStrictEqual((yield* n.ok("PATCH", `${n.pods}/p`, labelled, strategic)).metadata.labels, { a: "1" })
    }),
  )

  it.effect("as a dry run answers as if, and stores nothing", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("POST", `${n.widgets}?dryRun=All`, widget("a"))
      assert.deepStrictEqual([reply.code, reply.body.spec.color], [201, "red"])
      assert.strictEqual((yield* n.send("GET", `${n.widgets}/a`)).code, 404)
      assert.strictEqual((yield* n.send("POST", `${n.widgets}?dryRun=All`, widget("a", { size: 99 }))).code, 422)
    }),
  )

  it.effect("by server-side apply creates, takes in what is new, and takes away what its manager no longer says", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const apply = (data: object) =>
        n.send(
          "PATCH",
          `${n.configMaps}/a?fieldManager=me`,
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data },
          applyPatch,
        )
      assert.strictEqual((yield* apply({ x: "1", y: "2" })).code, 201)
      yield* n.ok("PATCH", `${n.configMaps}/a`, { data: { z: "3" } }, merge)
      const again = yield* apply({ x: "4" })
      assert.deepStrictEqual([again.code, again.body.data], [200, { x: "4", z: "3" }])
    }),
  )

  it.effect("by server-side apply without a manager is refused", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }
      const reply = yield* n.send("PATCH", `${n.configMaps}/a`, body, applyPatch)
      assert.strictEqual(reply.code, 422)
      assert.match(reply.body.message, /fieldManager: Required value: is required for apply patch/)
    }),
  )

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
      const made = yield* n.ok("POST", n.sparkApplications, {
        apiVersion: "sparkoperator.k8s.io/v1beta2",
        kind: "SparkApplication",
        metadata: { name: "x" },
        spec,
      })
      assert.deepInclude(made.spec, spec)
    }),
  )
})
