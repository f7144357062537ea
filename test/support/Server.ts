/**
 * The API server that the contract is about: the embedded one, or, where `FIRESTEEL_CONTRACT_KUBECONFIG` names a cluster, that one.
 * The statements do not know which. Every file has custom resources in an API group of its own, every test a namespace of its own;
 * both are deleted at the end, and carry the label `firesteel.dev/test=cluster` by which a run that was killed is cleaned up.
 */

import * as NodeStream from "@effect/platform-node/NodeStream"
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Schedule, Scope, Stream } from "effect"
import { vi } from "vitest"
import type { Credentials } from "../../src/kube/Authentication.ts"
import { connect } from "../../src/kube/Connection.ts"
import { silentRequestMetrics } from "../../src/kube/Exchange.ts"
import { Kube, type KubeApi } from "../../src/kube/Kube.ts"
import * as KubeHttp from "../../src/kube/KubeHttp.ts"
import * as Transport from "../../src/kube/Transport.ts"
import * as EmbeddedKube from "../../src/local/apiserver/EmbeddedKube.ts"
import * as ApiServer from "../../src/local/apiserver/http/ApiServer.ts"
import * as DeploymentController from "../../src/local/node/DeploymentController.ts"
import * as Kubelet from "../../src/local/node/Kubelet.ts"
import { podBackend, programs } from "../../src/local/spark/SparkPods.ts"
import { pod, widget } from "./WidgetCluster.ts"

// A real server does much in its own time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** JSON of unknown shape, read by path: `reply.body.metadata.name`. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

export interface Reply {
  readonly code: number
  readonly body: Json
  /** `Warning` headers, as they came. */
  readonly warning: string | undefined
}

export interface WatchLine {
  readonly type: string
  readonly object: Json
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

interface Raw {
  readonly transport: Transport.Transport
  readonly credentials: Credentials
  /** A client of the server. */
  readonly kube: KubeApi
  /** Of the custom resources. */
  readonly group: string
}

/** Shared by the tests of a file. */
export class Server extends Context.Service<Server, Raw>()("test/contract/Server") {}

export interface Namespace {
  readonly name: string
  /** `/api/v1/namespaces/<name>` */
  readonly core: string
  /** Collections in this namespace. */
  readonly configMaps: string
  readonly pods: string
  readonly services: string
  readonly widgets: string
  readonly sparkApplications: string
  readonly schedules: string
  readonly connects: string
  /** API group of the custom resources that the file asked for. */
  readonly group: string
  readonly widget: (name: string, spec?: object, metadata?: object) => Json
  /** The SparkApplication `x`. */
  readonly sparkApplication: (spec: object) => Json
  /** The ScheduledSparkApplication `x`, every night at 3. */
  readonly schedule: (spec: object) => Json
  /** The SparkConnect `x`. */
  readonly connect: (spec: object) => Json
  readonly send: (method: Method, path: string, body?: Json, type?: string, accept?: string) => Effect.Effect<Reply>
  /** Like `send`, and the answer is a success. */
  readonly ok: (method: Method, path: string, body?: Json, type?: string, accept?: string) => Effect.Effect<Json>
  /** The first lines of a watch; it ends when there are `count`, or with the server. */
  readonly watch: (path: string, count: number) => Effect.Effect<ReadonlyArray<WatchLine>>
}

const nobody: Credentials = { headers: {}, tls: {} }

const random = () => `contract-${crypto.randomUUID().slice(0, 8)}`

const labels = { "firesteel.dev/test": "cluster" }

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

const connected = Effect.fnUntraced(function* (withNode: boolean) {
  const group = `${random()}.example.com`
  const kubeconfig = process.env["FIRESTEEL_CONTRACT_KUBECONFIG"]
  if (kubeconfig === undefined) {
    const { url, cluster } = yield* ApiServer.start({ seed: 7, podBackend })
    if (withNode) {
      const own = EmbeddedKube.make(cluster)
      yield* Effect.forkScoped(Effect.provideService(Kubelet.run(programs), Kube, own))
      yield* Effect.forkScoped(Effect.provideService(DeploymentController.run, Kube, own))
    }
    const credentials = { current: Effect.succeed(nobody), refused: () => Effect.void }
    const kube = yield* KubeHttp.make({ server: url, namespace: "default", credentials }, silentRequestMetrics)
    return { transport: yield* Transport.make(url), credentials: nobody, kube, group }
  }
  const connection = yield* connect({ environment: process.env, kubeconfig })
  const credentials = yield* connection.credentials.current
  const kube = yield* KubeHttp.make(connection, silentRequestMetrics)
  return { transport: yield* Transport.make(connection.server, connection.proxy), credentials, kube, group }
}, Effect.orDie)

const sender =
  ({ transport, credentials }: Raw): Namespace["send"] =>
  (method, path, body, type = "application/json", accept = "application/json") =>
    Effect.gen(function* () {
      const incoming = yield* transport.send(
        {
          method,
          path,
          headers: { "Content-Type": type, Accept: accept },
          body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
        },
        credentials,
      )
      const text = yield* Transport.readText(incoming)
      const warning = incoming.headers["warning"]
      let parsed: Json = text
      try {
        parsed = JSON.parse(text)
      } catch {
        // Some errors are plain text.
      }
      return {
        code: incoming.statusCode ?? 0,
        body: parsed,
        warning: Array.isArray(warning) ? warning.join() : warning,
      }
    }).pipe(Effect.scoped, Effect.orDie)

/** Waits until what the server does in its own time is done: a garbage collector looks for new kinds every 30 seconds. */
export const until = <A>(look: Effect.Effect<A>, is: (seen: A) => boolean): Effect.Effect<A> =>
  look.pipe(
    Effect.flatMap((seen) => (is(seen) ? Effect.succeed(seen) : Effect.fail("not yet" as const))),
    Effect.retry(Schedule.spaced(50)),
    Effect.timeout("80 seconds"),
    Effect.orDie,
  )

/** A server that also serves `crds`. */
export const serverLayer = (...crds: ReadonlyArray<Json>): Layer.Layer<Server> => serverWith(crds, false)

/** A server whose pods get a node. The embedded one plays them by their annotations. */
export const nodeLayer: Layer.Layer<Server> = Layer.suspend(() => serverWith([], true))

const serverWith = (crds: ReadonlyArray<Json>, withNode: boolean): Layer.Layer<Server> =>
  Layer.effect(
    Server,
    Effect.gen(function* () {
      // A server in a scope that is being closed answers nobody, so it has one that is closed last.
      const last = yield* Scope.fork(yield* Effect.scope)
      const raw = yield* Scope.provide(connected(withNode), last)
      const send = sender(raw)
      for (const { spec, ...crd } of crds) {
        const name = `${spec.names.plural}.${raw.group}`
        const body = { ...crd, metadata: { name, labels }, spec: { ...spec, group: raw.group } }
        yield* Effect.acquireRelease(send("POST", definitions, body), () => send("DELETE", `${definitions}/${name}`))
        yield* until(send("GET", `${definitions}/${name}`), (seen) =>
          seen.body.status?.conditions?.some((it: Json) => it.type === "Established" && it.status === "True"),
        )
        // Served a moment after that.
        const version: string = spec.versions[0].name
        yield* until(send("GET", `/apis/${raw.group}/${version}/${spec.names.plural}`), ({ code }) => code === 200)
      }
      return raw
    }),
  )

/** The spec of the smallest application. */
const application = {
  type: "Scala",
  sparkVersion: "4.1.4",
  mainClass: "X",
  mainApplicationFile: "local:///x.jar",
  driver: {},
  executor: {},
}

/** A fresh namespace; it goes with the test. */
export const makeNamespace = Effect.gen(function* (): Effect.fn.Return<Namespace, never, Server | Scope.Scope> {
  const raw = yield* Server
  const send = sender(raw)
  const name = random()
  const core = `/api/v1/namespaces/${name}`
  yield* Effect.acquireRelease(send("POST", "/api/v1/namespaces", { metadata: { name, labels } }), () =>
    send("DELETE", core),
  )
  // Pods of a real server need the account that its controller makes; the embedded one needs none.
  if (process.env["FIRESTEEL_CONTRACT_KUBECONFIG"] !== undefined) {
    yield* until(send("GET", `${core}/serviceaccounts/default`), ({ code }) => code === 200)
  }
  return {
    name,
    core,
    configMaps: `${core}/configmaps`,
    pods: `${core}/pods`,
    services: `${core}/services`,
    widgets: `/apis/${raw.group}/v1/namespaces/${name}/widgets`,
    sparkApplications: `/apis/${raw.group}/v1beta2/namespaces/${name}/sparkapplications`,
    schedules: `/apis/${raw.group}/v1beta2/namespaces/${name}/scheduledsparkapplications`,
    connects: `/apis/${raw.group}/v1alpha1/namespaces/${name}/sparkconnects`,
    group: raw.group,
    widget: (...given) => ({ ...widget(...given), apiVersion: `${raw.group}/v1` }),
    sparkApplication: (spec) => ({
      apiVersion: `${raw.group}/v1beta2`,
      kind: "SparkApplication",
      metadata: { name: "x" },
      spec: { ...application, ...spec },
    }),
    schedule: (spec) => ({
      apiVersion: `${raw.group}/v1beta2`,
      kind: "ScheduledSparkApplication",
      metadata: { name: "x" },
      spec: { schedule: "0 3 * * *", template: application, ...spec },
    }),
    connect: (spec) => ({
      apiVersion: `${raw.group}/v1alpha1`,
      kind: "SparkConnect",
      metadata: { name: "x" },
      spec: { sparkVersion: "4.3.0", image: "spark:4.3.0", server: {}, executor: {}, ...spec },
    }),
    send,
    ok: (...request) =>
      Effect.map(send(...request), ({ code, body }) => {
        assert.isBelow(code, 300, `${request[0]} ${request[1]}: ${JSON.stringify(body)}`)
        return body
      }),
    watch: (path, count) =>
      Stream.unwrap(
        Effect.map(raw.transport.send({ method: "GET", path, headers: {} }, raw.credentials), (incoming) =>
          NodeStream.fromReadable({ evaluate: () => incoming, onError: (error) => error }),
        ),
      ).pipe(
        Stream.decodeText,
        Stream.splitLines,
        Stream.filter((line) => line !== ""),
        Stream.map((line): WatchLine => JSON.parse(line)),
        Stream.take(count),
        Stream.runCollect,
        Effect.scoped,
        Effect.timeout("20 seconds"),
        Effect.orDie,
      ),
  }
})

export const merge = "application/merge-patch+json"
export const jsonPatch = "application/json-patch+json"
export const strategic = "application/strategic-merge-patch+json"
export const applyPatch = "application/apply-patch+yaml"
export const metadataOnly = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
export const table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

/** A pod that no node takes: what happens to it is up to the API server alone. */
export const unscheduled = (name: string, spec: object = {}): Json => ({
  ...pod(name),
  spec: { ...pod(name).spec, schedulerName: "nobody", ...spec },
})
