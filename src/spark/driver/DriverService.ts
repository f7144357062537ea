/**
 * Spark's `DriverServiceFeatureStep`: the headless Service under which executors reach the driver, and the properties that pin its address.
 * By default the Service publishes addresses that are not ready, since executors must reach the driver before any readiness probe has
 * passed; Spark itself can do that from 4.3 on.
 */

import type { ServicePort } from "kubernetes-types/core/v1"
import * as Labels from "../Labels.ts"
import { readAnnotations, readLabels } from "../pod/PodLabels.ts"
import { defaultPorts } from "./BasicDriver.ts"
import type { BuildOptions, ServiceStep, Submitted } from "./FeatureStep.ts"

const readPorts = ({ read, profile, ui }: Submitted) => {
  const driver = read.port("spark.driver.port") ?? defaultPorts.driver
  // Unlike the container's port this one does not fall back to spark.blockManager.port; the property below then moves the driver here.
  const blockManager = read.port("spark.driver.blockManager.port") ?? defaultPorts.blockManager
  const port = (name: string, number: number): ServicePort => ({ name, port: number, targetPort: number })
  const connect = port("spark-connect", read.port("spark.connect.grpc.binding.port") ?? defaultPorts.connect)
  const servicePorts: ReadonlyArray<ServicePort> = [
    port("driver-rpc-port", driver),
    port("blockmanager", blockManager),
    port("spark-ui", ui.plainPort),
    ...(profile.connectPort ? [profile.connectAppProtocol ? { ...connect, appProtocol: "grpc" } : connect] : []),
  ]
  return { driver, blockManager, servicePorts }
}

const readIpFamilies = ({ read, profile }: Submitted) => {
  const [policy, families] = [
    "spark.kubernetes.driver.service.ipFamilyPolicy",
    "spark.kubernetes.driver.service.ipFamilies",
  ] as const
  return profile.configurableService
    ? {
        ipFamilyPolicy: read.choice(policy, ["SingleStack", "PreferDualStack", "RequireDualStack"], "SingleStack"),
        ipFamilies: read.choice(families, ["IPv4", "IPv6", "IPv4,IPv6", "IPv6,IPv4"], "IPv4").split(","),
      }
    : {}
}

export const driverService = (submitted: Submitted): ServiceStep => {
  const { read, profile } = submitted
  const bindAddress = "spark.driver.bindAddress"
  if (read.has(bindAddress)) {
    read.refuse(read.fieldOf(bindAddress), "the driver binds to the address of its pod; remove this key")
  }
  const ports = readPorts(submitted)
  const ipFamilies = readIpFamilies(submitted)
  const annotations = readAnnotations(read, "spark.kubernetes.driver.service.annotation.")
  const publishingKey = "spark.kubernetes.driver.service.publishNotReadyAddresses"
  const publishing = profile.configurablePublishing && read.has(publishingKey) ? read.flag(publishingKey) : undefined
  const publishes = ({ parity }: BuildOptions) => {
    if (parity !== "strict") return { publishNotReadyAddresses: publishing ?? true }
    return profile.configurablePublishing ? { publishNotReadyAddresses: publishing ?? false } : {}
  }
  const labels = profile.configurableService ? readLabels(read, "spark.kubernetes.driver.service.label.") : {}

  return {
    service: (run) => ({
      metadata: {
        name: run.names.service,
        labels: { [Labels.sparkAppSelector]: run.appId, ...labels },
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      spec: {
        clusterIP: "None",
        ...ipFamilies,
        ...publishes(run.options),
        selector: { ...run.driverLabels },
        ports: [...ports.servicePorts],
      },
    }),
    properties: (run) => ({
      "spark.driver.host": `${run.names.service}.${run.namespace}.svc`,
      "spark.driver.port": String(ports.driver),
      "spark.driver.blockManager.port": String(ports.blockManager),
    }),
  }
}
