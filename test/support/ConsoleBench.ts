/**
 * The console on loopback over stores that a test fills, with an embedded cluster that knows three tokens: of a reader of the namespace `team-a`, of
 * one who may not read logs and UIs there, and of an editor of all namespaces. Drivers answer and print what the test says.
 */

import { request as httpRequest } from "node:http"
import { Effect, Scope, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { crds } from "../../src/api/Crds.ts"
import { byApplication } from "../../src/application/reconcile/Caches.ts"
import { applicationKeyOf } from "../../src/application/reconcile/Ownership.ts"
import * as Console from "../../src/console/Console.ts"
import * as Sources from "../../src/console/Sources.ts"
import { Kube, type KubeApi, type PodPort } from "../../src/kube/Kube.ts"
import type { PodRequest, PodResponse } from "../../src/kube/pod/PodRequest.ts"
import { namespaces, resource } from "../../src/kube/Resource.ts"
import { UserKube } from "../../src/kube/user/UserKube.ts"
import * as Cluster from "../../src/local/apiserver/Cluster.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import * as Store from "../../src/runtime/Store.ts"

const rbac = "rbac.authorization.k8s.io"
const definitions = resource<object>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
)
const secrets = resource<object>("", "v1", "secrets", "Secret")
const roles = resource<object>(rbac, "v1", "clusterroles", "ClusterRole")
const bindings = resource<object>(rbac, "v1", "rolebindings", "RoleBinding")
const clusterBindings = resource<object>(rbac, "v1", "clusterrolebindings", "ClusterRoleBinding")

const spark = { apiGroups: ["sparkoperator.k8s.io"], resources: ["*"] }

export const tokens = { reader: "reader-token", lister: "lister-token", editor: "editor-token" } as const

const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "people" })

const people = Effect.fnUntraced(function* (kube: KubeApi) {
  for (const name of ["people", "team-a", "team-b"]) yield* kube.create(namespaces, "", { metadata: { name } })
  for (const [name, token] of Object.entries(tokens)) {
    yield* kube.create(secrets, "people", {
      metadata: { name, annotations: { "kubernetes.io/service-account.name": name } },
      type: "kubernetes.io/service-account-token",
      data: { token: Buffer.from(token).toString("base64") },
    })
  }
  const role = (name: string, rules: ReadonlyArray<object>) => kube.create(roles, "", { metadata: { name }, rules })
  yield* role("lister", [{ ...spark, verbs: ["get", "list"] }])
  yield* role("reader", [
    { ...spark, verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["pods", "pods/log", "pods/proxy", "events"], verbs: ["get", "list"] },
  ])
  yield* role("editor", [{ apiGroups: ["*"], resources: ["*", "*/log", "*/proxy"], verbs: ["*"] }])
  const ref = (name: string) => ({ apiGroup: rbac, kind: "ClusterRole", name })
  for (const name of ["reader", "lister"]) {
    const body = { metadata: { name }, roleRef: ref(name), subjects: [account(name)] }
    yield* kube.create(bindings, "team-a", body)
  }
  const editor = { metadata: { name: "editor" }, roleRef: ref("editor"), subjects: [account("editor")] }
  yield* kube.create(clusterBindings, "", editor)
})

/** An application whose driver runs, and the driver. */
export const running = (
  namespace: string,
  name: string,
): { readonly application: SparkApplication; readonly driver: Pod } => {
  const uid = `uid-${namespace}-${name}`
  const submissionID = "00000000-0000-5000-8000-000000000001"
  return {
    application: {
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "SparkApplication",
      metadata: { name, namespace, uid, resourceVersion: "10", creationTimestamp: "2026-01-01T00:00:00Z" },
      spec: {
        type: "Scala",
        sparkVersion: "4.1.0",
        mainClass: "Main",
        mainApplicationFile: "local:///a.jar",
        sparkConf: { "spark.hadoop.fs.s3a.secret.key": "hunter2" },
        driver: { env: [{ name: "DB_PASSWORD", value: "hunter2" }] },
        executor: {},
      },
      status: {
        applicationState: { state: "RUNNING" },
        driverInfo: { podName: `${name}-driver` },
        submissionID,
        attempts: [{ number: 1, submissionID, startTime: "2026-01-01T00:00:00Z", runningTime: "2026-01-01T00:00:05Z" }],
      },
    } as unknown as SparkApplication,
    driver: {
      metadata: {
        name: `${name}-driver`,
        namespace,
        uid: `${uid}-driver`,
        resourceVersion: "11",
        labels: {
          "sparkoperator.k8s.io/app-name": name,
          "sparkoperator.k8s.io/launched-by-spark-operator": "true",
          "sparkoperator.k8s.io/submission-id": submissionID,
          "spark-role": "driver",
          "spark-app-selector": "spark-1",
        },
        ownerReferences: [{ apiVersion: "sparkoperator.k8s.io/v1beta2", kind: "SparkApplication", name, uid }],
      },
      status: {
        phase: "Running",
        podIP: "10.1.2.3",
        containerStatuses: [
          {
            name: "spark-kubernetes-driver",
            state: { running: { startedAt: "2026-01-01T00:00:05Z" } },
            ready: true,
            image: "",
            imageID: "",
            restartCount: 0,
          },
        ],
      },
    } as Pod,
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

export interface ConsoleBench {
  readonly url: string
  /** One request, whose path is sent as it is. */
  readonly ask: (
    path: string,
    options?: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
  ) => Effect.Effect<Reply>
  readonly add: (one: { readonly application: SparkApplication; readonly driver?: Pod }) => void
  /** Of every request that a driver got. */
  readonly asked: ReadonlyArray<{ readonly pod: PodPort; readonly request: PodRequest }>
  readonly kube: KubeApi
}

/** What a driver answers. */
export interface DriverReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string | Uint8Array
}

export interface BenchOptions {
  readonly driver?: (request: PodRequest) => DriverReply | Promise<DriverReply>
  readonly log?: string
  readonly console?: Partial<Console.ConsoleOptions>
}

export const makeConsole = Effect.fnUntraced(function* (
  options: BenchOptions = {},
): Effect.fn.Return<ConsoleBench, never, Scope.Scope> {
  const cluster = yield* Cluster.make({ seed: 1 })
  const embedded = EmbeddedKube.make(cluster)
  for (const crd of crds) yield* Effect.orDie(embedded.create(definitions, "", crd as object))
  yield* Effect.orDie(people(embedded))
  const asked: Array<{ pod: PodPort; request: PodRequest }> = []
  const kube: KubeApi = {
    ...embedded,
    podRequest: (pod, request) =>
      Effect.promise(async (): Promise<PodResponse> => {
        asked.push({ pod, request })
        const reply: DriverReply = (await options.driver?.(request)) ?? {}
        const { status = 200, headers = { "content-type": "text/html" }, text = "" } = reply
        return { status, headers, body: Stream.make(typeof text === "string" ? new TextEncoder().encode(text) : text) }
      }),
    podLog: () => Stream.make(options.log ?? ""),
  }
  const registry = Sources.registry()
  const applications = Store.make<SparkApplication>()
  const applicationPods = Store.make<Pod>({
    indexes: { [byApplication]: (pod) => [applicationKeyOf(pod)].filter((key) => key !== undefined) },
  })
  registry.publish({
    applications,
    applicationPods,
    schedules: Store.make(),
    connects: Store.make(),
    connectPods: Store.make({ indexes: { connect: () => [] } }),
    historyServers: Store.make(),
  })
  const url = yield* Console.serve(
    registry.complete(() => [])!,
    {
      bindAddress: "127.0.0.1:0",
      tls: undefined,
      allowedHosts: [],
      actions: true,
      links: { trace: undefined, dashboard: undefined },
      access: "token",
      version: "test",
      ...options.console,
    },
  ).pipe(
    Effect.provideService(Kube, kube),
    Effect.provideService(UserKube, () => Effect.succeed(kube)),
    Effect.orDie,
  )
  const { port } = new URL(url!)
  return {
    url: url!,
    asked,
    kube,
    add: ({ application, driver }) => {
      applications.put(application)
      if (driver !== undefined) applicationPods.put(driver)
    },
    ask: (path, { method = "GET", headers = {}, body } = {}) =>
      Effect.callback<Reply>((resume) => {
        const outgoing = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false }, (incoming) => {
          const chunks: Array<Buffer> = []
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
          incoming.on("end", () =>
            resume(
              Effect.succeed({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                text: Buffer.concat(chunks).toString(),
              }),
            ),
          )
        })
        outgoing.end(body)
      }),
  }
})

/** Headers of a viewer. */
export const as = (who: keyof typeof tokens): Record<string, string> => ({ authorization: `Bearer ${tokens[who]}` })
