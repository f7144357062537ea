/**
 * The operator's rights in the chart are exactly what it asks the API server for. That none is missing is a rule for every test with an
 * operator; here one does everything that it can do, so that a right which nobody uses is found, too.
 */

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { deployments } from "../../src/history/objects/Objects.ts"
import { configMaps, type KubeObject, type Resource } from "../../src/kube/Resource.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import type { FaultPlan } from "../../src/local/apiserver/Faults.ts"
import { httpRoutes } from "../../src/spark/access/HttpRoute.ts"
import * as AccessReview from "../../src/telemetry/http/AccessReview.ts"
import { accesses, rightsOf, type Witnessed, witnessing } from "../support/ChartRights.ts"
import { connects, sparkConnect } from "../support/ConnectBench.ts"
import { candidacy } from "../support/ElectionBench.ts"
import { histories, sparkHistory } from "../support/HistoryBench.ts"
import { makeWorld, pass, sparkPi, type World } from "../support/OperatorBench.ts"
import { scheduled, schedulesOf } from "../support/Schedules.ts"

/** Rights that nobody asks for by a request, and why they are given all the same. */
const withoutRequest: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "sparkoperator.k8s.io/sparkapplications",
    "sparkoperator.k8s.io/scheduledsparkapplications",
    "sparkoperator.k8s.io/sparkconnects",
    "firesteel.dev/sparkhistoryservers",
  ].map((owners) => [
    `update ${owners}/finalizers`,
    "the API server wants it of whoever makes an object whose owner reference blocks the owner's deletion, where it enforces that",
  ]),
)

const definitions: Resource<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
}

const installPodGroups = (world: World, group: string, version: string) => install(world, group, version, "PodGroup")

const install = (world: World, group: string, version: string, kind: string) =>
  world.kube.create(definitions, "", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  } as unknown as CustomResourceDefinition)

/** The answer to the first try to create anything is lost, so that what was made has to be found again. */
const firstAnswersLost = (): FaultPlan => {
  const seen = new Set<string>()
  return ({ verb, resource, name }) => {
    const what = `${resource}/${name}`
    if (verb !== "create" || resource === "events" || resource === "leases" || seen.has(what)) return undefined
    seen.add(what)
    return { _tag: "DropAfter" }
  }
}

const rich = {
  sparkVersion: "4.2.0",
  driverPodDisruptionBudget: true,
  driverIngressOptions: [{ servicePort: 8888, servicePortName: "notebook" }],
  monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: true, metricsProperties: "*.sink.x.class=X" },
  sparkConf: {
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.mount.path": "/data",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.claimName": "OnDemand",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.storageClass": "standard",
    "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.sizeLimit": "1Gi",
  },
}
const again = { restartPolicy: { type: "OnFailure", onFailureRetries: 1, onFailureRetryInterval: 1 } as const }

/** Everything through which a Connect server can be reached. */
const reached = {
  ingress: { host: "a.example.com" },
  grpcRoute: { parentRefs: [{ name: "gateway" }], hostnames: ["a.example.com"] },
}

/** Everything that an operator can be asked to do. */
const everything = Effect.fnUntraced(function* (flags: ReadonlyArray<string>) {
  const world = yield* makeWorld
  yield* installPodGroups(world, "scheduling.volcano.sh", "v1beta1")
  yield* installPodGroups(world, "scheduling.x-k8s.io", "v1alpha1")
  for (const kind of ["GRPCRoute", "HTTPRoute", "Gateway"])
    yield* install(world, "gateway.networking.k8s.io", "v1", kind)
  const all = [
    "--enable-driver-pdb",
    "--enable-batch-scheduler",
    "--kube-scheduler-names=coscheduler",
    "--ingress-url-format=https://spark.example.com/{{$appNamespace}}/{{$appName}}",
    "--spark-ui-access=proxy",
    "--health-checks-config=default/checks",
    "--cost-prices=default/prices",
    ...flags,
  ]
  yield* world.kube.create(configMaps, "default", { metadata: { name: "checks" }, data: { default: "no such preset" } })
  yield* world.kube.create(configMaps, "default", {
    metadata: { name: "prices" },
    data: { currency: "EUR", nodes: "- {labels: {pool: spot}, cpuCoreHour: 1}" },
  })
  const first = yield* world.startOperator(firstAnswersLost(), all, undefined, candidacy("first"))
  yield* world.startOperator(firstAnswersLost(), all, undefined, candidacy("second"))

  const twice = { "run-seconds": "5", "exit-codes": "1,0" }
  yield* world.apply(sparkPi("rich", twice, { ...rich, ...again, timeToLiveSeconds: 60 }))
  yield* world.apply(sparkPi("volcano", twice, { batchScheduler: "volcano", ...again }))
  yield* world.apply(sparkPi("kube", twice, { batchScheduler: "coscheduler", ...again }))
  yield* world.apply(sparkPi("job", twice, { submission: { submitter: "job" }, ...again }))
  yield* world.apply(sparkPi("routed", twice, { sparkUIOptions: { parentRefs: [{ name: "gateway" }] }, ...again }))
  yield* world.apply(sparkPi("suspended", { "run-seconds": "100" }, rich))
  const { metadata, ...labelled } = sparkPi("labelled", { "run-seconds": "20" })
  yield* world.apply({ ...labelled, metadata: { ...metadata, labels: { team: "blue" } } })
  yield* world.apply(
    sparkPi(
      "refused",
      {},
      {
        submission: { submitter: "job" },
        sparkConf: { "spark.kubernetes.driver.pod.featureSteps": "com.example.Step" },
      },
    ),
  )
  const connect = connects(world)
  yield* connect.apply(sparkConnect("connect", {}, { auth: { mode: "Token" }, server: reached }))
  yield* connect.apply(sparkConnect("unused", {}, { idle: { timeoutSeconds: 5, action: "Delete" } }))
  const history = histories(world)
  const route = { parentRefs: [{ name: "gateway" }], hostnames: ["h.example.com"] }
  const served = { ingress: { host: "h.example.com" }, httpRoute: route, cleaner: { enabled: true }, replicas: 2 }
  const logDirectories = [{ url: "file:/events", claim: { claimName: "events" } }]
  yield* history.createClaim("events")
  yield* history.apply(sparkHistory("history", { ...served, logDirectories }))
  // Their names are taken by objects of others, which are read and left alone.
  const spec = {
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "a", image: "b" }] } },
  }
  yield* Effect.orDie(world.kube.create(deployments, "default", { metadata: { name: "taken" }, spec }))
  yield* Effect.orDie(
    world.kube.create(httpRoutes, "default", {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "taken" },
      spec: { parentRefs: [], hostnames: [], rules: [] },
    }),
  )
  yield* history.apply(sparkHistory("taken", { httpRoute: route }))
  const nightly = scheduled("nightly", { "run-seconds": "1" }, { schedule: "@every 30s" })
  const created = yield* schedulesOf(world).apply(nightly)
  const second = Date.parse(created.metadata.creationTimestamp!) / 1000 + 60
  yield* world.apply(sparkPi(`nightly-${second}`, { "run-seconds": "1" }))
  yield* pass(4)
  yield* Effect.orDie(
    world.kube.patch(sparkApplications, "default", "suspended", { type: "merge", body: { spec: { suspend: true } } }),
  )
  yield* connect.edit("connect", { spec: { server: { ingress: { host: "b.example.com" } } } })
  yield* history.edit("history", {
    spec: {
      sparkConf: { "spark.history.ui.title": "Ours" },
      ingress: { host: "i.example.com" },
      httpRoute: { hostnames: ["i.example.com"] },
      service: { metadata: { labels: { a: "b" } } },
    },
  })
  yield* pass(5)
  yield* history.edit("history", { spec: { ingress: null, httpRoute: null, replicas: 1 } })
  yield* connect.edit("connect", { spec: { suspend: true, server: { ingress: null, grpcRoute: null } } })
  yield* pass(5)
  const labels = { metadata: { labels: { team: "red" } } }
  yield* Effect.orDie(world.kube.patch(sparkApplications, "default", "labelled", { type: "merge", body: labels }))
  yield* pass(2)
  yield* first.stop
  yield* pass(120)
  assert.deepStrictEqual(yield* Effect.forEach(["volcano", "kube", "job"], world.stateOf), [
    "COMPLETED",
    "COMPLETED",
    "COMPLETED",
  ])
  return { asked: world.accesses(), rights: rightsOf(all, true) }
})

describe("the rights that the chart gives the operator", { timeout: 60_000 }, () => {
  for (const [mode, flags] of [
    ["in all namespaces", []],
    ["with Roles in the namespaces that it watches", ["--namespaces=default"]],
    ["in namespaces that are selected by their labels", ["--namespace-selector=kubernetes.io/metadata.name=default"]],
  ] as const) {
    it.effect(
      `${mode} are exactly those that it uses`,
      () =>
        Effect.gen(function* () {
          const { asked, rights } = yield* everything(flags)
          const granted = new Set(
            accesses([...rights.watched, ...rights.leases, ...rights.settings, ...rights.cluster]),
          )
          assert.deepStrictEqual([...granted].filter((access) => !(access in withoutRequest)).sort(), [...asked].sort())
        }),
      30_000,
    )
  }

  it.effect("for token review are exactly those that it uses", () =>
    Effect.gen(function* () {
      const cluster = EmbeddedKube.make(yield* Cluster.make({ seed: 1 }))
      const secrets: Resource = { group: "", version: "v1", plural: "secrets", kind: "Secret" }
      yield* cluster.create(secrets, "default", {
        metadata: { name: "prometheus", annotations: { "kubernetes.io/service-account.name": "prometheus" } },
        type: "kubernetes.io/service-account-token",
        data: { token: Buffer.from("prometheus").toString("base64") },
      } as KubeObject)
      const rights = rightsOf(["--metrics-token-review"], false)
      const witnessed: Witnessed = { asked: new Set(), denied: new Set() }
      yield* AccessReview.make(witnessing(cluster, rights, witnessed), "/metrics")("Bearer prometheus")
      assert.deepStrictEqual([...accesses(rights.cluster)].sort(), [...witnessed.asked].sort())
    }),
  )
})
