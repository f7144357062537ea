/** What users of custom resources are told of mistakes: by schemas, bounds, enums and CEL rules. */

import { layer } from "@effect/vitest"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { isRefused, type Row } from "../support/Refusal.ts"
import { jsonPatch, merge, strategic, serverLayer } from "../support/Server.ts"
import { widgetCrd } from "../support/WidgetCluster.ts"

/** There is the Widget `w` with spec.fixed. */
const rows: ReadonlyArray<Row> = [
  {
    title: "a custom resource against its schema: type, and enum",
    request: (n) => ["POST", n.widgets, n.widget("x", { size: "x", color: "pink" })],
    code: 422,
    reason: "Invalid",
    message:
      /(?=.*spec\.color: Unsupported value: "pink": supported values: "red", "blue")(?=.*spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string").*<nil>: Invalid value: null: some validation rules were not checked/,
  },
  {
    title: "a custom resource without what is required",
    request: (n) => ["POST", n.widgets, n.widget("x", {})],
    code: 422,
    reason: "Invalid",
    message:
      /^Widget\.contract-\w+\.example\.com "x" is invalid: \[spec\.size: Required value, <nil>: Invalid value: null: some validation rules/,
    causes: ["FieldValueRequired spec.size", "FieldValueInvalid <nil>"],
  },
  {
    title: "a custom resource beyond a bound",
    request: (n) => ["POST", n.widgets, n.widget("x", { size: 0 })],
    code: 422,
    reason: "Invalid",
    message: /spec\.size: Invalid value: 0: spec\.size in body should be greater than or equal to 1/,
  },
  {
    title: "a custom resource against a CEL rule, with the rule's message",
    request: (n) => ["POST", n.widgets, n.widget("x", { size: 7, color: "blue" })],
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
      n.widget("x", { size: 1, foo: 1, parts: [{ bar: 1 }] }),
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
    request: (n) => ["PUT", `${n.widgets}/w`, n.widget("w")],
    code: 422,
    reason: "Invalid",
    message: /metadata\.resourceVersion: Invalid value: .*: must be specified for an update/,
  },
  {
    title: "a SparkApplication of a type that Spark does not have",
    request: (n) => ["POST", n.sparkApplications, n.sparkApplication({ type: "Cobol" })],
    code: 422,
    reason: "Invalid",
    message: /spec\.type: Unsupported value: "Cobol": supported values: /,
  },
  {
    title: "a SparkApplication without its driver",
    request: (n) => ["POST", n.sparkApplications, n.sparkApplication({ driver: undefined })],
    code: 422,
    reason: "Invalid",
    message: /spec\.driver: Required value/,
  },
  {
    title: "a custom resource whose list is none",
    request: (n) => ["POST", n.widgets, n.widget("x", { size: 1, parts: {} })],
    code: 422,
    reason: "Invalid",
    message: /spec\.parts: Invalid value: "object": spec\.parts in body must be of type array: "object"/,
  },
  {
    title: "a patch that takes away what is required",
    request: (n) => ["PATCH", `${n.widgets}/w`, [{ op: "remove", path: "/spec/size" }], jsonPatch],
    code: 422,
    reason: "Invalid",
    message: /spec\.size: Required value/,
  },
  {
    title: "a status of a custom resource that is not there",
    request: (n) => ["PATCH", `${n.widgets}/nope/status`, { status: {} }, merge],
    code: 404,
    reason: "NotFound",
    message: /^widgets\.contract-\w+\.example\.com "nope" not found$/,
  },
]

layer(serverLayer(widgetCrd, sparkApplicationCrd), { excludeTestServices: true })(
  "a request that is refused:",
  (it) => {
    it.effect.each(rows)("$title", (row) =>
      isRefused(row, (n) => n.ok("POST", n.widgets, n.widget("w", { size: 1, fixed: "x" }))),
    )
  },
)
