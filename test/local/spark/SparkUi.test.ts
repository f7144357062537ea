/** The REST API of a local driver's Spark UI, over HTTP as any client of the API server has it. */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as ApiServer from "../../../src/local/apiserver/http/ApiServer.ts"
import { podBackend } from "../../../src/local/spark/SparkPods.ts"
import { progressOf, progressText } from "../../../src/spark/monitoring/DriverProgress.ts"

const pods = "/api/v1/namespaces/default/pods"

const driver = (port: number, annotations: Record<string, string> = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "driver", labels: { "spark-role": "driver", "spark-app-selector": "spark-1" }, annotations },
  spec: {
    containers: [
      { name: "spark-kubernetes-driver", image: "spark", ports: [{ name: "spark-ui", containerPort: port }] },
    ],
  },
})

const server = Effect.fnUntraced(function* (pod: object, startedAt: string) {
  const { url } = yield* ApiServer.start({ seed: 7, podBackend })
  const request = (method: string, path: string, body?: object) =>
    Effect.promise(async () => {
      const headers = { "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json" }
      const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      return { status: response.status, json: JSON.parse(await response.text()) }
    })
  yield* request("POST", pods, pod)
  const run = request("PATCH", `${pods}/driver/status`, {
    status: { phase: "Running", containerStatuses: [{ name: "x", state: { running: { startedAt } } }] },
  })
  const ui = (path: string, target = "driver:4040") => request("GET", `${pods}/${target}/proxy/api/v1${path}`)
  return { run, ui }
})

describe("the Spark UI of a local driver", () => {
  it.effect("answers at its port while it runs, for its own application", () =>
    Effect.gen(function* () {
      const { run, ui } = yield* server(driver(4040), "1970-01-01T00:00:00Z")
      assert.strictEqual((yield* ui("/applications")).status, 503, "it does not run yet")
      yield* run
      assert.deepStrictEqual((yield* ui("/applications")).json, [{ id: "spark-1", name: "driver", attempts: [] }])
      const [known] = (yield* ui("/applications/spark-1/allexecutors")).json as unknown as ReadonlyArray<object>
      assert.deepInclude(known, { id: "driver", isActive: true })
      assert.strictEqual((yield* ui("/applications", "driver:4050")).status, 503)
      assert.strictEqual((yield* ui("/applications", "nobody:4040")).status, 404)
      assert.strictEqual((yield* ui("/applications/spark-2/jobs")).status, 404)
      assert.strictEqual((yield* ui("/applications/spark-1/environment")).status, 404)
    }),
  )

  it.effect("shows the progress of the driver's script", () =>
    Effect.gen(function* () {
      const { run, ui } = yield* server(driver(4050, { "local.firesteel.dev/progress": "42%" }), "1970-01-01T00:00:00Z")
      yield* run
      const jobs = (yield* ui("/applications/spark-1/jobs", "driver:4050")).json
      assert.strictEqual(progressText(progressOf(jobs, [])), "42%")
    }),
  )

  it.effect("has a micro-batch every two seconds where the driver runs without end", () =>
    Effect.gen(function* () {
      const { run, ui } = yield* server(driver(4040), "1970-01-01T00:00:00Z")
      yield* run
      yield* TestClock.setTime(35_500)
      const { batch } = progressOf((yield* ui("/applications/spark-1/jobs")).json, [])
      assert.deepStrictEqual(batch, { id: 17, at: 34_000 })
    }),
  )
})
