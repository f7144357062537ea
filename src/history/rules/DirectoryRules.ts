/** Rules on the log directories, and on what is written there. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { Problem } from "../../api/Problem.ts"
import { fromTemplate } from "../../spark/pod/SparkPod.ts"
import { isLocal, mountPath, parseDirectory } from "../objects/Directories.ts"
import { containerName } from "../objects/Names.ts"
import { type Rule, versionOf } from "./Rule.ts"

type Directory = SparkHistoryServer["spec"]["logDirectories"][number]

const each =
  (check: (directory: Directory, field: string, server: SparkHistoryServer) => ReadonlyArray<Problem>): Rule =>
  (server) =>
    server.spec.logDirectories.flatMap((directory, index) => check(directory, `spec.logDirectories[${index}]`, server))

const urls = each(({ url }, field) => {
  if (url.includes(",") || /\s/.test(url)) {
    return [
      {
        field: `${field}.url`,
        message: `${JSON.stringify(url)} has a comma or a space, which Spark reads as the end of a directory; add an item of logDirectories for each directory`,
      },
    ]
  }
  return parseDirectory(url) === undefined
    ? [
        {
          field: `${field}.url`,
          message: `${JSON.stringify(url)} is not the URL of a directory; use one with a scheme and a path, such as s3a://bucket/spark-events, or file:/spark-events with a claim`,
        },
      ]
    : []
})

const claims = each((directory, field) => {
  if (directory.claim === undefined || parseDirectory(directory.url) === undefined) return []
  const { claimName, subPath } = directory.claim
  const problem = (name: string, message: string): Problem => ({ field: `${field}.${name}`, message })
  return [
    ...(isLocal(directory)
      ? []
      : [
          problem(
            "url",
            "is not on the file system, where the claim is mounted; use file: and a path, or remove claim",
          ),
        ]),
    ...(isLocal(directory) && mountPath(directory) === ""
      ? [problem("url", "is the root of the file system; use file: and the path at which the claim is to be mounted")]
      : []),
    ...(claimName === "" ? [problem("claim.claimName", "is empty; name a PersistentVolumeClaim")] : []),
    ...(subPath !== undefined && (subPath.startsWith("/") || subPath.split("/").includes(".."))
      ? [
          problem(
            "claim.subPath",
            `${JSON.stringify(subPath)} is not a path inside the volume; use one such as spark-events`,
          ),
        ]
      : []),
  ]
})

const duplicates: Rule = ({ spec: { logDirectories } }) => {
  const key = (directory: Directory) => (isLocal(directory) ? mountPath(directory) : directory.url)
  return logDirectories.flatMap((directory, index) => {
    const first = logDirectories.findIndex((other) => key(other) === key(directory))
    return first === index
      ? []
      : [
          {
            field: `spec.logDirectories[${index}].url`,
            message: `is the same as that of spec.logDirectories[${first}]; remove one`,
          },
        ]
  })
}

const names = each(({ name }, field) =>
  name?.includes(",") === true || name === ""
    ? [{ field: `${field}.name`, message: `${JSON.stringify(name)} is empty or has a comma; use another name` }]
    : [],
)

const severalDirectories: Rule = (server) => {
  const [major, minor] = versionOf(server) ?? [99, 0]
  return server.spec.logDirectories.length > 1 && (major < 4 || (major === 4 && minor < 2))
    ? [
        {
          field: "spec.logDirectories",
          message: `Spark ${server.spec.sparkVersion} reads one directory only; use Spark 4.2 or later, which reads event logs of earlier versions, or one history server for each directory`,
        },
      ]
    : []
}

const hadoopKeys: Rule = ({ spec }) => {
  const of = (conf: Readonly<Record<string, string>> | undefined, field: string) =>
    Object.keys(conf ?? {})
      .filter((key) => key.startsWith("spark."))
      .map((key) => ({
        field: `${field}[${JSON.stringify(key)}]`,
        message: "begins with spark.; write the property of Hadoop, without spark.hadoop.",
      }))
  return [
    ...of(spec.hadoopConf, "spec.hadoopConf"),
    ...spec.logDirectories.flatMap(({ hadoopConf }, index) =>
      of(hadoopConf, `spec.logDirectories[${index}].hadoopConf`),
    ),
  ]
}

/** Applications would write to a directory that is not in their pods. */
const unreachableInjection: Rule = ({ spec: { applications, logDirectories } }) => {
  const [first] = logDirectories
  return first !== undefined &&
    applications !== undefined &&
    applications.inject !== false &&
    isLocal(first) &&
    first.claim === undefined
    ? [
        {
          field: "spec.applications.inject",
          message:
            "applications cannot write to spec.logDirectories[0], which is on the file system of the server and on no claim; set its claim, use a URL of shared storage, or set inject to false",
        },
      ]
    : []
}

export const directoryRules: ReadonlyArray<Rule> = [
  urls,
  claims,
  duplicates,
  names,
  severalDirectories,
  hadoopKeys,
  unreachableInjection,
]

const unmounted = each((directory, field, { spec }) => {
  if (directory.claim !== undefined || !isLocal(directory)) return []
  const path = `${mountPath(directory)}/`
  const { volumeMounts = [] } = fromTemplate(spec.template, containerName).container
  return volumeMounts.some((mount) => path.startsWith(`${mount.mountPath.replace(/\/+$/, "")}/`))
    ? []
    : [
        {
          field: `${field}.url`,
          message:
            "is on the file system of the container, where no volume is mounted, so only what the image contains is seen; set claim, or mount a volume in spec.template",
        },
      ]
})

const unnamed: Rule = (server) => {
  const [major, minor] = versionOf(server) ?? [99, 0]
  const named = server.spec.logDirectories.findIndex(({ name }) => name !== undefined)
  return named >= 0 && (major < 4 || (major === 4 && minor < 2))
    ? [
        {
          field: `spec.logDirectories[${named}].name`,
          message: `Spark ${server.spec.sparkVersion} does not show names of directories; it has no effect`,
        },
      ]
    : []
}

/** Claims and Secrets are in one namespace, so applications of others do without them. */
const otherNamespaces: Rule = ({ metadata, spec: { applications, logDirectories } }) => {
  const others = (applications?.namespaces ?? []).filter((namespace) => namespace !== metadata.namespace)
  const [first] = logDirectories
  if (others.length === 0 || applications?.inject === false) return []
  const field = "spec.applications.namespaces"
  if (first?.claim !== undefined) {
    return [
      {
        field,
        message: `a claim can be mounted in its own namespace only, so applications outside of ${metadata.namespace} are not selected; use a URL of shared storage, or a history server in each namespace`,
      },
    ]
  }
  return first?.secretName === undefined
    ? []
    : [
        {
          field,
          message: `the Secret ${first.secretName} is in namespace ${metadata.namespace}, so applications of other namespaces get no credentials from it and need their own`,
        },
      ]
}

export const directoryWarnings: ReadonlyArray<Rule> = [unmounted, unnamed, otherNamespaces]
