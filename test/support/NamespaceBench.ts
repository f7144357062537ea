/** Namespaces of a world, whose labels come and go, and what their applications say about it. */

import { Effect } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { events, namespaces } from "../../src/kube/Resource.ts"
import type { World } from "./OperatorBench.ts"

type Labels = Readonly<Record<string, string | null>>

export const namespacesOf = ({ kube }: World) => {
  const get = (namespace: string, name: string) => Effect.orDie(kube.get(sparkApplications, namespace, name))
  return {
    create: (name: string, labels: Labels = {}) =>
      Effect.orDie(kube.create(namespaces, "", { metadata: { name, labels: labels as Record<string, string> } })),
    /** Null removes a label. */
    label: (name: string, labels: Labels) =>
      Effect.orDie(kube.patch(namespaces, "", name, { type: "merge", body: { metadata: { labels } } })),
    delete: (name: string) => Effect.orDie(kube.delete(namespaces, "", name)),
    get,
    apply: (namespace: string, { metadata, ...application }: SparkApplication) =>
      Effect.orDie(kube.create(sparkApplications, namespace, { ...application, metadata: { ...metadata, namespace } })),
    stateOf: (namespace: string, name: string) =>
      Effect.map(get(namespace, name), ({ status }) => status?.applicationState.state ?? ""),
    /** What the application says about its namespace: status and reason of the condition. */
    noticeOf: (namespace: string, name: string) =>
      Effect.map(get(namespace, name), ({ status }) => {
        const found = status?.conditions?.find(({ type }) => type === "NamespaceSelected")
        return found === undefined ? "none" : `${found.status} ${found.reason}`
      }),
    /** Events about that, each as the object with its count. */
    events: Effect.map(Effect.orDie(kube.list(events, {})), ({ items }) =>
      items
        .filter(({ reason }) => reason === "NamespaceNotSelected")
        .map(({ involvedObject, count }) => `${involvedObject.namespace}/${involvedObject.name} ${count}`),
    ),
  }
}
