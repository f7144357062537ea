/** History servers in a world of `OperatorBench`. */

import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { PersistentVolumeClaim, Pod } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../src/api/history/SparkHistoryServer.ts"
import type { SparkHistoryServerStatus } from "../../src/api/history/SparkHistoryServerStatus.ts"
import { sparkHistoryServers } from "../../src/api/Kinds.ts"
import { deployments, managed } from "../../src/history/objects/Objects.ts"
import { events, pods, type Resource, resource } from "../../src/kube/Resource.ts"
import { pass, type World } from "./OperatorBench.ts"

type Fields = Readonly<Record<string, unknown>>

/** A pod template with a script of the local kubelet. */
export const scripted = (script: Record<string, string>): object => ({
  metadata: {
    annotations: Object.fromEntries(
      Object.entries(script).map(([key, value]) => [`local.firesteel.dev/${key}`, value]),
    ),
  },
})

/** Over an object store; its pods play this script. */
export const sparkHistory = (
  name: string,
  spec: Fields = {},
  script: Record<string, string> = {},
): SparkHistoryServer =>
  ({
    apiVersion: "firesteel.dev/v1alpha1",
    kind: "SparkHistoryServer",
    metadata: { name, namespace: "default" },
    spec: {
      sparkVersion: "4.3.0",
      image: "spark:4.3.0",
      logDirectories: [{ url: "s3a://logs/spark" }],
      template: scripted(script),
      ...spec,
    },
  }) as unknown as SparkHistoryServer

const claims = resource<PersistentVolumeClaim>("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim")

const label = "firesteel.dev/history-server"

export const histories = (world: World) => {
  const { kube } = world
  const get = (name: string) => Effect.orDie(kube.get(sparkHistoryServers, "default", name))
  const statusOf = (name: string): Effect.Effect<SparkHistoryServerStatus> =>
    Effect.map(get(name), ({ status }) => status ?? {})
  const list = <A extends object>(resource: Resource<A>, name: string) =>
    Effect.orDie(
      Effect.map(
        kube.list(resource, { namespace: "default", labelSelector: `${label}=${name}` }),
        ({ items }) => items,
      ),
    )
  return {
    get,
    statusOf,
    apply: (server: SparkHistoryServer) => Effect.orDie(kube.create(sparkHistoryServers, "default", server)),
    edit: (name: string, body: object) =>
      Effect.orDie(kube.patch(sparkHistoryServers, "default", name, { type: "merge", body })),
    delete: (name: string) => Effect.orDie(kube.delete(sparkHistoryServers, "default", name)),
    createClaim: (name: string, mode = "ReadWriteMany") =>
      Effect.orDie(
        kube.create(claims, "default", {
          metadata: { name },
          spec: { accessModes: [mode], resources: { requests: { storage: "1Gi" } } },
        }),
      ),
    pods: (name: string): Effect.Effect<ReadonlyArray<Pod>> => list(pods, name),
    deployments: (name: string): Effect.Effect<ReadonlyArray<Deployment>> => list(deployments, name),
    /** Kind and name of everything that was made for it, except for its pods. */
    objectsOf: (name: string) =>
      Effect.map(
        Effect.forEach(
          managed.filter(({ plural }) => plural !== "httproutes"),
          (resource) =>
            Effect.map(list(resource, name), (items) => items.map((item) => `${resource.kind}/${item.metadata?.name}`)),
        ),
        (all) => all.flat(),
      ),
    /** Lets time pass until the status is as wanted. */
    until: Effect.fnUntraced(function* (
      name: string,
      wanted: (status: SparkHistoryServerStatus) => boolean,
      seconds = 60,
    ): Effect.fn.Return<SparkHistoryServerStatus> {
      for (let waited = 0; waited < seconds; waited += 0.5) {
        const status = yield* statusOf(name)
        if (wanted(status)) return status
        yield* pass(0.5)
      }
      return assert.fail(`after ${seconds} s: ${JSON.stringify(yield* statusOf(name))}`)
    }),
    /** Reasons of the Events about it, in the order of their creation. */
    eventsOf: (name: string) =>
      Effect.orDie(
        Effect.map(kube.list(events, { namespace: "default" }), ({ items }) =>
          items.flatMap(({ involvedObject, reason }) =>
            involvedObject.kind === "SparkHistoryServer" && involvedObject.name === name ? (reason ?? "") : [],
          ),
        ),
      ),
  }
}

/** The status of a condition and its reason: `True/Selecting`. */
export const conditionOf = ({ conditions }: SparkHistoryServerStatus, type: string): string => {
  const found = conditions?.find((condition) => condition.type === type)
  return found === undefined ? "none" : `${found.status}/${found.reason}`
}

/** The message of a condition. */
export const messageOf = ({ conditions }: SparkHistoryServerStatus, type: string): string =>
  conditions?.find((condition) => condition.type === type)?.message ?? ""
