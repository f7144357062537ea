/** Names, labels, annotations, finalizers, owners and sizes beyond what Kubernetes takes. */

import { layer } from "@effect/vitest"
import { isRefused, type Row } from "../support/Refusal.ts"
import { serverLayer } from "../support/Server.ts"
import { configMap } from "../support/WidgetCluster.ts"

const owner = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", name, uid: name, controller: true })

const rows: ReadonlyArray<Row> = [
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
    title: "a name that is too long",
    request: (n) => ["POST", n.configMaps, configMap("x".repeat(254))],
    code: 422,
    reason: "Invalid",
    message: /metadata\.name: Invalid value: "x+": must be no more than 253 /,
    causes: ["FieldValueInvalid metadata.name"],
  },
  {
    title: "a label that is too long",
    request: (n) => ["POST", n.configMaps, configMap("x", { labels: { a: "x".repeat(64) } })],
    code: 422,
    reason: "Invalid",
    message: /metadata\.labels: Invalid value: "x{64}": must be no more than 63 /,
  },
  {
    title: "a label whose key is too long",
    request: (n) => ["POST", n.configMaps, configMap("x", { labels: { ["x".repeat(64)]: "a" } })],
    code: 422,
    reason: "Invalid",
    message: /metadata\.labels: Invalid value: "x{64}": name part must be no more than 63 /,
  },
  {
    title: "a label that is a number",
    request: (n) => ["POST", n.configMaps, { metadata: { name: "x", labels: { a: 1 } } }],
    code: 400,
    reason: "BadRequest",
    message: /json: cannot unmarshal number into Go struct field .*metadata\.labels.* of type string/,
  },
  {
    title: "annotations of more than 256 KiB in all",
    request: (n) => ["POST", n.configMaps, configMap("x", { annotations: { a: "x".repeat(262_145) } })],
    code: 422,
    reason: "Invalid",
    message: /metadata\.annotations: Too long: may not be more than 262144 bytes/,
    causes: ["FieldValueTooLong metadata.annotations"],
  },
  {
    title: "an annotation whose key is none",
    request: (n) => ["POST", n.configMaps, configMap("x", { annotations: { "a b": "1" } })],
    code: 422,
    reason: "Invalid",
    message: /metadata\.annotations: Invalid value: "a b": name part must consist of alphanumeric characters/,
  },
  {
    title: "a finalizer without a domain",
    request: (n) => ["POST", n.configMaps, configMap("x", { finalizers: ["hold"] })],
    code: 422,
    reason: "Invalid",
    message:
      /metadata\.finalizers\[0\]: Invalid value: "hold": name is neither a standard finalizer name nor is it fully qualified/,
  },
  {
    title: "two owners that both control",
    request: (n) => ["POST", n.configMaps, configMap("x", { ownerReferences: [owner("a"), owner("b")] })],
    code: 422,
    reason: "Invalid",
    message:
      /metadata\.ownerReferences: Invalid value: .*: Only one reference can have Controller set to true\. Found "true" in references for ConfigMap\/a and ConfigMap\/b/,
  },
  {
    title: "an owner without name and uid",
    request: (n) => ["POST", n.configMaps, configMap("x", { ownerReferences: [{ ...owner(""), uid: "" }] })],
    code: 422,
    reason: "Invalid",
    message:
      /metadata\.ownerReferences\.name: Invalid value: "": must not be empty, metadata\.ownerReferences\.uid: Invalid value: "": must not be empty/,
    causes: ["FieldValueInvalid metadata.ownerReferences.name", "FieldValueInvalid metadata.ownerReferences.uid"],
  },
]

layer(serverLayer(), { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", (row) => isRefused(row))
})
