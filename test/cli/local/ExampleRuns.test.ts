import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { crds } from "../../../src/api/Crds.ts"
import type { ScheduledSparkApplication } from "../../../src/api/schedule/ScheduledSparkApplication.ts"
import { type Example, parseManifests } from "../../../src/cli/local/Examples.ts"
import { Kube } from "../../../src/kube/Kube.ts"
import { configMaps, type KubeObject, pods, type Resource, services } from "../../../src/kube/Resource.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import { runOf } from "../../../src/schedule/Run.ts"
import { build, defaultMaster } from "../../../src/spark/driver/Build.ts"
import { gone, onNode, pass, phase, see } from "../../support/KubeletBench.ts"
import { validate } from "../../support/SparkFixture.ts"

const uid = "00000000-0000-4000-8000-0000000000aa"
const folder = resolve(import.meta.dirname, "../../../examples")
const examples = readdirSync(folder).flatMap((file) =>
  Result.getOrThrow(parseManifests(file, readFileSync(join(folder, file), "utf8"))),
)

/** Applications, and the first run of each schedule. */
const applications = examples.flatMap((example): ReadonlyArray<Example> => {
  const { object, expectation } = example
  if (object.kind === "SparkApplication") return [example]
  if (object.kind !== "ScheduledSparkApplication") return []
  const schedule = { ...object, metadata: { ...object.metadata, uid } } as unknown as ScheduledSparkApplication
  const run = runOf(schedule, { name: `${object.metadata.name}-run` }) as unknown as Example["object"]
  return [{ ...example, object: run, expectation: { state: expectation.schedule as "COMPLETED" } }]
})
const secrets: Resource = { group: "", version: "v1", plural: "secrets", kind: "Secret" }

/** Creates what an attempt of the application consists of, and returns the name of its driver pod. */
const submit = Effect.fnUntraced(function* ({ object }: Example, attempt: number) {
  const kube = yield* Kube
  const valid = Result.getOrThrow(validate({ ...object, metadata: { ...object.metadata, uid } }))
  const submission = { submissionId: `00000000-0000-4000-8000-00000000000${attempt}`, submittedAt: 0, attempt }
  const objects = build(valid, submission, { master: defaultMaster })
  for (const configMap of objects.configMaps) yield* kube.create(configMaps, "default", configMap)
  yield* kube.create(services, "default", objects.service)
  yield* kube.create(pods, "default", objects.pod)
  return objects.pod.metadata?.name ?? ""
})

/** What the last attempt's driver pod has come to when the application is in its expected state. */
const expectedPhase = { COMPLETED: "Succeeded", FAILED: "Failed", RUNNING: "Running" } as const

describe("examples", () => {
  it.effect("the API server takes every manifest as it stands, without an unknown field", () =>
    Effect.gen(function* () {
      const cluster = yield* Cluster.make({ seed: 1 })
      const create = (object: object, apiVersion: string, kind: string) => {
        const served = cluster.kinds.ofObject(apiVersion, kind)
        assert.isDefined(served, `${apiVersion} ${kind}`)
        return served
          ? Effect.asVoid(cluster.create(served, "default", object, { fieldValidation: "Strict" }))
          : Effect.void
      }
      for (const crd of crds) yield* create(crd, crd.apiVersion, crd.kind)
      for (const { object } of examples) yield* create(object, object.apiVersion, object.kind)
    }),
  )

  for (const example of applications) {
    const { state, attempts = 1 } = example.expectation
    const name = example.object.metadata.name
    onNode(`${name} is valid, and its drivers end as it declares: ${state} after ${attempts}`, () =>
      Effect.gen(function* () {
        const kube = yield* Kube
        for (const [kind, resource] of Object.entries({ ConfigMap: configMaps, Secret: secrets })) {
          for (const { object } of examples.filter(({ object }) => object.kind === kind)) {
            yield* kube.create<KubeObject>(resource, "default", object)
          }
        }
        for (let attempt = 1; attempt < attempts; attempt++) {
          const driver = yield* submit(example, attempt)
          yield* pass(10)
          assert.strictEqual(yield* phase(driver), "Failed", `attempt ${attempt}`)
          yield* kube.delete(pods, "default", driver)
          yield* pass(1)
          assert.isTrue(yield* gone(driver))
        }
        const driver = yield* submit(example, attempts)
        yield* pass(10)
        const last = yield* see(driver)
        const waiting = last.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting?.reason
        assert.strictEqual(
          waiting === "ImagePullBackOff" ? "Failed" : last.status?.phase,
          expectedPhase[state as keyof typeof expectedPhase],
        )
      }),
    )
  }
})
