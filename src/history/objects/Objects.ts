/**
 * Everything that a history server consists of. Each object has a hash of what the operator has applied, by which a change of the spec is
 * recognized.
 *
 * Event logs must be deleted by one process only. So the Deployment with the name of the server has one pod if it deletes logs, which is
 * replaced only after it has ended, and all further pods are in a Deployment of their own that never deletes any. Both are behind the same
 * Service. No change of replicas or of the cleaner ever moves the cleaner to another Deployment.
 */

import type { Deployment } from "kubernetes-types/apps/v1"
import type { ConfigMap } from "kubernetes-types/core/v1"
import type { Ingress } from "kubernetes-types/networking/v1"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { configMaps, type KubeObject, type Resource, resource, services } from "../../kube/Resource.ts"
import { withAppliedKeys } from "../../spark/access/AppliedKeys.ts"
import { httpRoutes } from "../../spark/access/HttpRoute.ts"
import { fingerprint } from "../../spark/Fingerprint.ts"
import * as Labels from "../../spark/Labels.ts"
import { serverIngress, serverRoute, serverService } from "./Access.ts"
import { confName, ownedMetadata, replicasName, selectorLabels, serverName } from "./Names.ts"
import { propertiesFile, serverProperties } from "./ServerConf.ts"
import { serverPod } from "./ServerPod.ts"

export const deployments = resource<Deployment>("apps", "v1", "deployments", "Deployment")
export const ingresses = resource<Ingress>("networking.k8s.io", "v1", "ingresses", "Ingress")

/** What there can be, in the order in which it is made: the pods need their configuration. */
export const managed: ReadonlyArray<Resource> = [configMaps, deployments, services, ingresses, httpRoutes]

export interface Made<A extends KubeObject = KubeObject> {
  readonly resource: Resource<A>
  readonly object: A
}

/** The hash of what the operator has applied to this object. */
export const revisionOf = ({ metadata }: KubeObject): string | undefined =>
  metadata?.annotations?.[Labels.historyRevision]

const made = <A extends KubeObject>(resource: Resource<A>, object: A): Made => {
  const annotations = { ...object.metadata?.annotations, [Labels.historyRevision]: fingerprint(object) }
  return { resource, object: { ...object, metadata: { ...object.metadata, annotations } } }
}

/** One of the Deployments, with the file that its pods read. */
interface Part {
  readonly name: string
  readonly replicas: number
  readonly file: string
  readonly cleans: boolean
}

const partsOf = (server: SparkHistoryServer): ReadonlyArray<Part> => {
  const { replicas = 1, cleaner } = server.spec
  const cleans = cleaner?.enabled === true
  const first = { name: serverName(server), file: "spark-history.properties", cleans }
  return cleans && replicas > 1
    ? [
        { ...first, replicas: 1 },
        { name: replicasName(server), replicas: replicas - 1, file: "spark-history-replica.properties", cleans: false },
      ]
    : [{ ...first, replicas }]
}

const deploymentOf = (server: SparkHistoryServer, part: Part, content: string, exclusive: boolean): Deployment => {
  const { name, replicas, file, cleans } = part
  const labels = { ...selectorLabels(server), [Labels.historyDeployment]: name }
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: ownedMetadata(server, name),
    spec: {
      replicas,
      revisionHistoryLimit: 2,
      strategy:
        cleans || exclusive
          ? { type: "Recreate" }
          : { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      template: serverPod(server, name, file, content),
    },
  }
}

/**
 * All of it. `exclusive`: a claim can be mounted on one node only, so a pod must end before the next one starts. Total and pure: equal input
 * gives equal objects.
 */
export const desiredObjects = (server: SparkHistoryServer, exclusive: boolean): ReadonlyArray<Made> => {
  const parts = partsOf(server).map((part) => ({
    part,
    content: propertiesFile(serverProperties(server, part.cleans)),
  }))
  const conf: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: ownedMetadata(server, confName(server)),
    data: Object.fromEntries(parts.map(({ part, content }) => [part.file, content])),
  }
  return [
    made(configMaps, conf),
    ...parts.map(({ part, content }) => made(deployments, deploymentOf(server, part, content, exclusive))),
    made(services, withAppliedKeys(serverService(server))),
    ...serverIngress(server).map((object) => made(ingresses, withAppliedKeys(object))),
    ...serverRoute(server).map((object) => made(httpRoutes, withAppliedKeys(object))),
  ]
}
