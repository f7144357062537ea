/** Names, labels and paths of what is made for a history server. They follow from the resource alone. */

import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { sparkHistoryServers } from "../../api/Kinds.ts"
import * as Labels from "../../spark/Labels.ts"
import { ownerReference } from "../../spark/Workload.ts"

type Named = Pick<SparkHistoryServer, "metadata">

/** The container of the pods, by which templates name it. */
export const containerName = "spark-history-server"
/** The name of its port, and of that of the Service. */
export const portName = "http"
/** The port of the Service, and of the pods unless a Spark property sets another. */
export const defaultPort = 18080

/** The Deployment that deletes old event logs if any does; the Service, the Ingress and the HTTPRoute. */
export const serverName = ({ metadata }: Named): string => metadata.name
/** The Deployment of further pods next to the one that deletes event logs. */
export const replicasName = ({ metadata }: Named): string => `${metadata.name}-replicas`
/** The ConfigMap. */
export const confName = ({ metadata }: Named): string => `${metadata.name}-conf`

export const confPath = "/opt/spark/history-conf"
export const storePath = "/var/spark-history-store"

/** By which the Service finds the pods, and the operator everything. */
export const selectorLabels = ({ metadata }: Named): Record<string, string> => ({
  [Labels.historyServer]: metadata.name,
})

/** `team/history`, as in messages. */
export const titleOf = ({ metadata }: Named): string =>
  `${sparkHistoryServers.kind} ${metadata.namespace}/${metadata.name}`

type StringMap = Readonly<Record<string, string>>

/** Metadata with the owner, and with the labels by which the operator finds the object, which win over the user's. */
export const ownedMetadata = (
  server: Named,
  name: string,
  users: { readonly labels?: StringMap | undefined; readonly annotations?: StringMap | undefined } = {},
): ObjectMeta => ({
  name,
  namespace: server.metadata.namespace,
  labels: {
    "app.kubernetes.io/name": containerName,
    "app.kubernetes.io/instance": server.metadata.name,
    "app.kubernetes.io/managed-by": "firesteel",
    ...users.labels,
    ...selectorLabels(server),
  },
  annotations: { ...users.annotations },
  ownerReferences: [ownerReference(sparkHistoryServers, server.metadata)],
})
