/** The SparkApplication that equals a command line of spark-submit: run by the operator, it makes the same objects. Pure. */

import { sparkApplicationType } from "../../../api/Kinds.ts"
import type { Problem } from "../../../api/Problem.ts"
import { driverContainerName, executorContainerName } from "../../../spark/pod/SparkPod.ts"
import { placeOf } from "./ConfFields.ts"
import { nameFor } from "./NameFor.ts"
import type { SparkSubmitCommand } from "./SparkSubmitArguments.ts"

type Fields = Record<string, unknown>

/** What the files that a command line names contain. */
export interface SubmitFiles {
  readonly properties: ReadonlyMap<string, string>
  /** Pod templates, parsed. */
  readonly templates: { readonly driver: unknown; readonly executor: unknown }
}

export interface SubmitOptions {
  /** Undefined: from the tag of the image. */
  readonly sparkVersion: string | undefined
  /** Of the user's context, if the command line names none. */
  readonly namespace: string
}

export interface EqualApplication {
  readonly application: Fields
  /** Why it cannot be the same; with these it must not be created. */
  readonly problems: ReadonlyArray<Problem>
  /** What is different, and why that does not matter. */
  readonly remarks: ReadonlyArray<string>
}

const set = (target: Fields, [first, ...rest]: ReadonlyArray<string>, value: unknown): void => {
  if (first === undefined) return
  if (rest.length === 0) target[first] = value
  else set((target[first] ??= {}) as Fields, rest, value)
}

const typeOf = ({ file, mainClass }: SparkSubmitCommand): string => {
  if (/\.py$/i.test(file)) return "Python"
  if (/\.r$/i.test(file)) return "R"
  return mainClass === undefined ? "Java" : "Scala"
}

/** `registry.example.com/spark:4.0.1-python3` → `4.0.1`. */
export const versionIn = (image: string | undefined): string | undefined =>
  /:(?:[a-z]+-?)?(\d+\.\d+\.\d+)[^/]*$/i.exec(image ?? "")?.[1]

/** Says that the class is in the image, without a file of its own. */
const noFile = "spark-internal"

/** A file that only the submitting machine has: spark-submit would upload it. */
const isLocal = (file: string): boolean =>
  file !== noFile && (!/^[a-z][a-z0-9+.-]*:/i.test(file) || /^file:/i.test(file))

const fileProblem = (field: string, file: string): ReadonlyArray<Problem> =>
  isLocal(file)
    ? [
        {
          field,
          message: `${file} is on this machine; spark-submit would upload it. Put it into the image and write local://…, or into a store and write its URL`,
        },
      ]
    : []

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The template with Spark's container under the name by which the operator finds it, and without an owner; undefined if nothing is left. */
const templateOf = (template: unknown, containerName: string | undefined, usual: string): Fields | undefined => {
  if (!isFields(template)) return undefined
  const { apiVersion: _version, kind: _kind, metadata, spec, ...rest } = template
  const { ownerReferences: _owners, ...ownMetadata } = isFields(metadata) ? metadata : {}
  const ownSpec = isFields(spec) ? spec : {}
  const containers = (Array.isArray(ownSpec["containers"]) ? ownSpec["containers"] : []) as ReadonlyArray<Fields>
  const named = containers.map((container, index) =>
    (containerName === undefined ? index === 0 : container["name"] === containerName)
      ? { ...container, name: usual }
      : container,
  )
  const changed = named.filter((container) => Object.keys(container).length > 1 || container["name"] !== usual)
  const { containers: _containers, ...otherSpec } = ownSpec
  const newSpec = { ...otherSpec, ...(changed.length === 0 ? {} : { containers: named }) }
  const content = {
    ...rest,
    ...(Object.keys(ownMetadata).length === 0 ? {} : { metadata: ownMetadata }),
    ...(Object.keys(newSpec).length === 0 ? {} : { spec: newSpec }),
  }
  return Object.keys(content).length === 0 ? undefined : content
}

/** Executors that Spark starts by default; the operator would start one. */
const sparkInstances = 2

const dynamic = (conf: ReadonlyMap<string, string>) => conf.get("spark.dynamicAllocation.enabled") === "true"

/** In the order in which people write a spec. */
const order = [
  "type",
  "mode",
  "sparkVersion",
  "image",
  "imagePullPolicy",
  "imagePullSecrets",
  "mainClass",
  "mainApplicationFile",
  "arguments",
  "proxyUser",
  "pythonVersion",
  "deps",
  "sparkConf",
  "hadoopConf",
]
const last = ["nodeSelector", "driver", "executor"]

const ordered = (spec: Fields): Fields => {
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) - 100 : last.indexOf(key))
  return Object.fromEntries(Object.entries(spec).toSorted(([a], [b]) => rank(a) - rank(b)))
}

/** Total: what cannot be translated is a problem, and the rest is translated all the same. */
export const equalApplication = (
  command: SparkSubmitCommand,
  { properties, templates }: SubmitFiles,
  options: SubmitOptions,
): EqualApplication => {
  const conf = new Map([...properties, ...command.conf])
  const spec: Fields = { driver: {}, executor: {} }
  const sparkConf: Fields = {}
  for (const [key, value] of conf) {
    const place = placeOf(key, value)
    if (place._tag === "Field") set(spec, place.path, place.value)
    if (place._tag === "Conf") sparkConf[key] = value
  }
  if (Object.keys(sparkConf).length > 0) spec["sparkConf"] = sparkConf
  for (const [role, usual] of [
    ["driver", driverContainerName],
    ["executor", executorContainerName],
  ] as const) {
    const container = conf.get(`spark.kubernetes.${role}.podTemplateContainerName`)
    const template = templateOf(templates[role], container, usual)
    if (template !== undefined) set(spec, [role, "template"], template)
  }
  const executor = spec["executor"] as Fields
  const defaultInstances = !conf.has("spark.executor.instances") && !dynamic(conf)
  if (defaultInstances) executor["instances"] = sparkInstances

  const { name, remark } = nameFor(conf.get("spark.app.name") ?? command.mainClass ?? command.file)
  const image = conf.get("spark.kubernetes.container.image") ?? conf.get("spark.kubernetes.driver.container.image")
  const sparkVersion = options.sparkVersion ?? versionIn(image)
  const deployMode = command.deployMode ?? conf.get("spark.submit.deployMode")
  const master = command.master ?? conf.get("spark.master")
  const files = Object.entries((spec["deps"] ?? {}) as Record<string, ReadonlyArray<string>>).flatMap(([list, all]) =>
    ["jars", "files", "pyFiles", "archives"].includes(list)
      ? all.flatMap((file, index) => fileProblem(`spec.deps.${list}[${index}]`, file))
      : [],
  )
  return {
    application: {
      ...sparkApplicationType,
      metadata: { name, namespace: conf.get("spark.kubernetes.namespace") ?? options.namespace },
      spec: ordered({
        type: typeOf(command),
        ...(sparkVersion === undefined ? {} : { sparkVersion }),
        ...(command.mainClass === undefined ? {} : { mainClass: command.mainClass }),
        mainApplicationFile: command.file,
        ...(command.arguments.length === 0 ? {} : { arguments: command.arguments }),
        ...(command.proxyUser === undefined ? {} : { proxyUser: command.proxyUser }),
        ...spec,
      }),
    },
    problems: [
      ...(sparkVersion === undefined
        ? [{ field: "spec.sparkVersion", message: "the tag of the image does not tell it; pass --spark-version" }]
        : []),
      ...fileProblem("spec.mainApplicationFile", command.file),
      ...files,
    ],
    remarks: [
      ...(remark === undefined ? [] : [remark]),
      ...(defaultInstances
        ? [`spec.executor.instances: ${sparkInstances}, which is Spark's default; that of the operator is 1`]
        : []),
      ...(deployMode === "cluster"
        ? []
        : ["the driver runs in a pod (--deploy-mode cluster), not on the machine that submits"]),
      ...(master === undefined || master.startsWith("k8s://")
        ? []
        : [`--master ${master} is not Kubernetes: what only that cluster manager knows has no effect`]),
      ...command.ignored.map((flag) => `${flag} has no meaning for a SparkApplication and is left out`),
      ...(conf.has("spark.kubernetes.driver.pod.name")
        ? []
        : [`the driver pod is ${name}-driver; spark-submit would add a random part`]),
    ],
  }
}
