/** Connect servers in a world of `OperatorBench`. */

import { assert } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../src/api/connect/SparkConnect.ts"
import type { SparkConnectStatus } from "../../src/api/connect/SparkConnectStatus.ts"
import { sparkConnects } from "../../src/api/Kinds.ts"
import { reflect } from "../../src/kube/Reflector.ts"
import { configMaps, pods, type Resource, services } from "../../src/kube/Resource.ts"
import { pass, type World } from "./OperatorBench.ts"

type Fields = Readonly<Record<string, unknown>>

/** A server of Spark 4.3, which reports its sessions; its pod plays this script. */
export const sparkConnect = (name: string, script: Record<string, string> = {}, spec: Fields = {}): SparkConnect =>
  ({
    apiVersion: "sparkoperator.k8s.io/v1alpha1",
    kind: "SparkConnect",
    metadata: { name, namespace: "default" },
    spec: {
      sparkVersion: "4.3.0",
      image: "spark:4.3.0",
      executor: { instances: 1 },
      ...spec,
      server: { ...(spec["server"] as Fields), template: scripted(script) },
    },
  }) as unknown as SparkConnect

/** The pod template of a script. */
export const scripted = (script: Record<string, string>): object => ({
  metadata: {
    annotations: Object.fromEntries(
      Object.entries(script).map(([key, value]) => [`local.firesteel.dev/${key}`, value]),
    ),
  },
  spec: { containers: [{ name: "spark-kubernetes-driver" }] },
})

export const connects = (world: World) => {
  const { kube } = world
  const get = (name: string) => Effect.orDie(kube.get(sparkConnects, "default", name))
  const statusOf = (name: string): Effect.Effect<SparkConnectStatus> =>
    Effect.map(get(name), ({ status }) => status ?? {})
  const list = <A extends object>(resource: Resource<A>, labels: string) =>
    Effect.orDie(Effect.map(kube.list(resource, { namespace: "default", labelSelector: labels }), ({ items }) => items))
  const labels = (name: string) => `sparkoperator.k8s.io/connect-name=${name}`
  return {
    get,
    statusOf,
    apply: (connect: SparkConnect) => Effect.orDie(kube.create(sparkConnects, "default", connect)),
    edit: (name: string, body: object) =>
      Effect.orDie(kube.patch(sparkConnects, "default", name, { type: "merge", body })),
    delete: (name: string) => Effect.orDie(kube.delete(sparkConnects, "default", name)),
    /** Lets time pass until the status is as wanted. */
    until: Effect.fnUntraced(function* (
      name: string,
      wanted: (status: SparkConnectStatus) => boolean,
      seconds = 60,
    ): Effect.fn.Return<SparkConnectStatus> {
      for (let waited = 0; waited < seconds; waited += 0.5) {
        const status = yield* statusOf(name)
        if (wanted(status)) return status
        yield* pass(0.5)
      }
      return assert.fail(`after ${seconds} s: ${JSON.stringify(yield* statusOf(name))}`)
    }),
    server: (name: string): Effect.Effect<Pod | undefined> =>
      Effect.map(list(pods, `${labels(name)},spark-role=connect-server`), (items) => items[0]),
    executors: (name: string) => list(pods, `${labels(name)},spark-role=executor`),
    /** Names of everything that was made for it. */
    objectsOf: (name: string) =>
      Effect.map(
        Effect.forEach([pods, services, configMaps] as ReadonlyArray<Resource>, (resource) =>
          list(resource, labels(name)),
        ),
        (all) => all.flat().map(({ kind, metadata }) => `${kind ?? ""}/${metadata?.name ?? ""}`),
      ),
  }
}

/** Uids of every server pod that ever existed from now on. */
export const serversEver = Effect.fnUntraced(function* ({ kube }: World) {
  const uids = new Set<string>()
  yield* Effect.forkScoped(
    Stream.runForEach(reflect(kube, pods, { labelSelector: "spark-role=connect-server" }).events, (event) =>
      Effect.sync(() => {
        if (event._tag === "Applied") uids.add(event.object.metadata?.uid ?? "")
      }),
    ),
  )
  return uids
})

/** The status of a condition and its reason: `True/Ready`. */
export const conditionOf = ({ conditions }: SparkConnectStatus, type: string): string => {
  const found = conditions?.find((condition) => condition.type === type)
  return found === undefined ? "none" : `${found.status}/${found.reason}`
}
