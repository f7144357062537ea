/** Rules on a SparkConnect that other kinds of workload do not share: versions, reserved properties, authentication, the Service. */

import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import { SparkConnectSpec } from "../api/connect/SparkConnectSpec.ts"
import type { Problem } from "../api/Problem.ts"
import { structuralSchema } from "../api/schema/StructuralSchema.ts"
import { unknownIn } from "../api/schema/UnknownFields.ts"
import { isServiceName } from "../kube/names/ObjectName.ts"
import { keyOf } from "../spark/conf/SparkConf.ts"
import { progressWarnings } from "../spark/health/HealthPlan.ts"
import { maxLabelLength } from "../spark/Names.ts"
import { driverContainerName, executorContainerName, fromTemplate } from "../spark/pod/SparkPod.ts"
import { profileOf } from "../spark/SparkProfile.ts"
import { executorPrefixKey, hasImage } from "./Workload.ts"

type Rule = (connect: SparkConnect) => ReadonlyArray<Problem>

/** `[major, minor]`; undefined for what is not a version, which the builder refuses. */
const versionOf = ({ spec }: SparkConnect): readonly [number, number] | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(spec.sparkVersion) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}

const isBefore = (connect: SparkConnect, major: number, minor: number): boolean => {
  const version = versionOf(connect)
  return version !== undefined && (version[0] < major || (version[0] === major && version[1] < minor))
}

/** Where a user names the jar of the server for a Spark whose image does not have it. */
const namesConnectJar = ({ spec: { deps, sparkConf = {} } }: SparkConnect): boolean =>
  [
    ...(deps?.packages ?? []),
    ...(deps?.jars ?? []),
    sparkConf["spark.jars.packages"] ?? "",
    sparkConf["spark.jars"] ?? "",
  ].some((text) => text.includes("spark-connect"))

const connectJar: Rule = (connect) => {
  const { sparkVersion } = connect.spec
  if (isBefore(connect, 3, 4)) {
    return [{ field: "spec.sparkVersion", message: `Spark ${sparkVersion} has no Connect server; use 4.0 or later` }]
  }
  if (!isBefore(connect, 4, 0) || namesConnectJar(connect)) return []
  return [
    {
      field: "spec.sparkVersion",
      message: `the images of Spark ${sparkVersion} do not contain the Connect server; add org.apache.spark:spark-connect_2.12:${sparkVersion} to spec.deps.packages, which is downloaded at every start, or use an image that has the jar and add its path to spec.deps.jars, such as local:///opt/spark/jars/spark-connect_2.12-${sparkVersion}.jar`,
    },
  ]
}

export const noImage =
  "there is no image; set spec.image, or the image of the Spark container in spec.server.template or spec.executor.template"

const images: Rule = (connect) => (hasImage(connect) ? [] : [{ field: "spec.image", message: noImage }])

const ownPort = "executors and the Service reach the server at this port, which the operator sets; remove this key"

/** Properties that only the operator may set, each with the reason and the remedy. */
export const reserved: Readonly<Record<string, string>> = {
  "spark.driver.host": "executors reach the server by a Service of the operator; remove this key",
  "spark.driver.bindAddress": "the server binds to the address of its pod; remove this key",
  "spark.driver.port": ownPort,
  "spark.driver.blockManager.port": ownPort,
  "spark.kubernetes.driver.pod.name": "the pod is called <name>-server; remove this key",
  "spark.app.id": "the operator sets it, so that the history and the labels of each server are known; remove this key",
  "spark.connect.authenticate.token":
    "the token would be readable in the ConfigMap and the Spark UI; remove this key and set spec.auth.mode to Token",
}

const reservedKeys: Rule = ({ spec: { sparkConf = {} } }) =>
  Object.entries(reserved).flatMap(([key, message]) =>
    sparkConf[key] === undefined ? [] : [{ field: keyOf("spec.sparkConf", key), message }],
  )

const token: Rule = (connect) =>
  connect.spec.auth?.mode === "Token" && isBefore(connect, 4, 0)
    ? [
        {
          field: "spec.auth.mode",
          message: `Spark ${connect.spec.sparkVersion} does not check tokens; use Spark 4.0 or later, or mode None`,
        },
      ]
    : []

const service: Rule = ({ metadata, spec: { server } }) => {
  if (server.service === undefined) return []
  const field = "spec.server.service.metadata.name"
  const name: unknown = server.service.metadata?.name
  if (name === undefined || name === "") {
    return [
      { field, message: `is required with spec.server.service; use ${metadata.name}-server, which is the usual name` },
    ]
  }
  return typeof name === "string" && isServiceName(name)
    ? []
    : [
        {
          field,
          message: `${JSON.stringify(name)} is not the name of a Service; use at most ${maxLabelLength} lower case letters, digits and -`,
        },
      ]
}

const rules: ReadonlyArray<Rule> = [connectJar, images, reservedKeys, token, service]

/** What keeps a server from being started. */
export const specProblems: Rule = (connect) => rules.flatMap((rule) => rule(connect))

const specSchema = structuralSchema(SparkConnectSpec)

const unknown: Rule = ({ spec }) => unknownIn(specSchema, spec, "spec", "sparkconnect.spec")

/** Spark sets CPU and memory of both containers by its configuration. */
const replacedResources: Rule = ({ spec }) => {
  const roles = [
    ["server", driverContainerName],
    ["executor", executorContainerName],
  ] as const
  return roles.flatMap(([role, container]) => {
    const { limits, requests } = fromTemplate(spec[role].template, container).container.resources ?? {}
    const has = (name: string) => limits?.[name] !== undefined || requests?.[name] !== undefined
    return has("memory") && spec[role].memory === undefined
      ? [
          {
            field: `spec.${role}.template`,
            message: `the memory of the Spark container is replaced by that of Spark, which is 1g and an overhead; set spec.${role}.memory`,
          },
        ]
      : []
  })
}

const executorNames: Rule = ({ spec: { sparkConf = {} } }) =>
  sparkConf[executorPrefixKey] === undefined
    ? []
    : [
        {
          field: keyOf("spec.sparkConf", executorPrefixKey),
          message:
            "is set by the operator, so that the executors of each attempt have names of their own; this value is ignored",
        },
      ]

const weakIdleSignal: Rule = (connect) =>
  connect.spec.idle !== undefined && profileOf(connect.spec.sparkVersion)?.connectSessions === false
    ? [
        {
          field: "spec.idle",
          message: `Spark ${connect.spec.sparkVersion} does not report its sessions, so a server without a running job counts as idle, even if sessions are open`,
        },
      ]
    : []

const unwatched: Rule = (connect) =>
  progressWarnings(connect, "a server is not watched for progress; spec.idle ends an unused one")

const warningRules: ReadonlyArray<Rule> = [unknown, replacedResources, executorNames, weakIdleSignal, unwatched]

/** What does not keep a server from being started but may surprise the user. */
export const specWarnings: Rule = (connect) => warningRules.flatMap((rule) => rule(connect))
