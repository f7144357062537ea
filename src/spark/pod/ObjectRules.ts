/**
 * Rules of Kubernetes for finished objects: fields that are valid by themselves can still collide in the pod that they make together. They
 * are checked on trial objects of the plan, so that problems are reported before anything is created.
 */

import type { ConfigMap, Container, Pod, Service } from "kubernetes-types/core/v1"
import type { Problem } from "../../api/Problem.ts"
import { isDnsLabel, isDnsSubdomain } from "../../kube/names/ObjectName.ts"
import { parseQuantity } from "../../kube/Quantity.ts"
import type { DriverObjects } from "../driver/DriverObjects.ts"
import { metadataProblems, partProblems, volumeProblems } from "./ContainerRules.ts"
import { driverContainerName, executorContainerName } from "./SparkPod.ts"

/** Limit of the API server on the data of a ConfigMap, in bytes. */
const maxConfigMapBytes = 1048576
const utf8 = new TextEncoder()

const repeated = (names: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(names.filter((name, index) => names.indexOf(name) < index)),
]

const uniqueness = (names: ReadonlyArray<string>, field: string, what: string): ReadonlyArray<Problem> =>
  repeated(names).map((name) => ({
    field,
    message: `the pod would have ${what} ${JSON.stringify(name)} twice; keep one`,
  }))

/** Both volumes are named: one of them may be Spark's. */
const mountPathProblems = ({ volumeMounts = [] }: Container, field: string): ReadonlyArray<Problem> =>
  repeated(volumeMounts.map(({ mountPath }) => mountPath)).map((path) => {
    const names = volumeMounts.filter(({ mountPath }) => mountPath === path).map(({ name }) => name)
    return {
      field,
      message: `the pod would have the mount path ${JSON.stringify(path)} twice, for the volumes ${names.join(" and ")}; keep one`,
    }
  })

const dnsLabels = (names: ReadonlyArray<string>, field: string, what: string): ReadonlyArray<Problem> =>
  names
    .filter((name) => !isDnsLabel(name))
    .map((name) => ({
      field,
      message: `${JSON.stringify(name)} is not a valid name of ${what}; use at most 63 lower-case letters, digits and -`,
    }))

/** A limit must not be below the request of the same resource. */
const limitProblems = (container: Container, field: string): ReadonlyArray<Problem> =>
  Object.entries(container.resources?.limits ?? {}).flatMap(([name, limit]) => {
    const request = container.resources?.requests?.[name]
    const [most, least] = [parseQuantity(String(limit)), parseQuantity(String(request ?? 0))]
    return most !== undefined && least !== undefined && most < least
      ? [
          {
            field,
            message: `the ${name} limit ${limit} is below the request ${request}; raise the limit or lower the request`,
          },
        ]
      : []
  })

const sparkContainers: ReadonlyArray<string> = [driverContainerName, executorContainerName]

const containerProblems = (
  container: Container,
  volumes: ReadonlyArray<string>,
  field: string,
): ReadonlyArray<Problem> => {
  const mounts = container.volumeMounts ?? []
  const portNames = (container.ports ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
  return [
    ...mountPathProblems(container, `${field}.volumeMounts`),
    ...uniqueness(portNames, `${field}.ports`, "the port"),
    ...mounts
      .filter(({ name }) => !volumes.includes(name))
      .map(({ name }) => ({
        field,
        message: `the container ${container.name} mounts the unknown volume ${JSON.stringify(name)}`,
      })),
    ...limitProblems(container, field),
    ...partProblems(container, field, sparkContainers.includes(container.name)),
  ]
}

/** What the API server would refuse in a pod made from the fields of this role. */
export const podProblems = (pod: Pod, field: string): ReadonlyArray<Problem> => {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const containerNames = containers.map(({ name }) => name)
  const volumes = (pod.spec?.volumes ?? []).map(({ name }) => name)
  return [
    ...dnsLabels(containerNames, field, "a container"),
    ...uniqueness(containerNames, field, "the container"),
    ...dnsLabels(volumes, field, "a volume"),
    ...uniqueness(volumes, field, "the volume"),
    ...volumeProblems(pod.spec?.volumes ?? []),
    ...metadataProblems(pod, field),
    ...containers.flatMap((container) => containerProblems(container, volumes, field)),
  ]
}

const serviceProblems = (service: Service): ReadonlyArray<Problem> =>
  repeated((service.spec?.ports ?? []).map(({ port }) => String(port))).map((port) => ({
    field: "spec.sparkConf",
    message: `two ports of the driver have the number ${port}; give each of spark.driver.port, spark.driver.blockManager.port, spark.ui.port and spark.connect.grpc.binding.port its own`,
  }))

const sizeProblems = (configMap: ConfigMap): ReadonlyArray<Problem> => {
  const sizes = Object.entries(configMap.data ?? {}).map(
    ([key, text]) => [key, utf8.encode(key).length + utf8.encode(text).length] as const,
  )
  const bytes = sizes.reduce((sum, [, size]) => sum + size, 0)
  const [largest] = sizes.reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0] as const)
  const field = largest === "spark.properties" ? "spec.sparkConf" : "spec.executor"
  return bytes > maxConfigMapBytes
    ? [
        {
          field,
          message: `would make a ConfigMap of ${bytes} bytes, but Kubernetes allows ${maxConfigMapBytes}; move large values into the image or a ConfigMap of your own`,
        },
      ]
    : []
}

/** What the API server would refuse in the objects of a submission. */
export const objectProblems = ({ pod, service, configMaps }: DriverObjects): ReadonlyArray<Problem> => {
  const name = pod.metadata?.name ?? ""
  return [
    ...(isDnsSubdomain(name)
      ? []
      : [
          {
            field: "spec.driver.podName",
            message: `${JSON.stringify(name)} is not a valid name of a pod; use at most 253 lower-case letters, digits, - and .`,
          },
        ]),
    ...podProblems(pod, "spec.driver"),
    ...serviceProblems(service),
    ...configMaps.flatMap(sizeProblems),
  ]
}
