/** Every preset, for both roles and every version of Spark: what it renders, and that the API server takes it. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Container, Probe } from "kubernetes-types/core/v1"
import { HealthPreset } from "../../../src/api/application/HealthChecks.ts"
import { pods } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"
import { profiles } from "../../../src/spark/SparkProfile.ts"
import { application, submit } from "../../support/SparkFixture.ts"

const of = (preset: string, more: object = {}) =>
  submit(application({ healthChecks: { preset, driver: { port: 8888 } }, ...more }))

const told = (probe: Probe | undefined): string => {
  if (probe === undefined) return "-"
  const { httpGet, tcpSocket, grpc, periodSeconds, failureThreshold, timeoutSeconds } = probe
  const look = httpGet
    ? `${httpGet.scheme} ${httpGet.port}${httpGet.path}`
    : `${grpc ? "gRPC" : "TCP"} ${tcpSocket?.port ?? grpc?.port}`
  return `${look}, ${periodSeconds} s × ${failureThreshold}, timeout ${timeoutSeconds} s`
}

const row = ({ startupProbe, readinessProbe, livenessProbe }: Container) =>
  [startupProbe, readinessProbe, livenessProbe].map(told)

const none = ["-", "-", "-"]
const rpc = "TCP 7078, 5 s × 120, timeout 5 s"
const cheap = "HTTP 4040/metrics/json/, 30 s × 10, timeout 15 s"

const expected: Readonly<
  Record<HealthPreset, readonly [driver: ReadonlyArray<string>, executor: ReadonlyArray<string>]>
> = {
  batch: [[rpc, "-", "-"], none],
  streaming: [
    [rpc, "HTTP 4040/api/v1/version, 10 s × 6, timeout 10 s", cheap],
    ["TCP 7079, 5 s × 120, timeout 5 s", "TCP 7079, 10 s × 6, timeout 10 s", "-"],
  ],
  connect: [["TCP 15002, 10 s × 30, timeout 5 s", "TCP 15002, 10 s × 3, timeout 10 s", cheap], none],
  interactive: [["TCP 8888, 5 s × 120, timeout 5 s", "TCP 8888, 10 s × 3, timeout 10 s", cheap], none],
  "policy-minimal": [
    ["TCP 7078, 10 s × 180, timeout 10 s", "TCP 7078, 30 s × 10, timeout 30 s", "TCP 7078, 60 s × 60, timeout 30 s"],
    ["TCP 7079, 10 s × 180, timeout 10 s", "TCP 7079, 30 s × 10, timeout 30 s", "TCP 7079, 60 s × 60, timeout 30 s"],
  ],
}

describe("presets", () => {
  for (const preset of HealthPreset.literals) {
    for (const { minor } of profiles) {
      it.effect(`${preset} of Spark ${minor}`, () =>
        Effect.gen(function* () {
          const { pod, container, executorTemplate, properties } = of(preset, { sparkVersion: `${minor}.0` })
          const [executor] = executorTemplate.spec?.containers ?? []
          const [driverRow, executorRow] = expected[preset]
          assert.deepStrictEqual(row(container), driverRow)
          assert.deepStrictEqual(row(executor ?? assert.fail()), executorRow)
          assert.strictEqual(properties.get("spark.port.maxRetries"), "0")
          assert.strictEqual(
            properties.get("spark.blockManager.port"),
            executorRow.some((told) => told !== "-") ? "7079" : undefined,
          )
          const kube = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
          const made = yield* kube.create(pods, "default", pod)
          assert.deepStrictEqual(row(made.spec?.containers.at(-1) ?? assert.fail()), driverRow)
          // The driver gives executors their image and name.
          yield* kube.create(pods, "default", {
            ...executorTemplate,
            metadata: { name: "exec-1" },
            spec: { ...executorTemplate.spec, containers: [{ ...executor!, image: "spark" }] },
          })
        }),
      )
    }
  }

  it("leave a longer grace period where work may be in progress", () => {
    assert.strictEqual(of("streaming").pod.spec?.terminationGracePeriodSeconds, 120)
    assert.strictEqual(of("connect").pod.spec?.terminationGracePeriodSeconds, 60)
    assert.isUndefined(of("batch").pod.spec?.terminationGracePeriodSeconds)
    assert.strictEqual(
      of("streaming", { driver: { terminationGracePeriodSeconds: 5 } }).pod.spec?.terminationGracePeriodSeconds,
      5,
    )
  })

  it("change nothing if they are not used", () => {
    const { pod, executorTemplate, properties } = submit(application())
    assert.notMatch(JSON.stringify([pod, executorTemplate]), /Probe|terminationGrace/)
    assert.isFalse(properties.has("spark.port.maxRetries"))
  })

  it("also apply to spark-submit in a Job", () => {
    const byJob = submit(application({ healthChecks: { preset: "batch" }, submission: { submitter: "job" } }))
    assert.deepStrictEqual(row(byJob.container), expected.batch[0])
  })
})
