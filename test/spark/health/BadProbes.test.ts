/** Mistakes about probes, each reported with its field and what would be right. */

import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, problems } from "../../support/SparkFixture.ts"

const complaints = (changes: Changes) =>
  problems(application(changes)).map(({ field, message }) => `${field}: ${message}`)

const driver = (kind: string, probe: unknown): Changes => ({
  driver: { template: { spec: { containers: [{ name: "spark-kubernetes-driver", [kind]: probe }] } } },
})
const executor = (kind: string, probe: unknown): Changes => ({
  executor: { template: { spec: { containers: [{ name: "spark-kubernetes-executor", [kind]: probe }] } } },
})
const checks = (healthChecks: object, more: Changes = {}): Changes => ({ healthChecks, ...more })
const liveness = (probe: object, more: Changes = {}) => checks({ driver: { liveness: probe } }, more)

const inTemplate = "^spec.driver.template.spec.containers\\[0\\].livenessProbe"
const at = (path: string, message: string) => new RegExp(`${path}: ${message}`)

describe("bad probes", () => {
  it.each([
    [
      "a preset that does not exist",
      checks({ preset: "bath" }),
      at(
        "^spec.healthChecks.preset",
        'expected one of batch, streaming, connect, interactive, "policy-minimal", got "bath"',
      ),
    ],
    [
      "a preset of a role that does not exist",
      checks({ executor: { preset: "none" } }),
      at("^spec.healthChecks.executor.preset", "expected one of batch"),
    ],
    [
      "a target that does not exist",
      liveness({ target: "jvm" }),
      at(
        "^spec.healthChecks.driver.liveness.target",
        "expected one of rpc, blockManager, ui, metrics, connect, application",
      ),
    ],
    [
      "a probe with two handlers",
      liveness({ tcpSocket: { port: 1 }, exec: { command: ["true"] } }),
      at("^spec.healthChecks.driver.liveness(.target)?", ".*keep one of"),
    ],
    [
      "a probe with two handlers in a template",
      driver("livenessProbe", { tcpSocket: { port: 1 }, httpGet: { port: 2 } }),
      at(inTemplate, "has several handlers \\(httpGet, tcpSocket\\).*keep one"),
    ],
    [
      "a probe without a handler in a template",
      driver("livenessProbe", { periodSeconds: 3 }),
      at(inTemplate, "has no handler; add one of"),
    ],
    ["a probe that is none", driver("livenessProbe", "tcp"), at(inTemplate, "must be an object")],
    [
      "a negative period",
      liveness({ periodSeconds: -5 }),
      at("^spec.healthChecks.driver.liveness.periodSeconds", "-5 is not a whole number of at least 1"),
    ],
    [
      "a period of nothing",
      checks({ executor: { readiness: { periodSeconds: 0 } } }),
      at("^spec.healthChecks.executor.readiness.periodSeconds", "0 is not a whole number of at least 1"),
    ],
    [
      "a negative period in a template",
      executor("livenessProbe", { periodSeconds: -1, tcpSocket: { port: 7079 } }),
      at(
        "^spec.executor.template.spec.containers\\[0\\].livenessProbe.periodSeconds",
        "-1 is not a whole number of at least 1",
      ),
    ],
    [
      "a negative delay in a sidecar",
      {
        executor: {
          sidecars: [{ name: "s", image: "s", startupProbe: { initialDelaySeconds: -1, exec: { command: ["true"] } } }],
        },
      },
      at("^spec.executor.sidecars\\[0\\].startupProbe.initialDelaySeconds", "-1 is not a whole number of at least 0"),
    ],
    [
      "a port name that no container has",
      liveness({ httpGet: { port: "web" } }),
      at(
        "^spec.healthChecks.driver.liveness.httpGet.port",
        'the container has no port named "web"; use a number or one of .*spark-ui',
      ),
    ],
    [
      "a port name that only the driver has, on executors",
      executor("readinessProbe", { httpGet: { port: "spark-ui" } }),
      /readinessProbe.httpGet.port: the container has no port named "spark-ui"; it has no named ports; use a number/,
    ],
    [
      "a port name of another container",
      {
        driver: {
          sidecars: [{ name: "s", image: "s", livenessProbe: { tcpSocket: { port: "spark-ui" } } }],
        },
      },
      /^spec.driver.sidecars\[0\].livenessProbe.tcpSocket.port: the container has no port named "spark-ui"/,
    ],
    [
      "an unknown name of the application's port",
      checks({ preset: "interactive", driver: { port: "web" } }),
      at("^spec.healthChecks.driver.port", 'the container has no port named "web"'),
    ],
    [
      "a port out of range",
      liveness({ tcpSocket: { port: 70000 } }),
      /tcpSocket.port: 70000 is not a port; use a number from 1 to 65535/,
    ],
    [
      "gRPC on the UI's TLS port",
      liveness({ grpc: { port: 4440 } }, { sparkConf: { "spark.ssl.ui.enabled": "true" } }),
      at("^spec.healthChecks.driver.liveness.grpc.port", "port 4440 speaks TLS.*use tcpSocket"),
    ],
    [
      "gRPC on a port named for TLS",
      {
        driver: {
          template: {
            spec: {
              containers: [
                {
                  name: "m",
                  ports: [{ name: "api-tls", containerPort: 8443 }],
                  livenessProbe: { grpc: { port: 8443 } },
                },
              ],
            },
          },
        },
      },
      /livenessProbe.grpc.port: port 8443 speaks TLS.*use tcpSocket/,
    ],
    [
      "gRPC by the name of a port",
      driver("livenessProbe", { grpc: { port: "spark-ui" } }),
      /grpc.port: "spark-ui" is a name, but gRPC probes take only the number/,
    ],
    [
      "gRPC at a Connect server without the health service",
      checks({ preset: "connect", driver: { readiness: { grpc: { port: 15002 } } } }),
      /readiness.grpc.port: this version of Spark Connect has no gRPC health service.*use tcpSocket/,
    ],
    [
      "several successes for liveness",
      driver("livenessProbe", { successThreshold: 2, tcpSocket: { port: 7078 } }),
      at(`${inTemplate}.successThreshold`, "one success is enough"),
    ],
    [
      "an end by a readiness probe",
      checks({ driver: { readiness: { terminationGracePeriodSeconds: 5 } } }),
      /readiness.terminationGracePeriodSeconds: must not be set: a readiness probe never ends a container; remove it/,
    ],
    [
      "a command that is none",
      driver("livenessProbe", { exec: { command: [] } }),
      at(`${inTemplate}.exec.command`, "is empty; write the command"),
    ],
    [
      "a scheme that is none",
      driver("livenessProbe", { httpGet: { port: 1, scheme: "https" } }),
      at(`${inTemplate}.httpGet.scheme`, '"https" is not a scheme; use HTTP or HTTPS'),
    ],
    [
      "a target that executors do not have",
      checks({ executor: { liveness: { target: "rpc" } } }),
      /executor.liveness.target: executors do not listen on an RPC port; use the target blockManager/,
    ],
    [
      "interactive work on an unknown port",
      checks({ preset: "interactive" }),
      /^spec.healthChecks.driver.port: the port of the application is not known/,
    ],
  ])("%s", (_, changes, expected) => {
    const found = complaints(changes)
    assert.match(found.join("\n"), expected)
  })

  it("are reported all at once", () => {
    const found = complaints({
      ...driver("livenessProbe", { periodSeconds: -1, tcpSocket: { port: "nowhere" } }),
      ...executor("readinessProbe", {}),
      healthChecks: { executor: { liveness: { target: "ui" } } },
    })
    assert.lengthOf(found, 4)
  })
})
