/**
 * The Service for clients, with kubeflow's name and ports. It selects the server of any attempt, once that is ready; executors reach their own
 * server by the headless Service of its attempt.
 */

import type { Service, ServicePort } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import { services } from "../../kube/Resource.ts"
import { confReader } from "../../spark/conf/ConfReader.ts"
import { defaultPorts } from "../../spark/driver/BasicDriver.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Plan } from "../../spark/Plan.ts"
import { serviceName } from "../Names.ts"
import { portKey } from "../Workload.ts"
import { type AccessObject, accessMetadata, accessObject } from "./AccessObject.ts"

/** The name of the port for clients. */
export const connectPortName = "spark-connect-server"

/** Where the server listens for clients. */
export const connectPort = ({ conf }: Pick<Plan, "conf">): number =>
  confReader(conf, () => {}).port(portKey) ?? defaultPorts.connect

const ownPorts = (plan: Pick<Plan, "conf" | "ui">): ReadonlyArray<ServicePort> => {
  const port = (name: string, number: number, appProtocol: string): ServicePort => ({
    name,
    port: number,
    targetPort: number,
    protocol: "TCP",
    appProtocol,
  })
  return [
    port("driver-rpc", defaultPorts.driver, "tcp"),
    port("blockmanager", defaultPorts.blockManager, "tcp"),
    port("web-ui", plan.ui.endpoint?.port ?? plan.ui.plainPort, plan.ui.endpoint?.secure ? "https" : "http"),
    port(connectPortName, connectPort(plan), "grpc"),
  ]
}

/** The user's ports over ours of the same name or number, and the others of both. */
const mergedPorts = (own: ReadonlyArray<ServicePort>, users: ReadonlyArray<ServicePort>): Array<ServicePort> => {
  const named = (name: string | undefined) => users.find((port) => port.name === name && name !== undefined)
  const ours = own.filter(
    (port) => named(port.name) !== undefined || users.every(({ port: other }) => other !== port.port),
  )
  return [
    ...ours.map((port) => ({ ...port, ...named(port.name) })),
    ...users.filter((port) => own.every(({ name }) => name !== port.name)),
  ]
}

/** kubeflow's selector without the version of Spark, with which a changed version would select nothing. */
const selector = ({ metadata }: SparkConnect): Record<string, string> => ({
  [Labels.launchedBy]: "true",
  [Labels.connectName]: metadata.name,
  [Labels.sparkRole]: Labels.connectServerRole,
})

export const serverService = (connect: SparkConnect, plan: Pick<Plan, "conf" | "ui">): AccessObject => {
  const { metadata, spec } = connect.spec.server.service ?? {}
  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: accessMetadata(connect, serviceName(connect), metadata),
    spec: {
      type: "ClusterIP",
      ...spec,
      selector: selector(connect),
      ports: mergedPorts(ownPorts(plan), spec?.ports ?? []),
    },
  }
  return accessObject(services, object)
}
