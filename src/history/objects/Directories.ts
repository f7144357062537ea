/** Log directories as Spark and the kubelet need them: the URL, and the path at which a claim is mounted. Pure. */

import type { LogDirectory } from "../../api/history/LogDirectories.ts"

/** The scheme in lower case, empty for a path; and what follows it. */
export interface DirectoryUrl {
  readonly scheme: string
  readonly path: string
}

/** Undefined for what is neither an absolute path nor a URL with a path. */
export const parseDirectory = (url: string): DirectoryUrl | undefined => {
  const [, scheme = "", rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(\/.*)$/.exec(url) ?? []
  if (rest === "") return undefined
  const path = scheme.toLowerCase() === "file" || scheme === "" ? rest.replace(/^\/\/(?=\/)/, "") : rest
  return { scheme: scheme.toLowerCase(), path }
}

/** Without slashes at the end. */
const trimmed = (path: string) => path.replace(/\/+$/, "")

/** On the file system of the pod. */
export const isLocal = ({ url }: Pick<LogDirectory, "url">): boolean => {
  const { scheme } = parseDirectory(url) ?? {}
  return scheme === "file" || scheme === ""
}

/** Where the claim of the directory is mounted. */
export const mountPath = ({ url }: Pick<LogDirectory, "url">): string => trimmed(parseDirectory(url)?.path ?? "")

/** As Spark gets it: a directory on a claim is always on the file system, whatever the default of Hadoop is. */
export const directoryUrl = (directory: LogDirectory): string =>
  directory.claim === undefined ? directory.url : `file:${mountPath(directory)}`
