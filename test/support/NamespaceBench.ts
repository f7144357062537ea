/** Namespaces of a world, whose labels come and go, and what their applications say about it. */

import { Effect } from "effect"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { events, namespaces } from "../../src/kube/Resource.ts"
import { sample } from "./MetricsText.ts"
import type { RunningOperator, World } from "./OperatorBench.ts"

/** The flags of an operator that selects namespaces with the label `teamA`. */
export const byTeam = ["--namespace-selector=team=a"]
export const teamA = { team: "a" }

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

/** What the gauges count in a namespace. */
export const gauges = Effect.fnUntraced(function* ({ telemetry }: RunningOperator, namespace: string) {
  const { body } = yield* telemetry.collect()
  const of = (name: string) => sample(body, name, { k8s_namespace_name: namespace }) ?? 0
  return {
    applications: of("spark_application_state"),
    running: of("spark_application_running"),
    executors: of("spark_executor_running"),
  }
})

/** Submissions and successes that the operator has counted. */
export const completions = Effect.fnUntraced(function* ({ telemetry }: RunningOperator) {
  const { body } = yield* telemetry.collect()
  return [
    sample(body, "spark_application_submitted_total") ?? 0,
    sample(body, "spark_application_succeeded_total") ?? 0,
  ]
})
