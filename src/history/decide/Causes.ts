/** Why a server does not answer, in terms of its spec and with the remedy: from the end of its log and from what the kubelet reports. Pure. */

import { type Claim, claim } from "../../api/Condition.ts"
import type { Ended, ServerPod } from "./PodState.ts"

interface Cause {
  readonly log: RegExp
  readonly reason: string
  /** The rest of the sentence that the directories begin. */
  readonly remedy: string
}

/** The texts are those of Spark and of Hadoop; the first that applies decides. */
const causes: ReadonlyArray<Cause> = [
  // The first text of both is that of Spark 4.2 and later, which also warns of single directories of several and continues.
  {
    log: /is not a directory: [^\n]*, skipping[^]*None of the specified log directories exist|Exception: Logging directory specified is not a directory/,
    reason: "LogDirectoryInvalid",
    remedy: "is a file; name a directory in spec.logDirectories",
  },
  {
    log: /None of the specified log directories exist|Exception: Log directory specified does not exist/,
    reason: "LogDirectoryMissing",
    remedy:
      "does not exist; create it, on an object store by an empty object with this name and a slash at its end. The server tries again by itself",
  },
  {
    log: /No FileSystem for scheme|Class org\.apache\.hadoop\.fs\.\S+ not found|UnsupportedFileSystemException/,
    reason: "FileSystemMissing",
    remedy:
      "cannot be read by this image, which lacks the connector of its scheme, such as hadoop-aws for s3a; use an image that has it in /opt/spark/jars",
  },
  {
    log: /NoAwsCredentialsException|No AWS Credentials|AccessDenied|Access Denied|AccessControlException|Permission denied|403 Forbidden|Status Code: 403/,
    reason: "LogDirectoryForbidden",
    remedy:
      "may not be read with the credentials of the server; set secretName in spec.logDirectories, spec.serviceAccount, or fsGroup in the security context of spec.template",
  },
  {
    log: /UnknownHostException|Connection refused|ConnectException/,
    reason: "LogDirectoryUnreachable",
    remedy: "cannot be reached from the pod; check its address and the hadoopConf of spec.logDirectories",
  },
]

/** Of a line of Spark's log: the same failure has another one every time. */
const time = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d /

/** The exception, or else the last line. */
const essence = (log: string): string => {
  const lines = log.split("\n").map((line) => line.trim().replace(time, ""))
  const exception = lines.findLast((line) => /^(Caused by|Exception in thread)\b/.test(line))
  return (exception ?? lines.findLast((line) => line !== "") ?? "").slice(0, 512)
}

const listed = (directories: ReadonlyArray<string>) =>
  directories.length === 1 ? directories[0]! : `none of ${directories.join(", ")}`

const ofEnd = ({ reason, exitCode, message }: Ended, directories: ReadonlyArray<string>): Claim => {
  const cause = causes.find(({ log }) => log.test(message))
  if (cause !== undefined) {
    const { remedy } = cause
    const sentence =
      directories.length > 1 && cause.reason === "LogDirectoryMissing"
        ? `${listed(directories)} exists; create one of them, on an object store by an empty object with this name and a slash at its end. The server tries again by itself`
        : `${directories.join(", ")} ${remedy}`
    return claim("False", cause.reason, sentence)
  }
  if (reason === "OOMKilled") {
    return claim("False", reason, "The server needed more memory than its limit; raise spec.resources.limits.memory")
  }
  const heap = /OutOfMemoryError: Java heap space/.test(message) ? "; raise spec.memory" : ""
  return claim("False", "ServerFailed", `The server ended with exit code ${exitCode}: ${essence(message)}${heap}`)
}

/** The kubelet's two reasons and texts for an image that cannot be pulled take turns. */
const ofWaiting = (reason: string, message = ""): Claim =>
  reason === "ErrImagePull" || reason === "ImagePullBackOff"
    ? claim(
        "False",
        "ImagePullBackOff",
        message.replace(/^Back-off pulling image "[^"]*"(: ErrImagePull: )?/, "") || message,
      )
    : claim("False", reason, message)

/** Why this pod does not answer; undefined while it just starts. */
export const causeOf = (pod: ServerPod, directories: ReadonlyArray<string>): Claim | undefined => {
  const { waiting, ended, podReason, podMessage } = pod
  if (podReason !== undefined) return claim("False", podReason, podMessage ?? "")
  if (waiting !== undefined && waiting.reason !== "CrashLoopBackOff") return ofWaiting(waiting.reason, waiting.message)
  if (ended !== undefined) return ofEnd(ended, directories)
  return waiting && ofWaiting(waiting.reason, waiting.message)
}
