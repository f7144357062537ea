/** Rules on version, image, properties, memory, store and pod template. */

import type { Problem } from "../../api/Problem.ts"
import { parseQuantity } from "../../kube/Quantity.ts"
import { keyOf } from "../../spark/conf/SparkConf.ts"
import { fromTemplate } from "../../spark/pod/SparkPod.ts"
import { containerName, defaultPort } from "../objects/Names.ts"
import { heapOf, hybridMemory, portKey, storeSize } from "../objects/ServerConf.ts"
import { type Rule, versionOf } from "./Rule.ts"

const version: Rule = (server) =>
  versionOf(server) === undefined
    ? [
        {
          field: "spec.sparkVersion",
          message: `${JSON.stringify(server.spec.sparkVersion)} is not a version of Spark; use one such as 4.3.0`,
        },
      ]
    : []

const image: Rule = ({ spec }) =>
  spec.image || fromTemplate(spec.template, containerName).container.image
    ? []
    : [
        {
          field: "spec.image",
          message: `there is no image; set spec.image, or the image of the container ${containerName} in spec.template`,
        },
      ]

const restartPolicy: Rule = ({ spec: { template } }) => {
  const policy = template?.spec?.restartPolicy
  return policy === undefined || policy === "Always"
    ? []
    : [
        {
          field: "spec.template.spec.restartPolicy",
          message: `is ${policy}; a Deployment restarts its containers, so remove it`,
        },
      ]
}

const tls = "browsers are served over HTTP; end TLS at spec.ingress or spec.httpRoute and remove this key"

/** Properties that fields of the resource set, by the beginning of their key. */
const reserved: ReadonlyArray<readonly [key: RegExp, message: string]> = [
  [/^spark\.history\.fs\.logDirectory/, "is set by spec.logDirectories; add the directory there and remove this key"],
  [
    /^spark\.history\.fs\.(driverlog\.)?cleaner\.(enabled|interval|maxAge|maxNum)$/,
    "would hold for every pod, and only one may delete event logs; use spec.cleaner and remove this key",
  ],
  [
    /^spark\.history\.store\.(path|maxDiskUsage|hybridStore\.(enabled|maxMemoryUsage))$/,
    "is set by spec.store; remove this key",
  ],
  [/^spark\.history\.provider$/, "another provider would not read spec.logDirectories; remove this key"],
  [/^spark\.ssl\.historyServer\./, tls],
]

const reservedKeys: Rule = ({ spec: { sparkConf = {} } }) => [
  ...Object.keys(sparkConf).flatMap((key) => {
    const found = reserved.find(([pattern]) => pattern.test(key))
    return found === undefined ? [] : [{ field: keyOf("spec.sparkConf", key), message: found[1] }]
  }),
  ...(sparkConf["spark.ssl.enabled"] === "true"
    ? [{ field: keyOf("spec.sparkConf", "spark.ssl.enabled"), message: tls }]
    : []),
]

const port: Rule = ({ spec: { sparkConf } }) => {
  const text = sparkConf?.[portKey]
  const number = Number(text)
  return text === undefined || (Number.isInteger(number) && number >= 1 && number <= 65535)
    ? []
    : [
        {
          field: keyOf("spec.sparkConf", portKey),
          message: `${JSON.stringify(text)} is not a port from 1 to 65535; remove this key, the default is ${defaultPort}`,
        },
      ]
}

const store: Rule = ({ spec }) => {
  const size = storeSize(spec)
  const tooSmall = size !== undefined && size < 2 ** 20
  const problems: ReadonlyArray<Problem> = tooSmall
    ? [
        {
          field: "spec.store.size",
          message: `${JSON.stringify(spec.store?.size)} is less than 1Mi; the default is 10Gi`,
        },
      ]
    : []
  if (spec.store?.type !== "Hybrid" || hybridMemory(spec) < heapOf(spec)) return problems
  return [
    ...problems,
    {
      field: "spec.store.memory",
      message: `${spec.store.memory} is not less than the heap of ${spec.memory ?? "1g"}; raise spec.memory, or lower it`,
    },
  ]
}

/** The kernel kills a container that uses more than its limit. */
const memoryLimit: Rule = ({ spec }) => {
  const own = fromTemplate(spec.template, containerName).container.resources?.limits
  const limit = (spec.resources?.limits ?? own)?.["memory"]
  const bytes = limit === undefined ? undefined : parseQuantity(String(limit))
  if (bytes === undefined || bytes > heapOf(spec) * 2 ** 20) return []
  return [
    {
      field: spec.resources?.limits === undefined ? "spec.template" : "spec.resources.limits.memory",
      message: `the limit ${limit} is not more than the heap of ${spec.memory ?? "1g"}, so the kernel would kill the server; raise it by at least 384Mi, or lower spec.memory`,
    },
  ]
}

export const podRules: ReadonlyArray<Rule> = [version, image, restartPolicy, reservedKeys, port, store, memoryLimit]

const ignoredKeys: Rule = ({ spec: { sparkConf = {} } }) =>
  Object.keys(sparkConf)
    .filter((key) => !key.startsWith("spark."))
    .map((key) => ({ field: keyOf("spec.sparkConf", key), message: "does not begin with spark., so Spark ignores it" }))

export const podWarnings: ReadonlyArray<Rule> = [ignoredKeys]
