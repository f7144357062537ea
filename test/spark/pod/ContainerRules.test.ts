import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, problems } from "../../support/SparkFixture.ts"

const port = (name: string, protocol = "TCP") => ({ ports: [{ name, protocol, containerPort: 8090 }] })
const mount = (mount: object) => ({ volumeMounts: [{ name: "data", mountPath: "/data", ...mount }] })

describe("the rules of Kubernetes for pods", () => {
  it.each([
    [
      "a port with a long name",
      port("prometheus-metrics"),
      /^spec.R.ports: "prometheus-metrics" is not a valid name of a port/,
    ],
    ["a port with a name of digits", port("8090"), /^spec.R.ports: "8090" is not a valid name of a port/],
    [
      "a port of another protocol",
      port("a", "HTTP"),
      /^spec.R.ports: "HTTP" is not a protocol of ports; use one of TCP/,
    ],
    ["a variable without a name", { env: [{ name: "", value: "1" }] }, /^spec.R.env: "" is not the name/],
    [
      "a variable with two values",
      { env: [{ name: "A", value: "1", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }] },
      /^spec.R.env: A has a value and a valueFrom/,
    ],
    [
      "a mount path with a colon",
      mount({ mountPath: "/a:/b" }),
      /^spec.R.volumeMounts: "\/a:\/b" cannot be the mount path of data/,
    ],
    [
      "two sub-paths",
      mount({ subPath: "a", subPathExpr: "$(A)" }),
      /^spec.R.volumeMounts: data has both subPath and subPathExpr/,
    ],
    ["a sidecar without an image", { sidecars: [{ name: "log" }] }, /^spec.R: the container "log" needs an image/],
    [
      "an init container without an image",
      { initContainers: [{ name: "wait" }] },
      /^spec.R: the container "wait" needs/,
    ],
    [
      "an annotation in a template that is not legal",
      { template: { metadata: { annotations: { "a b": "" } } } },
      /^spec.R.template.metadata.annotations\["a b"\]: "a b" is not a legal annotation key/,
    ],
  ] as const)(
    "%s is rejected for the driver and for executors, which are not checked elsewhere",
    (_, fields, expected) => {
      for (const role of ["driver", "executor"]) {
        const changes = { volumes: [{ name: "data", emptyDir: {} }], [role]: fields } as Changes
        const found = problems(application(changes)).map(({ field, message }) => `${field}: ${message}`)
        assert.lengthOf(found, 1, found.join("\n"))
        assert.match((found[0] ?? "").replaceAll(`spec.${role}`, "spec.R"), expected)
      }
    },
  )

  it("a volume has one source", () => {
    const volumes = [{ name: "data", emptyDir: {}, configMap: { name: "x" } }]
    const found = problems(application({ volumes, driver: mount({}), executor: mount({}) }))
    assert.deepStrictEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      ["spec.volumes: the volume data has several sources (emptyDir, configMap); keep one"],
    )
  })
})
