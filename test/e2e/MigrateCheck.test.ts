/** The check on a cluster as kubeflow's operator leaves it, and the change of definitions under applications that run. */

import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import type { LocalSubjectAccessReview } from "kubernetes-types/authorization/v1"
import { sparkApplicationCrd } from "../../src/api/application/CustomResource.ts"
import { crds } from "../../src/api/Crds.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { jsonReport, textReport } from "../../src/cli/migration/CheckReport.ts"
import { verdictOf } from "../../src/cli/migration/Finding.ts"
import { migrateCheck } from "../../src/cli/migration/MigrateCheck.ts"
import { migrationFlags } from "../../src/cli/migration/MigrationFlags.ts"
import type { KubeApi, KubeList } from "../../src/kube/Kube.ts"
import { KubeError } from "../../src/kube/KubeError.ts"
import { type KubeObject, pods, type Resource } from "../../src/kube/Resource.ts"
import { decodeFlags } from "../../src/settings/Flag.ts"
import { makeWorld, pass, sparkPi } from "../support/OperatorBench.ts"

const definitions: Resource<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
}

/** Ours without what kubeflow's does not have. */
const kubeflowVersions = (() => {
  const [version] = structuredClone(
    sparkApplicationCrd.spec.versions,
  ) as unknown as CustomResourceDefinition["spec"]["versions"]
  const { spec, status } = version!.schema!.openAPIV3Schema!.properties!
  for (const name of ["deadlines", "submission"]) delete spec!.properties![name]
  const known = new Set([
    "applicationState",
    "driverInfo",
    "executionAttempts",
    "executorState",
    "lastSubmissionAttemptTime",
    "sparkApplicationId",
    "submissionAttempts",
    "submissionID",
    "terminationTime",
  ])
  for (const name of Object.keys(status!.properties!)) if (!known.has(name)) delete status!.properties![name]
  return [version!]
})()

const withVersions = (kube: KubeApi, versions: unknown) =>
  Effect.orDie(
    kube.patch(definitions, "", sparkApplicationCrd.metadata.name, { type: "merge", body: { spec: { versions } } }),
  )

const deployment = (name: string, image: string, args: ReadonlyArray<string>, replicas = 1): KubeObject =>
  ({
    metadata: { namespace: name, name },
    spec: { replicas, template: { spec: { serviceAccountName: name, containers: [{ name, image, args }] } } },
  }) as KubeObject

const kubeflow = (replicas: number) =>
  deployment(
    "spark-operator",
    "ghcr.io/kubeflow/spark-operator/controller:2.5.2",
    ["controller", "start", "--namespaces=default", "--enable-batch-scheduler=true"],
    replicas,
  )

/** The embedded cluster has no Deployments of its own. */
const withDeployment = (kube: KubeApi, deployed: KubeObject): KubeApi => ({
  ...kube,
  list: <A extends KubeObject>(resource: Resource<A>, options: Parameters<KubeApi["list"]>[1]) =>
    resource.plural === "deployments"
      ? Effect.succeed({
          metadata: { resourceVersion: "1" },
          items: [deployed],
        } as unknown as KubeList<A>)
      : kube.list(resource, options),
})

const attempt = (kube: KubeApi, ...args: ReadonlyArray<string>) => {
  const decode = (before: ReadonlyArray<string>) => decodeFlags(migrationFlags, [...before, ...args], {})
  return migrateCheck(Result.getOrThrow(decode([])), decode, Effect.succeed(kube))
}
const check = (kube: KubeApi, ...args: ReadonlyArray<string>) => Effect.orDie(attempt(kube, ...args))

const submission = "9c0d3b4e-58f1-4d0c-9b0b-0d4b3f1c2a22"

/** The definitions of which this test has no other version. */
const otherDefinitions = crds.filter((one) => one !== sparkApplicationCrd).map(({ metadata }) => metadata.name)

describe("migrate check on a cluster", () => {
  it.effect("lists what is to be done in order, and nothing when it is done", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* withVersions(world.kube, kubeflowVersions)
      const pi = yield* world.apply(sparkPi("pi", { "run-seconds": "20" }, { batchScheduler: "volcano" }))
      yield* Effect.orDie(
        world.kube.patch(sparkApplications, "default", "pi", {
          type: "merge",
          subresource: "status",
          body: {
            status: {
              applicationState: { state: "RUNNING" },
              driverInfo: { podName: "pi-driver" },
              submissionID: submission,
              lastSubmissionAttemptTime: "1970-01-01T00:00:00Z",
              executionAttempts: 1,
              submissionAttempts: 1,
            },
          },
        }),
      )
      yield* Effect.orDie(
        world.kube.create(pods, "default", {
          apiVersion: "v1",
          kind: "Pod",
          metadata: {
            name: "pi-driver",
            namespace: "default",
            annotations: { "local.firesteel.dev/run-seconds": "20" },
            labels: {
              "spark-role": "driver",
              "sparkoperator.k8s.io/app-name": "pi",
              "sparkoperator.k8s.io/launched-by-spark-operator": "true",
              "sparkoperator.k8s.io/submission-id": submission,
            },
            ownerReferences: [
              {
                apiVersion: "sparkoperator.k8s.io/v1beta2",
                kind: "SparkApplication",
                name: "pi",
                uid: pi.metadata.uid,
                controller: true,
              },
            ],
          },
          spec: { restartPolicy: "Never", containers: [{ name: "spark-kubernetes-driver", image: "spark:4.0.4" }] },
        }),
      )
      yield* pass(2)

      const before = yield* check(withDeployment(world.kube, kubeflow(1)))
      assert.deepStrictEqual(
        before.checked
          .filter(({ name }) => !otherDefinitions.includes(name))
          .map((subject) => [subject.kind, verdictOf(subject)]),
        [
          ["Deployment", "warning"],
          ["CustomResourceDefinition", "warning"],
          ["SparkApplication", "ok"],
        ],
        textReport(before, false),
      )

      // The steps of the guide: kubeflow's operator is stopped, our definition applied, then ours is started.
      yield* withVersions(world.kube, sparkApplicationCrd.spec.versions)
      const after = yield* check(withDeployment(world.kube, kubeflow(0)))
      assert.isTrue(
        after.checked.every((subject) => verdictOf(subject) === "ok"),
        textReport(after, false),
      )

      yield* world.startOperator(undefined, ["--enable-batch-scheduler=true"])
      yield* pass(30)
      const { status } = yield* world.reported("pi")
      assert.strictEqual(status.applicationState.state, "COMPLETED")
      assert.strictEqual(status.attempts?.[0]?.submissionID, submission)
      assert.strictEqual(world.driversEver().length, 1)
      assert.deepStrictEqual(
        (yield* check(withDeployment(world.kube, kubeflow(0)))).checked.at(-1)?.findings.map(({ field }) => field),
        ["spec.batchScheduler"],
      )
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("checks the given namespaces, and has the same output as JSON", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      yield* world.apply(sparkPi("pi", {}, { executor: { instances: 1, memoryLimit: "2g" } }))
      const kinds = (yield* check(world.kube, "--namespaces=elsewhere")).checked.map(({ kind }) => kind)
      assert.deepStrictEqual(
        kinds,
        crds.map(({ kind }) => kind),
      )
      const report = JSON.parse(jsonReport(yield* check(world.kube)))
      assert.deepStrictEqual(report.summary, { ok: crds.length, warning: 0, problem: 1 })
      const pi = report.objects.at(-1)
      assert.deepStrictEqual(
        [pi.kind, pi.namespace, pi.name, pi.verdict],
        ["SparkApplication", "default", "pi", "problem"],
      )
      assert.strictEqual(pi.findings[0].field, "spec.executor.memoryLimit")
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("asks the API server for the rights of an installed Firesteel, and writes nothing", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const firesteel = deployment("firesteel", "firesteel:dev", [
        "operator",
        "--namespaces=a,b",
        "--cost-prices=c/prices",
      ])
      const asked: Array<LocalSubjectAccessReview["spec"]> = []
      const never = () => Effect.die("the check writes")
      const kube: KubeApi = {
        ...withDeployment(world.kube, firesteel),
        create: <A extends KubeObject>(resource: Resource<A>, namespace: string, object: A) => {
          assert.strictEqual(resource.plural, "localsubjectaccessreviews")
          const { spec } = object as unknown as LocalSubjectAccessReview
          asked.push(spec)
          const { resource: what, verb, name } = spec.resourceAttributes ?? {}
          const allowed = namespace === "a" || !((verb === "create" && what === "pods") || name === "prices")
          return Effect.succeed({ ...object, status: { allowed } })
        },
        patch: never,
        delete: never,
      }
      const { checked } = yield* check(kube)
      const [lacking, ofPrices] = checked.filter(({ kind }) => kind === "Deployment")
      assert.deepStrictEqual(
        [lacking?.name, lacking?.findings.map(({ severity }) => severity)],
        ["firesteel", ["problem"]],
      )
      assert.match(lacking?.findings[0]?.message ?? "", /^firesteel may not create pods in b;/)
      assert.match(
        ofPrices?.findings[0]?.message ?? "",
        /^firesteel may not list configmaps prices, watch configmaps prices in c;/,
      )
      assert.deepStrictEqual([...new Set(asked.map(({ user }) => user))], ["system:serviceaccount:firesteel:firesteel"])
    }).pipe(Effect.provide(NodeServices.layer)),
  )

  it.effect("fails when the cluster does not answer", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const broken = new KubeError({ reason: "Transport", request: "list", message: "connect ECONNREFUSED" })
      const failure = yield* Effect.flip(attempt({ ...world.kube, list: () => Effect.fail(broken) }))
      assert.strictEqual(failure.message, "the cluster cannot be read: connect ECONNREFUSED")
    }).pipe(Effect.provide(NodeServices.layer)),
  )
})
