/** What a refused request is told: status code, reason, message and causes. A row is a request and the answer to it. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { configMap, pod, widget } from "../support/WidgetCluster.ts"
import { type Json, jsonPatch, makeNamespace, merge, type Namespace, ServerLayer, strategic } from "./Server.ts"

interface Row {
  readonly title: string
  readonly request: (n: Namespace) => readonly ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string, Json?, string?]
  readonly code: number
  /** Absent: the answer has none. */
  readonly reason?: string
  readonly message: RegExp
  /** `reason field` of every cause. */
  readonly causes?: ReadonlyArray<string>
}

const container = (fields: object) => ({
  metadata: { name: "x" },
  spec: { containers: [{ name: "a", image: "b", ...fields }] },
})

/** Before the rows: ConfigMap `a`, immutable ConfigMap `fixed`, Widget `w` with spec.fixed, Pod `p`, headless Service `s`. */
const rows: ReadonlyArray<Row> = [
  {
    title: "an object that exists already",
    request: (n) => ["POST", n.configMaps, configMap("a")],
    code: 409,
    reason: "AlreadyExists",
    message: /^configmaps "a" already exists$/,
  },
  {
    title: "a name that is no DNS name",
    request: (n) => ["POST", n.configMaps, configMap("A_b")],
    code: 422,
    reason: "Invalid",
    message:
      /^ConfigMap "A_b" is invalid: metadata\.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist/,
    causes: ["FieldValueInvalid metadata.name"],
  },
  {
    title: "labels with a bad key and a bad value, both",
    request: (n) => ["POST", n.configMaps, configMap("x", { labels: { "a/b/c": "x", k: "-bad-" } })],
    code: 422,
    reason: "Invalid",
    message:
      /^ConfigMap "x" is invalid: \[(?=.*metadata\.labels: Invalid value: "a\/b\/c": )(?=.*metadata\.labels: Invalid value: "-bad-": )/,
  },
  {
    title: "no name at all",
    request: (n) => ["POST", n.configMaps, { metadata: {} }],
    code: 422,
    reason: "Invalid",
    message: /metadata\.name: Required value: name or generateName is required/,
  },
  {
    title: "a kind that does not belong to the path",
    request: (n) => ["POST", n.configMaps, { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }],
    code: 400,
    reason: "BadRequest",
    message: /Secret in version "v1" cannot be handled as a ConfigMap/,
  },
  {
    title: "a namespace that does not belong to the path",
    request: (n) => ["POST", n.configMaps, configMap("x", { namespace: "other" })],
    code: 400,
    reason: "BadRequest",
    message: /the namespace of the provided object does not match the namespace sent on the request/,
  },
  {
    title: "a resource version on creation",
    request: (n) => ["POST", n.configMaps, configMap("x", { resourceVersion: "5" })],
    code: 500,
    message: /resourceVersion should not be set on objects to be created/,
  },
  {
    title: "a key of data that is none",
    request: (n) => ["POST", n.configMaps, configMap("x", {}, { "a b": "c" })],
    code: 422,
    reason: "Invalid",
    message: /data\[a b\]: Invalid value: "a b": a valid config key must consist of alphanumeric characters/,
  },
  {
    title: "more data than a ConfigMap may have",
    request: (n) => ["POST", n.configMaps, configMap("x", {}, { a: "x".repeat(1_100_000) })],
    code: 422,
    reason: "Invalid",
    message: /Too long: may not be more than 1048576 bytes/,
  },
  {
    title: "a body beyond the limit of requests",
    request: (n) => ["POST", n.configMaps, configMap("x", {}, { a: "x".repeat(3_500_000) })],
    code: 413,
    reason: "RequestEntityTooLarge",
    message: /limit is 3145728/,
  },
  {
    title: "an unknown field, where validation is strict",
    request: (n) => ["POST", `${n.configMaps}?fieldValidation=Strict`, { ...configMap("x"), dat: { a: "x" } }],
    code: 400,
    reason: "BadRequest",
    message: /strict decoding error: unknown field "dat"/,
  },
  {
    title: "an object that is not there",
    request: (n) => ["GET", `${n.configMaps}/nope`],
    code: 404,
    reason: "NotFound",
    message: /^configmaps "nope" not found$/,
  },
  {
    title: "a namespace that is not there",
    request: () => ["POST", "/api/v1/namespaces/nowhere-at-all/configmaps", configMap("x")],
    code: 404,
    reason: "NotFound",
    message: /^namespaces "nowhere-at-all" not found$/,
  },
  {
    title: "a collection that takes no object without its namespace",
    request: () => ["POST", "/api/v1/configmaps", configMap("x")],
    code: 405,
    reason: "MethodNotAllowed",
    message: /the server does not allow this method on the requested resource/,
  },
  {
    title: "a label selector that cannot be read",
    request: (n) => ["GET", `${n.configMaps}?labelSelector=a%3Db%3Dc`],
    code: 400,
    reason: "BadRequest",
    message: /found '=', expected: ',' or 'end of string'/,
  },
  {
    title: "a field that cannot be selected by",
    request: (n) => ["GET", `${n.configMaps}?fieldSelector=spec.foo%3D1`],
    code: 400,
    reason: "BadRequest",
    message: /"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"/,
  },
  {
    title: "a continue token that is none",
    request: (n) => ["GET", `${n.configMaps}?limit=1&continue=abc`],
    code: 400,
    reason: "BadRequest",
    message: /continue/,
  },
  {
    title: "a merge patch with an old resource version",
    request: (n) => ["PATCH", `${n.configMaps}/a`, { metadata: { resourceVersion: "1" } }, merge],
    code: 409,
    reason: "Conflict",
    message:
      /^Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again$/,
  },
  {
    title: "an update with an old resource version",
    request: (n) => ["PUT", `${n.configMaps}/a`, configMap("a", { resourceVersion: "1" })],
    code: 409,
    reason: "Conflict",
    message: /the object has been modified/,
  },
  {
    title: "a JSON patch whose test fails",
    request: (n) => ["PATCH", `${n.configMaps}/a`, [{ op: "test", path: "/metadata/name", value: "b" }], jsonPatch],
    code: 422,
    reason: "Invalid",
    message: /the server rejected our request due to an error in our request/,
  },
  {
    title: "a JSON patch that takes away what is not there",
    request: (n) => ["PATCH", `${n.configMaps}/a`, [{ op: "remove", path: "/nope" }], jsonPatch],
    code: 422,
    reason: "Invalid",
    message: /the server rejected our request due to an error in our request/,
  },
  {
    title: "a patch of the name",
    request: (n) => ["PATCH", `${n.configMaps}/a`, { metadata: { name: "b" } }, merge],
    code: 400,
    reason: "BadRequest",
    message: /the name of the object \(b\) does not match the name on the URL \(a\)/,
  },
  {
    title: "an update of another uid",
    request: (n) => ["PUT", `${n.configMaps}/a`, configMap("a", { uid: "b" })],
    code: 409,
    reason: "Conflict",
    message: /Precondition failed: UID in precondition: b, UID in object meta: /,
  },
  {
    title: "a patch of an immutable ConfigMap",
    request: (n) => ["PATCH", `${n.configMaps}/fixed`, { data: { z: "2" } }, merge],
    code: 422,
    reason: "Invalid",
    message: /data: Forbidden: field is immutable when `immutable` is set/,
    causes: ["FieldValueForbidden data"],
  },
  {
    title: "a patch of a type that nobody knows",
    request: (n) => ["PATCH", `${n.configMaps}/a`, {}, "application/json"],
    code: 415,
    reason: "UnsupportedMediaType",
    message: /media type|Unsupported Media Type/i,
  },
  {
    title: "a deletion of another uid",
    request: (n) => ["DELETE", `${n.configMaps}/a`, { preconditions: { uid: "x" } }],
    code: 409,
    reason: "Conflict",
    message: /the UID in the precondition \(x\) does not match the UID in record \(/,
  },
  {
    title: "a deletion of another resource version",
    request: (n) => ["DELETE", `${n.configMaps}/a`, { preconditions: { resourceVersion: "1" } }],
    code: 409,
    reason: "Conflict",
    message: /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(/,
  },
  {
    title: "a custom resource against its schema: type, and enum",
    request: (n) => ["POST", n.widgets, widget("x", { size: "x", color: "pink" })],
    code: 422,
    reason: "Invalid",
    message:
      /(?=.*spec\.color: Unsupported value: "pink": supported values: "red", "blue")(?=.*spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string").*<nil>: Invalid value: null: some validation rules were not checked/,
  },
  {
    title: "a custom resource without what is required",
    request: (n) => ["POST", n.widgets, widget("x", {})],
    code: 422,
    reason: "Invalid",
    message:
      /^Widget\.example\.com "x" is invalid: \[spec\.size: Required value, <nil>: Invalid value: null: some validation rules/,
    causes: ["FieldValueRequired spec.size", "FieldValueInvalid <nil>"],
  },
  {
    title: "a custom resource beyond a bound",
    request: (n) => ["POST", n.widgets, widget("x", { size: 0 })],
    code: 422,
    reason: "Invalid",
    message: /spec\.size: Invalid value: 0: spec\.size in body should be greater than or equal to 1/,
  },
  {
    title: "a custom resource against a CEL rule, with the rule's message",
    request: (n) => ["POST", n.widgets, widget("x", { size: 7, color: "blue" })],
    code: 422,
    reason: "Invalid",
    message: /spec: Invalid value: blue widgets are small$/,
  },
  {
    title: "a change against a CEL rule about the old value",
    request: (n) => ["PATCH", `${n.widgets}/w`, { spec: { fixed: "other" } }, merge],
    code: 422,
    reason: "Invalid",
    message: /spec\.fixed: Invalid value: "other": fixed is immutable$/,
  },
  {
    title: "unknown fields of a custom resource, where validation is strict",
    request: (n) => [
      "POST",
      `${n.widgets}?fieldValidation=Strict`,
      widget("x", { size: 1, foo: 1, parts: [{ bar: 1 }] }),
    ],
    code: 400,
    reason: "BadRequest",
    message: /strict decoding error: unknown field "spec\.foo", unknown field "spec\.parts\[0\]\.bar"/,
  },
  {
    title: "a strategic merge patch of a custom resource",
    request: (n) => ["PATCH", `${n.widgets}/w`, {}, strategic],
    code: 415,
    reason: "UnsupportedMediaType",
    message:
      /accepted media types include: application\/json-patch\+json, application\/merge-patch\+json, application\/apply-patch\+yaml/,
  },
  {
    title: "an update of a custom resource without its version",
    request: (n) => ["PUT", `${n.widgets}/w`, widget("w")],
    code: 422,
    reason: "Invalid",
    message: /metadata\.resourceVersion: Invalid value: .*: must be specified for an update/,
  },
  {
    title: "a SparkApplication of a type that Spark does not have",
    request: (n) => ["POST", n.sparkApplications, sparkApplication({ type: "Cobol" })],
    code: 422,
    reason: "Invalid",
    message: /spec\.type: Unsupported value: "Cobol": supported values: /,
  },
  {
    title: "a SparkApplication without its driver",
    request: (n) => ["POST", n.sparkApplications, sparkApplication({ driver: undefined })],
    code: 422,
    reason: "Invalid",
    message: /spec\.driver: Required value/,
  },
  {
    title: "a pod without containers",
    request: (n) => ["POST", n.pods, { metadata: { name: "x" }, spec: { containers: [] } }],
    code: 422,
    reason: "Invalid",
    message: /^Pod "x" is invalid: spec\.containers: Required value$/,
  },
  {
    title: "a container without an image",
    request: (n) => ["POST", n.pods, container({ image: undefined })],
    code: 422,
    reason: "Invalid",
    message: /spec\.containers\[0\]\.image: Required value/,
  },
  {
    title: "a container with a port that is none, a variable without name and a mount of no volume",
    request: (n) => [
      "POST",
      n.pods,
      container({
        ports: [{ containerPort: 0 }],
        env: [{ value: "x" }],
        volumeMounts: [{ name: "v", mountPath: "/x" }],
      }),
    ],
    code: 422,
    reason: "Invalid",
    message:
      /ports\[0\]\.containerPort: Required value, .*env\[0\]\.name: Required value, .*volumeMounts\[0\]\.name: Not found: "v"/,
  },
  {
    title: "a pod that shall be restarted in a way that is none",
    request: (n) => ["POST", n.pods, { metadata: { name: "x" }, spec: { ...pod("x").spec, restartPolicy: "Nope" } }],
    code: 422,
    reason: "Invalid",
    message: /spec\.restartPolicy: Unsupported value: "Nope": supported values: "Always", "OnFailure", "Never"/,
  },
  {
    title: "a quantity that is none",
    request: (n) => ["POST", n.pods, container({ resources: { requests: { cpu: "lots" } } })],
    code: 400,
    reason: "BadRequest",
    message: /quantities must match the regular expression/,
  },
  {
    title: "a change of a pod's command",
    request: (n) => ["PATCH", `${n.pods}/p`, { spec: { containers: [{ name: "main", command: ["x"] }] } }, strategic],
    code: 422,
    reason: "Invalid",
    message: /spec: Forbidden: pod updates may not change fields other than/,
  },
  {
    title: "a Service without ports",
    request: (n) => ["POST", n.services, { metadata: { name: "x" }, spec: {} }],
    code: 422,
    reason: "Invalid",
    message: /^Service "x" is invalid: spec\.ports: Required value$/,
  },
  {
    title: "a Service whose ports have no names",
    request: (n) => ["POST", n.services, { metadata: { name: "x" }, spec: { ports: [{ port: 80 }, { port: 81 }] } }],
    code: 422,
    reason: "Invalid",
    message: /spec\.ports\[0\]\.name: Required value, spec\.ports\[1\]\.name: Required value/,
  },
  {
    title: "a resource that nobody serves",
    request: (n) => ["GET", `${n.core}/gadgets`],
    code: 404,
    reason: "NotFound",
    message: /the server could not find the requested resource/,
  },
]

const sparkApplication = (spec: object) => ({
  apiVersion: "sparkoperator.k8s.io/v1beta2",
  kind: "SparkApplication",
  metadata: { name: "x" },
  spec: {
    type: "Scala",
    sparkVersion: "4.1.4",
    mainApplicationFile: "local:///x.jar",
    driver: {},
    executor: {},
    ...spec,
  },
})

layer(ServerLayer, { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", ({ request, code, reason, message, causes }) =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      yield* n.ok("POST", n.configMaps, configMap("a"))
      yield* n.ok("POST", n.configMaps, { ...configMap("fixed"), immutable: true })
      yield* n.ok("POST", n.widgets, widget("w", { size: 1, fixed: "x" }))
      yield* n.ok("POST", n.pods, pod("p"))
      const reply = yield* n.send(...request(n))
      assert.strictEqual(reply.code, code, JSON.stringify(reply.body).slice(0, 500))
      assert.deepInclude(reply.body, { kind: "Status", apiVersion: "v1", status: "Failure", code })
      assert.strictEqual(reply.body.reason, reason)
      assert.match(reply.body.message, message)
      if (causes !== undefined) {
        assert.deepStrictEqual(
          reply.body.details.causes.map((cause: Json) => `${cause.reason} ${cause.field}`),
          causes,
        )
      }
    }),
  )
})
