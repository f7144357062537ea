/** The Spark properties of a history server, and what follows from them: heap, port and size of the store. Pure. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { SparkHistoryServerSpec } from "../../api/history/SparkHistoryServerSpec.ts"
import { parseQuantity } from "../../kube/Quantity.ts"
import { parseMebibytes } from "../../spark/conf/Memory.ts"
import { renderProperties } from "../../spark/conf/Properties.ts"
import { publicUrl } from "./Addresses.ts"
import { directoryUrl } from "./Directories.ts"
import { defaultPort, storePath } from "./Names.ts"

type Properties = Readonly<Record<string, string>>

export const portKey = "spark.history.ui.port"
export const proxyBaseKey = "spark.ui.proxyBase"

/** MiB. */
export const heapOf = ({ memory = "1g" }: Pick<SparkHistoryServerSpec, "memory">): number => parseMebibytes(memory) ?? 0

/** Where the pods listen. */
export const listenPort = ({ sparkConf }: Pick<SparkHistoryServerSpec, "sparkConf">): number =>
  Number(sparkConf?.[portKey]) || defaultPort

/** Bytes of the emptyDir; undefined for a store in the heap. */
export const storeSize = ({ store }: Pick<SparkHistoryServerSpec, "store">): number | undefined =>
  store === undefined || store.type === "Memory" ? undefined : (parseQuantity(String(store.size ?? "10Gi")) ?? 0)

/** A key-value store writes more than what counts as used while it merges files, so it gets less than the volume has. */
const usable = 0.9

/** MiB of the heap for the hybrid store. */
export const hybridMemory = (spec: Pick<SparkHistoryServerSpec, "store" | "memory">): number =>
  spec.store?.memory === undefined ? Math.floor(heapOf(spec) / 2) : (parseMebibytes(spec.store.memory) ?? 0)

const storeProperties = (spec: SparkHistoryServerSpec): Properties => {
  const size = storeSize(spec)
  if (size === undefined) return {}
  return {
    "spark.history.store.path": storePath,
    "spark.history.store.maxDiskUsage": `${Math.floor(size * usable)}b`,
    ...(spec.store?.type === "Hybrid"
      ? {
          "spark.history.store.hybridStore.enabled": "true",
          "spark.history.store.hybridStore.maxMemoryUsage": `${hybridMemory(spec)}m`,
        }
      : {}),
  }
}

const cleaner = "spark.history.fs.cleaner"

const cleanerProperties = ({ cleaner: options }: SparkHistoryServerSpec): Properties => {
  if (options?.enabled !== true) return {}
  const { interval, maxAge, maxNum } = options
  return {
    [`${cleaner}.enabled`]: "true",
    ...(interval === undefined ? {} : { [`${cleaner}.interval`]: interval }),
    ...(maxAge === undefined ? {} : { [`${cleaner}.maxAge`]: maxAge }),
    ...(maxNum === undefined ? {} : { [`${cleaner}.maxNum`]: String(maxNum) }),
  }
}

const directoryProperties = ({ logDirectories }: SparkHistoryServerSpec): Properties => {
  const urls = logDirectories.map(directoryUrl)
  const isNamed = logDirectories.some(({ name }) => name !== undefined)
  return {
    "spark.history.fs.logDirectory": urls.join(","),
    ...(isNamed
      ? {
          "spark.history.fs.logDirectory.names": logDirectories.map(({ name }, index) => name ?? urls[index]).join(","),
        }
      : {}),
  }
}

/** Spark properties of Hadoop properties. */
export const hadoopProperties = (hadoopConf: Properties = {}): Properties =>
  Object.fromEntries(Object.entries(hadoopConf).map(([key, value]) => [`spark.hadoop.${key}`, value]))

/** The path of the address for browsers, with which links must begin, because the proxy in front removes it from requests. */
const proxyProperties = (server: SparkHistoryServer): Properties => {
  const path = publicUrl(server)?.pathname.replace(/\/+$/, "") ?? ""
  return path === "" ? {} : { [proxyBaseKey]: path }
}

/** All properties. `cleans`: of the pod that deletes event logs. */
export const serverProperties = (server: SparkHistoryServer, cleans: boolean): Properties => {
  const { spec } = server
  return {
    ...proxyProperties(server),
    ...spec.sparkConf,
    ...hadoopProperties(spec.hadoopConf),
    ...Object.assign({}, ...spec.logDirectories.map(({ hadoopConf }) => hadoopProperties(hadoopConf))),
    [portKey]: String(listenPort(spec)),
    ...directoryProperties(spec),
    ...storeProperties(spec),
    ...(cleans ? cleanerProperties(spec) : {}),
  }
}

/** The file that the server reads. */
export const propertiesFile = (properties: Properties): string =>
  renderProperties(new Map(Object.entries(properties)), "Spark history server")
