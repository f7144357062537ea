/** What the API server refuses of the containers and volumes of pods, wherever they are. */

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { isRefused, type Row } from "../support/Refusal.ts"
import { makeNamespace, type Namespace, serverLayer } from "../support/Server.ts"
import { pod } from "../support/WidgetCluster.ts"

type Part = "containers" | "initContainers"

/** A pod with such a container in a part of its spec. */
const withContainer = (given: object, part: Part, more: object = {}) => ({
  metadata: { name: "x" },
  spec: {
    schedulerName: "nobody",
    containers: [{ name: "main", image: "b" }],
    [part]: [{ name: part === "containers" ? "main" : "init", image: "b", ...given }],
    ...more,
  },
})

const jobs = (n: Namespace) => `/apis/batch/v1/namespaces/${n.name}/jobs`
const volumes = [{ name: "v", emptyDir: {} }]
const mount = (fields: object) => ({ name: "v", mountPath: "/a", ...fields })

/** Faults of a container, with the message about the field below it. */
const faults: ReadonlyArray<readonly [title: string, fields: object, message: string]> = [
  [
    "two mounts at one path",
    { volumeMounts: [mount({}), mount({ subPath: "s" })] },
    String.raw`volumeMounts\[1\]\.mountPath: Invalid value: "/a": must be unique`,
  ],
  [
    "a mount with a subPath and a subPathExpr",
    { volumeMounts: [mount({ subPath: "s", subPathExpr: "$(X)" })] },
    String.raw`volumeMounts\[0\]\.subPathExpr: Invalid value: "\$\(X\)": subPathExpr and subPath are mutually exclusive`,
  ],
  [
    "a mount of a path outside its volume",
    { volumeMounts: [mount({ subPath: "../s" })] },
    String.raw`volumeMounts\.subPath: Invalid value: "\.\./s": must not contain '\.\.'`,
  ],
  [
    "a mount that others shall see",
    { volumeMounts: [mount({ mountPropagation: "Bidirectional" })] },
    String.raw`volumeMounts\.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
  ],
  [
    "a request above its limit",
    { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } },
    String.raw`resources\.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
  ],
  [
    "a request of memory above its limit, in other units",
    { resources: { requests: { memory: "2Gi" }, limits: { memory: "1500Mi" } } },
    String.raw`resources\.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1500Mi`,
  ],
  [
    "a device without a limit",
    { resources: { requests: { "nvidia.com/gpu": "1" } } },
    String.raw`resources\.limits: Required value: Limit must be set for non overcommitable resources`,
  ],
  [
    "fewer devices than the limit",
    { resources: { requests: { "nvidia.com/gpu": "1" }, limits: { "nvidia.com/gpu": "2" } } },
    String.raw`resources\.requests: Invalid value: "1": must be equal to nvidia\.com/gpu limit of 2`,
  ],
  [
    "a negative request",
    { resources: { requests: { cpu: "-1" } } },
    String.raw`resources\.requests\[cpu\]: Invalid value: "-1": must be greater than or equal to 0`,
  ],
  [
    "two ports of one name",
    {
      ports: [
        { name: "a", containerPort: 1 },
        { name: "a", containerPort: 2 },
      ],
    },
    String.raw`ports\[1\]\.name: Duplicate value: "a"`,
  ],
  [
    "a port whose name is too long",
    { ports: [{ name: "a".repeat(16), containerPort: 1 }] },
    String.raw`ports\[0\]\.name: Invalid value: "a{16}": must be no more than 15 `,
  ],
  [
    "a port whose name has no letter",
    { ports: [{ name: "1", containerPort: 1 }] },
    String.raw`ports\[0\]\.name: Invalid value: "1": must contain at least one letter`,
  ],
  [
    "a port of an unknown protocol",
    { ports: [{ containerPort: 1, protocol: "HTTP" }] },
    String.raw`ports\[0\]\.protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"`,
  ],
]

const invalid = { code: 422, reason: "Invalid" } as const

const inPods = (part: Part) =>
  faults.map(([title, fields, message]): Row => ({
    title: `${title}, in ${part}`,
    request: (n) => ["POST", n.pods, withContainer(fields, part, { volumes })],
    ...invalid,
    message: new RegExp(String.raw`spec\.${part}\[0\]\.${message}`),
  }))

const inJobs = faults.map(([title, fields, message]): Row => ({
  title: `${title}, in the template of a Job`,
  request: (n) => [
    "POST",
    jobs(n),
    {
      metadata: { name: "j" },
      spec: {
        template: { spec: { ...withContainer(fields, "containers", { volumes }).spec, restartPolicy: "Never" } },
      },
    },
  ],
  ...invalid,
  message: new RegExp(String.raw`spec\.template\.spec\.containers\[0\]\.${message}`),
}))

/** A pod with these volumes. */
const withVolumes = (title: string, given: ReadonlyArray<object>, message: RegExp): Row => ({
  title,
  request: (n) => ["POST", n.pods, { metadata: { name: "x" }, spec: { ...pod("x").spec, volumes: given } }],
  ...invalid,
  message,
})

const others: ReadonlyArray<Row> = [
  {
    title: "an init container with a probe that does not keep running",
    request: (n) => ["POST", n.pods, withContainer({ livenessProbe: { exec: { command: ["x"] } } }, "initContainers")],
    ...invalid,
    message:
      /spec\.initContainers\[0\]\.livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always/,
  },
  {
    title: "an init container with the name of a container",
    request: (n) => ["POST", n.pods, withContainer({ name: "main" }, "initContainers")],
    ...invalid,
    message: /spec\.initContainers\[0\]\.name: Duplicate value: "main"/,
  },
  withVolumes("two volumes of one name", [volumes[0]!, volumes[0]!], /spec\.volumes\[1\]\.name: Duplicate value: "v"/),
  withVolumes(
    "a volume with two sources",
    [{ name: "v", emptyDir: {}, configMap: { name: "c" } }],
    /spec\.volumes\[0\]\.configMap: Forbidden: may not specify more than 1 volume type/,
  ),
  withVolumes(
    "a volume of a ConfigMap without a name",
    [{ name: "v", configMap: {} }],
    /spec\.volumes\[0\]\.configMap\.name: Required value/,
  ),
  withVolumes(
    "a volume of a claim without a name",
    [{ name: "v", persistentVolumeClaim: { claimName: "" } }],
    /spec\.volumes\[0\]\.persistentVolumeClaim\.claimName: Required value/,
  ),
  withVolumes(
    "a volume with an invalid mode",
    [{ name: "v", secret: { secretName: "s", defaultMode: 4096 } }],
    /spec\.volumes\[0\]\.secret\.defaultMode: Invalid value: 4096: must be a number between 0 and 0777 \(octal\), both inclusive/,
  ),
  withVolumes(
    "a volume of a directory of an unknown type",
    [{ name: "v", hostPath: { path: "/x", type: "Folder" } }],
    /spec\.volumes\[0\]\.hostPath\.type: Unsupported value: "Folder": supported values: "", "BlockDevice"/,
  ),
]

layer(serverLayer(), { excludeTestServices: true })("a pod that is refused:", (it) => {
  it.effect.each([...inPods("containers"), ...inPods("initContainers"), ...inJobs, ...others])("$title", (row) =>
    isRefused(row),
  )
})

layer(serverLayer(), { excludeTestServices: true })("a pod that is not refused", (it) => {
  it.effect("may look alike, and gets defaults for what it leaves out", () =>
    Effect.gen(function* () {
      const n = yield* makeNamespace
      const sidecar = {
        name: "sidecar",
        image: "b",
        restartPolicy: "Always",
        startupProbe: { tcpSocket: { port: 1 } },
        ports: [{ name: "a", containerPort: 1 }],
        volumeMounts: [mount({})],
      }
      const main = {
        ports: [
          { name: "a", containerPort: 1 },
          { name: "b", containerPort: 1, protocol: "UDP" },
        ],
        volumeMounts: [mount({}), mount({ mountPath: "/b", subPathExpr: "$(POD)" }), { name: "w", mountPath: "/w" }],
        resources: { requests: { memory: "1Gi" }, limits: { memory: "1024Mi", cpu: "1", "nvidia.com/gpu": "1" } },
      }
      const spec = { initContainers: [sidecar], volumes: [{ name: "v" }, { name: "w", hostPath: { path: "/w" } }] }
      const { spec: stored } = yield* n.ok("POST", n.pods, withContainer(main, "containers", spec))
      assert.deepStrictEqual(stored.containers[0].resources.requests, {
        memory: "1Gi",
        cpu: "1",
        "nvidia.com/gpu": "1",
      })
      assert.deepStrictEqual(
        stored.volumes.filter(({ name }: { readonly name: string }) => name === "v" || name === "w"),
        [
          { name: "v", emptyDir: {} },
          { name: "w", hostPath: { path: "/w", type: "" } },
        ],
      )
    }),
  )
})
