/** What a request is told that the API server refuses, whatever the kind: status code, reason, message and causes. */

import { layer } from "@effect/vitest"
import { isRefused, type Row } from "../support/Refusal.ts"
import { jsonPatch, merge, serverLayer } from "../support/Server.ts"
import { configMap } from "../support/WidgetCluster.ts"

const rows: ReadonlyArray<Row> = [
  {
    title: "an object that exists already",
    request: (n) => ["POST", n.configMaps, configMap("a")],
    code: 409,
    reason: "AlreadyExists",
    message: /^configmaps "a" already exists$/,
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
    message: /^the server rejected our request due to an error in our request$/,
  },
  {
    title: "a JSON patch that takes away what is not there",
    request: (n) => ["PATCH", `${n.configMaps}/a`, [{ op: "remove", path: "/nope" }], jsonPatch],
    code: 422,
    reason: "Invalid",
    message: /^the server rejected our request due to an error in our request$/,
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
    title: "a resource that nobody serves",
    request: (n) => ["GET", `${n.core}/gadgets`],
    code: 404,
    reason: "NotFound",
    message: /the server could not find the requested resource/,
  },
  {
    title: "a body that is no JSON",
    request: (n) => ["POST", n.configMaps, "{no"],
    code: 400,
    reason: "BadRequest",
    message: /./,
  },
  {
    title: "a body of a type that nobody knows",
    request: (n) => ["POST", n.configMaps, "x", "text/csv"],
    code: 415,
    reason: "UnsupportedMediaType",
    message:
      /^the body of the request was in an unknown format - accepted media types include: application\/json, application\/yaml, /,
  },
  {
    title: "a dry run of something",
    request: (n) => ["POST", `${n.configMaps}?dryRun=Some`, configMap("x")],
    code: 422,
    reason: "Invalid",
    message:
      /^CreateOptions\.meta\.k8s\.io "" is invalid: dryRun: Unsupported value: \["Some"\]: supported values: "All"$/,
    causes: ["FieldValueNotSupported dryRun"],
  },
  {
    title: "a validation that is none",
    request: (n) => ["PATCH", `${n.configMaps}/a?fieldValidation=Never`, {}, merge],
    code: 422,
    reason: "Invalid",
    message:
      /^PatchOptions\.meta\.k8s\.io "" is invalid: fieldValidation: Unsupported value: "Never": supported values: "", "Ignore", "Strict", "Warn"$/,
  },
  {
    title: "a list of a version that is no number",
    request: (n) => ["GET", `${n.configMaps}?resourceVersion=abc`],
    code: 400,
    reason: "BadRequest",
    message: /^invalid resource version: resourceVersion: Invalid value: "abc": /,
  },
  {
    title: "a match of no version",
    request: (n) => ["GET", `${n.configMaps}?resourceVersionMatch=Exact`],
    code: 422,
    reason: "Invalid",
    message:
      /^ListOptions\.meta\.k8s\.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided$/,
  },
  {
    title: "an exact match of version 0",
    request: (n) => ["GET", `${n.configMaps}?resourceVersion=0&resourceVersionMatch=Exact`],
    code: 422,
    reason: "Invalid",
    message: /resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"$/,
  },
  {
    title: "a match in a way that is none",
    request: (n) => ["GET", `${n.configMaps}?resourceVersion=1&resourceVersionMatch=Nope`],
    code: 422,
    reason: "Invalid",
    message: /resourceVersionMatch: Unsupported value: "Nope": supported values: "Exact", "NotOlderThan", ""$/,
  },
  {
    title: "an update of what is not there",
    request: (n) => ["PUT", `${n.configMaps}/nope`, configMap("nope")],
    code: 404,
    reason: "NotFound",
    message: /^configmaps "nope" not found$/,
  },
  {
    title: "a patch of what is not there",
    request: (n) => ["PATCH", `${n.configMaps}/nope`, [{ op: "add", path: "/data", value: {} }], jsonPatch],
    code: 404,
    reason: "NotFound",
    message: /^configmaps "nope" not found$/,
  },
  {
    title: "a patch of a status that the kind does not have",
    request: (n) => ["PATCH", `${n.configMaps}/a/status`, {}, merge],
    code: 404,
    reason: "NotFound",
    message: /^the server could not find the requested resource$/,
  },
  {
    title: "an update under another name",
    request: (n) => ["PUT", `${n.configMaps}/a`, configMap("b")],
    code: 400,
    reason: "BadRequest",
    message: /^the name of the object \(b\) does not match the name on the URL \(a\)$/,
  },
]

layer(serverLayer(), { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", (row) => isRefused(row))
})
