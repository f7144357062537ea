/** What users write about probes, hooks and ports in templates and sidecars arrives as it was written. */

import { assert, describe, it } from "@effect/vitest"
import type { Container, Pod } from "kubernetes-types/core/v1"
import { application, problems, submit } from "../../support/SparkFixture.ts"

/** The probes that many organisations have in their templates: the UI over HTTP, and applications by a command. */
const wellKnown = {
  livenessProbe: {
    httpGet: { path: "/", port: 4040, scheme: "HTTP" },
    initialDelaySeconds: 30,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  readinessProbe: {
    exec: { command: ["/bin/sh", "-c", "curl -sf http://localhost:4040/api/v1/applications"] },
    initialDelaySeconds: 30,
    periodSeconds: 10,
  },
}

const everything = {
  startupProbe: { tcpSocket: { port: 7078 }, periodSeconds: 5, failureThreshold: 120 },
  livenessProbe: {
    httpGet: { path: "/live", port: "own", httpHeaders: [{ name: "X-Probe", value: "1" }] },
    terminationGracePeriodSeconds: 10,
  },
  readinessProbe: { grpc: { port: 9000, service: "ready" }, successThreshold: 2 },
  lifecycle: {
    postStart: { exec: { command: ["/bin/true"] } },
    preStop: { httpGet: { path: "/drain", port: 9000 } },
  },
  ports: [
    { name: "own", containerPort: 9000, protocol: "TCP" },
    { name: "udp", containerPort: 9001, protocol: "UDP", hostPort: 19001 },
  ],
}

const template = (name: string, main: object, side: object) => ({
  spec: {
    containers: [
      { name: "side", image: "side", ...side },
      { name, ...main },
    ],
  },
})

const container = (pod: Pod, name: string): Container =>
  pod.spec?.containers.find((container) => container.name === name) ?? assert.fail(name)

const written = (container: Container, like: object): object =>
  Object.fromEntries(Object.keys(like).map((key) => [key, container[key as keyof Container]]))

/** Byte for byte: the same keys in the same order. */
const assertSame = (actual: object, expected: object) =>
  assert.strictEqual(JSON.stringify(actual), JSON.stringify(expected))

describe("templates", () => {
  for (const version of ["3.3.2", "3.5.9", "4.0.4", "4.1.4", "4.3.0"]) {
    it(`pass the well-known probes to the driver of Spark ${version}`, () => {
      const { container } = submit(
        application({
          sparkVersion: version,
          driver: { template: { spec: { containers: [{ name: "spark-kubernetes-driver", ...wellKnown }] } } },
        }),
      )
      assertSame(written(container, wellKnown), wellKnown)
      assert.isUndefined(container.startupProbe)
    })
  }

  it("pass every kind of probe, hook and port to the driver and its sidecars", () => {
    const { pod, container: main } = submit(
      application({ driver: { template: template("spark-kubernetes-driver", everything, everything) } }),
    )
    assertSame(written(container(pod, "side"), everything), everything)
    const { ports, ...rest } = everything
    assertSame(written(main, rest), rest)
    assertSame(main.ports?.slice(0, ports.length) ?? [], ports)
  })

  it("pass the same to executors by their template", () => {
    const { executorTemplate } = submit(
      application({ executor: { template: template("spark-kubernetes-executor", everything, everything) } }),
    )
    for (const name of ["side", "spark-kubernetes-executor"]) {
      assertSame(written(container(executorTemplate, name), everything), everything)
    }
  })

  it("take precedence over a preset, probe by probe", () => {
    const { container } = submit(
      application({
        healthChecks: { preset: "streaming" },
        driver: { template: { spec: { containers: [{ name: "spark-kubernetes-driver", ...wellKnown }] } } },
      }),
    )
    assertSame(written(container, wellKnown), wellKnown)
    assert.deepStrictEqual(container.startupProbe?.tcpSocket, { port: 7078 })
  })
})

describe("fields", () => {
  it("add sidecars with their probes, hooks and ports to both roles", () => {
    const sidecar = { name: "side", image: "side", ...everything }
    const { pod, executorTemplate } = submit(
      application({ driver: { sidecars: [sidecar] }, executor: { sidecars: [sidecar] } }),
    )
    assertSame(container(pod, "side"), sidecar)
    assertSame(container(executorTemplate, "side"), sidecar)
  })

  it("add native sidecars with their probes", () => {
    const { ports: _ports, lifecycle: _lifecycle, ...probes } = everything
    const init = { name: "proxy", image: "proxy", restartPolicy: "Always", ports: everything.ports, ...probes }
    const { pod } = submit(application({ driver: { initContainers: [init] } }))
    assertSame(pod.spec?.initContainers ?? [], [init])
    assert.match(
      problems(application({ driver: { initContainers: [{ ...init, restartPolicy: undefined }] } }))[0]?.message ?? "",
      /init containers have no probes/,
    )
  })

  it("give executors of Spark 4.1 their grace period, which Spark sets over the template", () => {
    const of = (sparkVersion: string, sparkConf = {}) =>
      submit(application({ sparkVersion, sparkConf, executor: { terminationGracePeriodSeconds: 75 } }))
    const key = "spark.kubernetes.executor.terminationGracePeriodSeconds"
    assert.strictEqual(of("4.1.0").properties.get(key), "75s")
    assert.isUndefined(of("4.0.4").properties.get(key))
    assert.strictEqual(of("4.0.4").executorTemplate.spec?.terminationGracePeriodSeconds, 75)
    assert.strictEqual(of("4.1.0", { [key]: "5s" }).properties.get(key), "5s")
  })
})
