/**
 * What the driver runs: the kind of resource, decided by its file name as in `SparkSubmit`, the class and the arguments.
 */

import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"

export type ResourceType = "java" | "python" | "r"

export interface MainResource {
  readonly type: ResourceType
  /** The URI as written, or `spark-internal` for a class that is on the image's class path. */
  readonly uri: string
  readonly mainClass: string
  readonly arguments: ReadonlyArray<string>
  readonly proxyUser: string | undefined
}

/** Instead of a file: only the class is run (`SparkLauncher.NO_RESOURCE`). */
export const noResource = "spark-internal"

/** The scheme of a URI in lower case, `""` without one. */
export const uriScheme = (uri: string): string => /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase() ?? ""

const shells = ["spark-shell", "pyspark-shell", "sparkr-shell"]
/** Python by the suffix `.py`, R by `.R` or `.r`, Java for everything else. */
export const resourceType = (uri: string): ResourceType =>
  uri.endsWith(".py") ? "python" : /\.[rR]$/.test(uri) ? "r" : "java"

const typeOf: Readonly<Record<WorkloadSpec["type"], ResourceType>> = {
  Java: "java",
  Scala: "java",
  Python: "python",
  R: "r",
}
const suffixOf = { python: ".py", r: ".R" }
const languages: Readonly<Record<ResourceType, string>> = { java: "Java", python: "Python", r: "R" }
const runnerOf = { python: "org.apache.spark.deploy.PythonRunner", r: "org.apache.spark.deploy.RRunner" }

const nativeOnly = { nativeOnly: true } as const

/** The main resource of a spec, and what is wrong with it. */
export const mainResource = (spec: WorkloadSpec, report: (problem: Problem) => void): MainResource => {
  const uri = spec.mainApplicationFile
  const field = "spec.mainApplicationFile"
  const type = resourceType(uri)
  const declared = typeOf[spec.type]
  const mainClass = type === "java" ? (spec.mainClass ?? "") : runnerOf[type]

  if (shells.includes(uri)) {
    report({ field, message: `a shell (${uri}) cannot run in a cluster; name a file or a class to run` })
  } else if (declared !== "java" && type === "java" && mainClass === "") {
    const message = `spec.type is ${spec.type}, but Spark decides by the file name, which for ${spec.type} must end in ${suffixOf[declared]}: ${uri}`
    report({ field, message })
  } else if (uri !== noResource && ["", "file"].includes(uriScheme(uri))) {
    const message = `${JSON.stringify(uri)} is a file of the submitting machine, which does not exist here; use local:// for a file inside the image or a remote URI such as s3a://`
    report({ field, message, ...(spec.sparkConf?.["spark.kubernetes.file.upload.path"] ? nativeOnly : {}) })
  }
  if (type === "java" && declared === "java" && mainClass === "") {
    // The real tool reads the manifest of a jar that it can fetch.
    const readable = uri !== noResource && uriScheme(uri) !== "local"
    const message = "a Java or Scala application needs its main class"
    report({ field: "spec.mainClass", message, ...(readable ? nativeOnly : {}) })
  }
  return { type, uri, mainClass, arguments: spec.arguments ?? [], proxyUser: spec.proxyUser }
}

/** Spark runs a file by its name, whatever the type says. */
export const typeWarnings = ({ type, mainApplicationFile }: WorkloadSpec): ReadonlyArray<Problem> => {
  const runs = resourceType(mainApplicationFile)
  if (runs === typeOf[type]) return []
  const message = `is ${type}, but Spark decides by the file name: ${mainApplicationFile} is run as ${languages[runs]}`
  return [{ field: "spec.type", message }]
}
