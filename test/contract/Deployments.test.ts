/** What the API server makes of Deployments, and its controller of their pods. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { isRefused, type Row } from "../support/Refusal.ts"
import {
  type Json,
  jsonPatch,
  makeNamespace,
  merge,
  type Namespace,
  nodeLayer,
  serverLayer,
  until,
} from "../support/Server.ts"

/** One that the nodes of a real cluster have; the embedded node needs none. */
const image = process.env["FIRESTEEL_SPARK_IMAGES"]?.split(/[,=]/).at(-1) ?? "image"

const path = (n: Namespace) => `/apis/apps/v1/namespaces/${n.name}/deployments`

const deployment = (spec: object = {}, pod: object = {}) => ({
  metadata: { name: "d" },
  spec: {
    selector: { matchLabels: { app: "d" } },
    template: {
      metadata: { labels: { app: "d" } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "main", image, command: ["sleep", "600"] }],
        ...pod,
      },
    },
    ...spec,
  },
})

/** A patch of the version `resourceVersion`: another strategy, and the template of `deployment()`. */
const replacement = (resourceVersion: string) => [
  { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
  { op: "add", path: "/spec/strategy", value: { type: "Recreate" } },
  { op: "add", path: "/spec/template", value: deployment().spec.template },
]

const refused = (title: string, body: object, message: RegExp): Row => ({
  title,
  request: (n) => ["POST", path(n), body],
  code: 422,
  reason: "Invalid",
  message,
})

const rows: ReadonlyArray<Row> = [
  refused("without a selector", deployment({ selector: undefined }), /spec\.selector: Required value/),
  refused(
    "that does not select its own pods",
    deployment({ selector: { matchLabels: { app: "other" } } }),
    /spec\.template\.metadata\.labels: Invalid value: .*`selector` does not match template `labels`/,
  ),
  refused(
    "whose pods end",
    deployment({}, { restartPolicy: "Never" }),
    /spec\.template\.spec\.restartPolicy: Unsupported value: "Never": supported values: "Always"/,
  ),
  refused(
    "with two strategies",
    deployment({ strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } }),
    /spec\.strategy\.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'/,
  ),
]

layer(serverLayer(), { excludeTestServices: true })("a Deployment", (it) => {
  it.effect.each(rows)("is refused $title", (row) => isRefused(row))

  it.effect("gets defaults, and keeps its selector", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const { spec, metadata } = yield* n.ok("POST", path(n), deployment({ replicas: 0 }))
      assert.deepInclude(spec, {
        replicas: 0,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      })
      assert.deepInclude(spec.template.spec, { restartPolicy: "Always", dnsPolicy: "ClusterFirst" })
      assert.strictEqual(metadata.generation, 1)
      const change = {
        spec: { selector: { matchLabels: { app: "x" } }, template: { metadata: { labels: { app: "x" } } } },
      }
      const reply = yield* n.send("PATCH", `${path(n)}/d`, change, merge)
      assert.strictEqual(reply.code, 422)
      assert.match(reply.body.message, /spec\.selector: Invalid value: .*field is immutable/s)
    }),
  )

  it.effect("is replaced in its template by a JSON patch without what it had before", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", path(n), deployment({ replicas: 0 }, { nodeSelector: { a: "b" } }))
      // The controller of a real cluster writes too, so another version may be current when the patch arrives.
      const replace = n
        .ok("GET", `${path(n)}/d`)
        .pipe(
          Effect.flatMap(({ metadata }) =>
            n.send("PATCH", `${path(n)}/d`, replacement(metadata.resourceVersion), jsonPatch),
          ),
        )
      const { code, body } = yield* until(replace, (reply) => reply.code !== 409)
      assert.strictEqual(code, 200, body.message)
      const { spec } = body
      assert.notProperty(spec.template.spec, "nodeSelector")
      assert.deepStrictEqual(spec.strategy, { type: "Recreate" })
    }),
  )
})

layer(nodeLayer, { excludeTestServices: true })("the pods of a Deployment", (it) => {
  const names = (pods: Json) => pods.items.map(({ metadata }: Json) => metadata.name).toSorted()
  /** The Deployment once its status is as wanted. */
  const settled = (n: Namespace, is: (status: Json) => boolean) =>
    Effect.map(
      until(
        n.send("GET", `${path(n)}/d`),
        ({ body }) => body.status.observedGeneration === body.metadata.generation && is(body.status),
      ),
      ({ body }) => body,
    )

  it.effect("come back when they are deleted, and follow replicas and template", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", path(n), deployment({ strategy: { type: "Recreate" } }))
      const first = yield* settled(n, ({ readyReplicas }) => readyReplicas === 1)
      assert.deepInclude(first.status, { replicas: 1, updatedReplicas: 1, availableReplicas: 1 })
      const conditions = first.status.conditions.map(({ type, status, reason }: Json) => `${type} ${status} ${reason}`)
      assert.sameMembers(conditions, [
        "Available True MinimumReplicasAvailable",
        "Progressing True NewReplicaSetAvailable",
      ])
      const [before] = names(yield* n.ok("GET", n.pods))
      assert.match(before, /^d-[a-z0-9]+-[a-z0-9]{5}$/)

      yield* n.ok("DELETE", `${n.pods}/${before}`)
      yield* until(n.send("GET", n.pods), ({ body }) => names(body).length === 1 && names(body)[0] !== before)
      yield* settled(n, ({ readyReplicas }) => readyReplicas === 1)

      yield* n.ok("PATCH", `${path(n)}/d`, { spec: { replicas: 2 } }, merge)
      yield* settled(n, ({ readyReplicas }) => readyReplicas === 2)
      const old = names(yield* n.ok("GET", n.pods))
      yield* n.ok("PATCH", `${path(n)}/d`, { spec: { template: { metadata: { annotations: { a: "b" } } } } }, merge)
      yield* settled(n, ({ readyReplicas, updatedReplicas }) => readyReplicas === 2 && updatedReplicas === 2)
      const replaced = yield* n.ok("GET", n.pods)
      for (const name of old) assert.notInclude(names(replaced), name)

      yield* n.ok("DELETE", `${path(n)}/d`)
      yield* until(n.send("GET", n.pods), ({ body }) => body.items.length === 0)
    }),
  )

  it.effect("are restarted after their end, and report how they ended before", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const template = deployment().spec.template
      const annotations = { "local.firesteel.dev/run-seconds": "0", "local.firesteel.dev/exit-code": "3" }
      const container = { ...template.spec.containers[0], command: ["sh", "-c", "exit 3"] }
      yield* n.ok(
        "POST",
        path(n),
        deployment({
          template: {
            metadata: { ...template.metadata, annotations },
            spec: { ...template.spec, containers: [container] },
          },
        }),
      )
      const waits = (body: Json) =>
        body.items[0]?.status.containerStatuses?.[0]?.state.waiting?.reason === "CrashLoopBackOff"
      const { body } = yield* until(n.send("GET", n.pods), ({ body }) => waits(body))
      const { phase, containerStatuses } = body.items[0].status
      assert.strictEqual(phase, "Running")
      assert.deepInclude(containerStatuses[0].lastState.terminated, { exitCode: 3, reason: "Error" })
      assert.match(containerStatuses[0].state.waiting.message, /^back-off \d+s restarting failed container=main pod=d-/)
    }),
  )
})
