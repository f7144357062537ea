/** Server-side apply: what managers own, and what happens when they differ. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import {
  applyPatch,
  type Json,
  jsonPatch,
  makeNamespace,
  merge,
  type Namespace,
  serverLayer,
  unscheduled,
} from "../support/Server.ts"
import { widgetCrd } from "../support/WidgetCluster.ts"

const applier =
  (n: Namespace) =>
  (manager: string, data: object, query = "") =>
    n.send(
      "PATCH",
      `${n.configMaps}/a?fieldManager=${manager}${query}`,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data },
      applyPatch,
    )

layer(serverLayer(widgetCrd), { excludeTestServices: true })("a write", (it) => {
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

  it.effect("by server-side apply does not change what another manager applied, unless forced", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const apply = applier(n)
      assert.strictEqual((yield* apply("me", { x: "1", y: "1" })).code, 201)
      const one = yield* apply("you", { x: "2" })
      assert.deepStrictEqual([one.code, one.body.reason], [409, "Conflict"])
      assert.strictEqual(one.body.message, 'Apply failed with 1 conflict: conflict with "me": .data.x')
      const cause = { reason: "FieldManagerConflict", message: 'conflict with "me"', field: ".data.x" }
      assert.deepStrictEqual(one.body.details.causes, [cause])
      const two = yield* apply("you", { x: "2", y: "2" })
      assert.strictEqual(two.body.message, 'Apply failed with 2 conflicts: conflicts with "me":\n- .data.x\n- .data.y')
      assert.deepStrictEqual((yield* apply("you", { x: "2" }, "&force=true")).body.data, { x: "2", y: "1" })
    }),
  )

  it.effect("by server-side apply leaves what another manager took, or applied as well", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const apply = applier(n)
      yield* apply("me", { taken: "1", shared: "1", mine: "1" })
      assert.strictEqual((yield* apply("you", { taken: "2", shared: "1" }, "&force=true")).code, 200)
      assert.deepStrictEqual((yield* apply("me", {})).body.data, { taken: "2", shared: "1" })
      const late = yield* apply("me", { taken: "3" })
      assert.strictEqual(late.body.message, 'Apply failed with 1 conflict: conflict with "you": .data.taken')
    }),
  )

  it.effect("by server-side apply knows containers by name", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const apply = (manager: string, image: string, labels: object) => {
        const { spec } = unscheduled("p", { containers: [{ name: "main", image }] })
        const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", labels }, spec }
        return n.send("PATCH", `${n.pods}/p?fieldManager=${manager}`, body, applyPatch)
      }
      yield* apply("me", "x", { me: "1" })
      const { body } = yield* apply("you", "x", { you: "1" })
      assert.deepStrictEqual(body.metadata.labels, { me: "1", you: "1" })
      assert.strictEqual(
        (yield* apply("you", "y", {})).body.message,
        'Apply failed with 1 conflict: conflict with "me": .spec.containers[name="main"].image',
      )
    }),
  )

  it.effect("by server-side apply of a custom resource fills in defaults, and keeps spec and status apart", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const yaml = `apiVersion: ${n.group}/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  size: 3\n`
      const made = yield* n.ok("PATCH", `${n.widgets}/w?fieldManager=me`, yaml, applyPatch)
      assert.deepStrictEqual(made.spec, { size: 3, color: "red" })
      const status = {
        apiVersion: `${n.group}/v1`,
        kind: "Widget",
        metadata: { name: "w" },
        status: { phase: "Ready" },
      }
      const seen = yield* n.ok("PATCH", `${n.widgets}/w/status?fieldManager=me`, status, applyPatch)
      assert.deepStrictEqual([seen.spec, seen.status], [made.spec, { phase: "Ready" }])
      const other = yield* n.send("PATCH", `${n.widgets}/w?fieldManager=you`, n.widget("w", { size: 4 }), applyPatch)
      assert.strictEqual(other.body.message, 'Apply failed with 1 conflict: conflict with "me": .spec.size')
    }),
  )

  it.effect("by server-side apply must say its kind", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const reply = yield* n.send("PATCH", `${n.configMaps}/a?fieldManager=me`, { metadata: { name: "a" } }, applyPatch)
      assert.deepStrictEqual([reply.code, reply.body.message], [400, "invalid object type: /, Kind="])
    }),
  )

  it.effect("by server-side apply cannot set managedFields, nor can another patch be forced", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", managedFields: [] } }
      const entries = [{ manager: "me", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: {} }]
      const given = { ...body, metadata: { name: "a", managedFields: entries } }
      const nil = yield* n.send("PATCH", `${n.configMaps}/a?fieldManager=me`, given, applyPatch)
      assert.deepStrictEqual([nil.code, nil.body.message], [400, "metadata.managedFields must be nil"])
      yield* n.ok("PATCH", `${n.configMaps}/a?fieldManager=me`, { ...body, metadata: { name: "a" } }, applyPatch)
      const forced = yield* n.send("PATCH", `${n.configMaps}/a?force=true`, { data: {} }, merge)
      assert.strictEqual(forced.code, 422)
      assert.match(forced.body.message, /force: Forbidden: may not be specified for non-apply patch/)
    }),
  )
})

/** Manager, operation and subresource of the entries that own something of `data`, `spec` or `status`, and what. */
const managers = (object: Json) =>
  object.metadata.managedFields
    .flatMap(({ manager, operation, subresource = "", fieldsType, fieldsV1 }: Json) => {
      assert.strictEqual(fieldsType, "FieldsV1")
      const part = fieldsV1["f:data"] ?? fieldsV1["f:spec"] ?? fieldsV1["f:status"] ?? {}
      const owned = Object.keys(part).filter((key) => key.startsWith("f:"))
      const words = [manager, operation, subresource, ...owned.toSorted()].filter((word) => word !== "")
      return owned.length === 0 ? [] : [words.join(" ")]
    })
    .toSorted()

layer(serverLayer(widgetCrd), { excludeTestServices: true })("managedFields", (it) => {
  it.effect("say which manager wrote what, by which operation", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const apply = applier(n)
      const map = { metadata: { name: "a" }, data: { x: "1", y: "1", z: "1" } }
      const made = yield* n.ok("POST", `${n.configMaps}?fieldManager=me`, map)
      assert.deepStrictEqual(managers(made), ["me Update f:x f:y f:z"])
      const { apiVersion, time } = made.metadata.managedFields[0]
      assert.strictEqual(apiVersion, "v1")
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      const patched = yield* n.ok("PATCH", `${n.configMaps}/a?fieldManager=you`, { data: { y: "2", w: "2" } }, merge)
      assert.deepStrictEqual(managers(patched), ["me Update f:x f:z", "you Update f:w f:y"])
      const removed = yield* n.ok("PATCH", `${n.configMaps}/a?fieldManager=you`, { data: { z: null } }, merge)
      assert.deepStrictEqual(managers(removed), ["me Update f:x", "you Update f:w f:y"])
      const shared = yield* apply("me", { x: "1" })
      assert.deepStrictEqual(managers(shared.body), ["me Apply f:x", "me Update f:x", "you Update f:w f:y"])
      const forced = yield* apply("me", { x: "3", y: "3" }, "&force=true")
      assert.deepStrictEqual(managers(forced.body), ["me Apply f:x f:y", "you Update f:w"])
      const listed = yield* n.ok("GET", n.configMaps)
      const one = listed.items.find((item: Json) => item.metadata.name === "a")
      assert.deepStrictEqual(managers(one), managers(forced.body))
    }),
  )

  it.effect("without a name of the manager have that of the client", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const made = yield* n.ok("POST", n.configMaps, { metadata: { name: "a" }, data: { x: "1" } })
      assert.lengthOf(made.metadata.managedFields, 1)
      assert.strictEqual(made.metadata.managedFields[0].operation, "Update")
    }),
  )

  it.effect("keep spec and status of a custom resource apart", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", `${n.widgets}?fieldManager=me`, n.widget("w", { size: 1 }))
      const status = { status: { phase: "Ready" } }
      const seen = yield* n.ok("PATCH", `${n.widgets}/w/status?fieldManager=me`, status, merge)
      assert.deepStrictEqual(
        managers(seen).map((one: string) => one.replace(" f:color", "")),
        ["me Update f:size", "me Update status f:phase"],
      )
    }),
  )

  it.effect("also protect from an apply what was not applied", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const map = { metadata: { name: "a" }, data: { x: "1", y: "1" } }
      yield* n.ok("POST", `${n.configMaps}?fieldManager=me`, map)
      const one = yield* applier(n)("you", { x: "2" })
      assert.strictEqual(one.code, 409)
      assert.strictEqual(one.body.message, 'Apply failed with 1 conflict: conflict with "me" using v1: .data.x')
      const same = yield* applier(n)("you", { x: "1" })
      assert.strictEqual(same.code, 200)
      const two = yield* applier(n)("they", { x: "3" })
      assert.strictEqual(
        two.body.message,
        'Apply failed with 2 conflicts: conflicts with "me" using v1:\n- .data.x\nconflicts with "you":\n- .data.x',
      )
    }),
  )

  it.effect("become those of an apply by a patch, as kubectl does it", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const map = { metadata: { name: "a" }, data: { x: "1", y: "1" } }
      const { metadata } = yield* n.ok("POST", `${n.configMaps}?fieldManager=me`, map)
      const replaced = (path: string, value: unknown) => ({ op: "replace", path, value })
      const entries = metadata.managedFields.map((entry: object) => ({ ...entry, operation: "Apply" }))
      const edits = [
        replaced("/metadata/managedFields", entries),
        replaced("/metadata/resourceVersion", metadata.resourceVersion),
      ]
      const migrated = yield* n.ok("PATCH", `${n.configMaps}/a`, edits, jsonPatch)
      assert.deepStrictEqual(managers(migrated), ["me Apply f:x f:y"])
      const applied = yield* applier(n)("me", { x: "2" })
      assert.deepStrictEqual([applied.code, applied.body.data], [200, { x: "2" }])
      const forgotten = yield* n.ok("PATCH", `${n.configMaps}/a`, { metadata: { managedFields: [{}] } }, merge)
      assert.deepStrictEqual(forgotten.metadata.managedFields ?? [], [])
    }),
  )
})
