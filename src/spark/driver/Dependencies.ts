/**
 * Jars, files, Python files and archives: how spark-submit resolves their lists (`DependencyUtils`, `Utils.resolveURIs`),
 * and which entries are refused because there is no submitting machine that could upload files or list a directory with a Hadoop client.
 */

import type { ConfReader } from "../conf/ConfReader.ts"
import type { Submitted } from "./FeatureStep.ts"
import { noResource, uriScheme } from "./MainResource.ts"

const uploadPath = "spark.kubernetes.file.upload.path"

/** Schemes in which spark-submit does not expand glob characters. */
const literalSchemes = ["local", "http", "https", "ftp"]

/** Why the operator cannot use a URI. With an upload path, the real spark-submit can upload files of the image in which it runs. */
const error = (uri: string): string | undefined => {
  const scheme = uriScheme(uri)
  if (scheme === "" || scheme === "file") {
    return "is a file of the submitting machine, which does not exist here; use local:// for a file inside the image or a remote URI such as s3a://"
  }
  return !literalSchemes.includes(scheme) && /[*?[{]/.test(uri)
    ? "has a pattern, which only a Hadoop client could resolve; list the files one by one"
    : undefined
}

/** The URIs under a key, blanks dropped; refuses those that would need a submitting machine. */
const readUris = (read: ConfReader, key: string): ReadonlyArray<string> => {
  const uris = read.list(key)
  for (const uri of uris) {
    const message = error(uri)
    const local = ["", "file"].includes(uriScheme(uri))
    const refuse = local && !read.has(uploadPath) ? read.refuse : read.refuseNative
    if (message !== undefined) refuse(read.fieldOf(key), `${JSON.stringify(uri)} ${message}`)
  }
  return uris
}

/**
 * The dependency lists as properties. The jars of a Java application end with its main jar, also one inside the image;
 * the list of Python files is always there, the others only when given.
 */
export const readDependencyLists = ({ read, main }: Submitted): Readonly<Record<string, string>> => {
  const given = (key: string) => {
    const uris = readUris(read, key)
    return read.has(key) ? { [key]: uris.join(",") } : {}
  }
  const jars = readUris(read, "spark.jars")
  if (main.type === "r" && jars.length > 0) {
    read.refuse(read.fieldOf("spark.jars"), "Spark cannot submit an R application with jars; put them into the image")
  }
  const allJars = main.type === "java" && main.uri !== noResource ? [...jars, main.uri] : jars
  return {
    "spark.submit.pyFiles": "",
    ...(main.type === "java" || read.has("spark.jars") ? { "spark.jars": allJars.join(",") } : {}),
    ...given("spark.files"),
    ...given("spark.archives"),
    ...given("spark.submit.pyFiles"),
  }
}
