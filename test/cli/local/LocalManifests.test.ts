import { resolve } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, Stream, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { crds } from "../../../src/api/Crds.ts"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { parseManifests } from "../../../src/cli/local/Examples.ts"
import { applyManifests, createManifest, manifestsOf } from "../../../src/cli/local/LocalManifests.ts"
import { rowsOf, scheduleRowsOf, serverRowsOf, verdictsOf, watchPicture } from "../../../src/cli/local/Picture.ts"
import { Kube } from "../../../src/kube/Kube.ts"
import * as Cluster from "../../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../../src/local/apiserver/EmbeddedKube.ts"

const examples = resolve(import.meta.dirname, "../../../examples")

const newCluster = Effect.gen(function* () {
  const cluster = yield* Cluster.make({ seed: 1 })
  for (const crd of crds) yield* createManifest(cluster, crd)
  return cluster
})

const manifests = (text: string) => Result.getOrThrow(parseManifests("my.yaml", text))

const application = (name: string, more = "") => `
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: { name: ${name}, namespace: team }
spec:
  type: Scala
  sparkVersion: 4.0.1
  mainClass: org.example.Pi
  mainApplicationFile: local:///pi.jar
  driver: { cores: 1 }
  executor: { instances: 1 }
${more}`

describe("LocalManifests", () => {
  it.effect("creates what kubectl get -o yaml prints, and generates names", () =>
    Effect.gen(function* () {
      const got = `
apiVersion: v1
kind: List
items:
- ${application("a").trim().replaceAll("\n", "\n  ")}
  status: {}
- ${application("b").trim().replaceAll("\n", "\n  ").replace("name: b", 'generateName: b-, resourceVersion: "7", uid: u')}
`
      const examples = manifests(got)
      assert.deepStrictEqual(
        examples.map(({ object }) => object.metadata.name),
        ["a", ""],
      )
      const created = yield* applyManifests(yield* newCluster, examples)
      assert.match(created.map(({ object }) => object.metadata.name).join(), /^a,b-\w{5}$/)
    }),
  )

  it.effect("accepts every example of Firesteel", () =>
    Effect.gen(function* () {
      const all = yield* manifestsOf(examples)
      assert.isAbove(all.length, 5)
      yield* applyManifests(yield* newCluster, all)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("names the file or folder that cannot be read", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(manifestsOf("/nonexistent/folder"))
      assert.match(error.message, /^\/nonexistent\/folder: cannot be read/)
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("creates the namespaces that manifests name", () =>
    Effect.gen(function* () {
      const cluster = yield* newCluster
      yield* applyManifests(cluster, manifests(application("pi")))
      const kube = EmbeddedKube.make(cluster)
      assert.strictEqual((yield* kube.get(sparkApplications, "team", "pi")).metadata.name, "pi")
    }),
  )

  it.effect("reports all rejected manifests at once, each with its file and the reason", () =>
    Effect.gen(function* () {
      const text = `${application("one", "  drvier: {}")}\n---${application("two", "  restartPolicy: { type: Sometimes }")}\n---
{ apiVersion: batch/v1, kind: CronJob, metadata: { name: three } }`
      const error = yield* Effect.flip(applyManifests(yield* newCluster, manifests(text)))
      const lines = error.message.split("\n")
      assert.strictEqual(lines.length, 3)
      assert.match(lines[0]!, /^my\.yaml \(one\): .*unknown field "spec\.drvier"/)
      assert.match(lines[1]!, /^my\.yaml \(two\): .*spec\.restartPolicy\.type.*"Sometimes"/)
      assert.strictEqual(lines[2], "my.yaml (three): the embedded cluster does not serve CronJob of batch/v1")
    }),
  )
})

describe("LocalPicture", () => {
  it.effect(
    "follows schedules, Connect servers, and applications with the progress of their drivers, until they are gone",
    () =>
      Effect.gen(function* () {
        const cluster = yield* newCluster
        yield* Effect.gen(function* () {
          const kube = yield* Kube
          const picture = yield* watchPicture
          yield* applyManifests(cluster, manifests(application("pi")))
          const driver = manifests(`
apiVersion: v1
kind: Pod
metadata:
  name: pi-driver
  namespace: team
  labels: { spark-role: driver }
  annotations: { local.firesteel.dev/progress: 42% }
spec: { containers: [{ name: driver, image: spark }] }
---
apiVersion: sparkoperator.k8s.io/v1beta2
kind: ScheduledSparkApplication
metadata: { name: hourly, namespace: team }
spec:
  schedule: "@hourly"
  template: { type: Scala, mainClass: Pi, sparkVersion: 4.0.4, mainApplicationFile: "local:///pi.jar", driver: {}, executor: {} }
---
apiVersion: sparkoperator.k8s.io/v1alpha1
kind: SparkConnect
metadata: { name: notebooks, namespace: team }
spec: { sparkVersion: 4.3.0, image: "spark:4.3.0", server: {}, executor: {} }`)
          yield* applyManifests(cluster, driver)
          yield* kube.patch(sparkApplications, "team", "pi", {
            type: "merge",
            subresource: "status",
            body: { status: { applicationState: { state: "RUNNING" }, driverInfo: { podName: "pi-driver" } } },
          })
          yield* TestClock.adjust("1 second")
          const now = SubscriptionRef.getUnsafe(picture)
          assert.deepStrictEqual(
            rowsOf(now).map(({ key, state, progress }) => ({ key, state, progress })),
            [{ key: "team/pi", state: "RUNNING", progress: 42 }],
          )
          assert.deepStrictEqual(
            scheduleRowsOf(now).map(({ key, state, schedule }) => ({ key, state, schedule })),
            [{ key: "team/hourly", state: "NEW", schedule: "@hourly" }],
          )
          assert.deepStrictEqual(
            serverRowsOf(now).map(({ key, state }) => ({ key, state })),
            [{ key: "team/notebooks", state: "NEW" }],
          )
          const expectations = {
            applications: new Map([
              ["team/pi", { state: "RUNNING" as const }],
              ["team/other", {}],
            ]),
            schedules: new Map([["team/hourly", {}]]),
            servers: new Map([["team/notebooks", {}]]),
            histories: new Map(),
          }
          assert.deepStrictEqual(
            verdictsOf(now, expectations).map(({ met }) => met),
            [true, false, false],
          )

          const emptied = yield* SubscriptionRef.changes(picture).pipe(
            Stream.filter(({ applications }) => applications.size === 0),
            Stream.runHead,
            Effect.forkChild,
          )
          yield* kube.delete(sparkApplications, "team", "pi")
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(emptied)
        }).pipe(Effect.provideService(Kube, EmbeddedKube.make(cluster)))
      }),
  )
})
