/** What the API server refuses of pods, Services, Jobs and the other kinds that Firesteel makes. */

import { layer } from "@effect/vitest"
import { isRefused, type Row } from "../support/Refusal.ts"
import type { Namespace } from "../support/Server.ts"
import { strategic, serverLayer } from "../support/Server.ts"
import { pod } from "../support/WidgetCluster.ts"

const container = (fields: object) => ({
  metadata: { name: "x" },
  spec: { containers: [{ name: "a", image: "b", ...fields }] },
})

const jobs = (n: Namespace) => `/apis/batch/v1/namespaces/${n.name}/jobs`
const job = (spec: object) => ({ metadata: { name: "j" }, spec: { template: { spec: { ...pod("j").spec, ...spec } } } })

const rows: ReadonlyArray<Row> = [
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
    title: "a Service whose name is too long",
    request: (n) => ["POST", n.services, { metadata: { name: "x".repeat(64) }, spec: { ports: [{ port: 80 }] } }],
    code: 422,
    reason: "Invalid",
    message: /metadata\.name: Invalid value: "x{64}": must be no more than 63 /,
  },
  {
    title: "a namespace whose name is too long",
    request: () => ["POST", "/api/v1/namespaces", { metadata: { name: "x".repeat(64) } }],
    code: 422,
    reason: "Invalid",
    message: /metadata\.name: Invalid value: "x{64}": must be no more than 63 /,
  },
  {
    title: "an event about another namespace",
    request: (n) => [
      "POST",
      `${n.core}/events`,
      { metadata: { name: "e" }, involvedObject: { kind: "Pod", name: "p", namespace: "other" } },
    ],
    code: 422,
    reason: "Invalid",
    message: /involvedObject\.namespace: Invalid value: "other": does not match event\.namespace/,
  },
  {
    title: "a Secret whose data is not base64",
    request: (n) => ["POST", `${n.core}/secrets`, { metadata: { name: "s" }, data: { a: "%%" } }],
    code: 400,
    reason: "BadRequest",
    message: /^Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0$/,
  },
  {
    title: "a Job whose pods would be restarted for ever",
    request: (n) => ["POST", jobs(n), job({ restartPolicy: undefined })],
    code: 422,
    reason: "Invalid",
    message:
      /^Job\.batch "j" is invalid: spec\.template\.spec\.restartPolicy: Required value: valid values: "OnFailure", "Never"$/,
  },
  {
    title: "a Lease that lasts no time",
    request: (n) => [
      "POST",
      `/apis/coordination.k8s.io/v1/namespaces/${n.name}/leases`,
      { metadata: { name: "l" }, spec: { holderIdentity: "a", leaseDurationSeconds: 0 } },
    ],
    code: 422,
    reason: "Invalid",
    message: /spec\.leaseDurationSeconds: Invalid value: 0: must be greater than 0/,
  },
]

layer(serverLayer(), { excludeTestServices: true })("a request that is refused:", (it) => {
  it.effect.each(rows)("$title", (row) => isRefused(row))
})
