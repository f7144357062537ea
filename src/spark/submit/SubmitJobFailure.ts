/** A summary of why spark-submit failed, from the end of its log, which is mostly stack traces and shutdown messages. */

const cause = /^(?:Exception in thread "[^"]*" |Caused by: )?([\w.$]*(?:Exception|Error)\b.*)$/
/** Spark's Kubernetes client repeats the message of the API server as a printed Java object. */
const repetition = / Received status: Status\(.*$/
const noise = /^\s+at |^\s+\.\.\. \d+ more|ShutdownHookManager|^\s*$/
/** The beginning of a log4j line, in both patterns of Spark's images. */
const logPrefix = /^\d\d(?:\d\d)?[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d\S* +/

/**
 * One text of at most 1000 characters: the exceptions of a log with their details, or its last lines. `log` is the part that the kubelet
 * kept; without it the text is the exit code.
 */
export const submitFailure = (exitCode: number, reason: string | undefined, log: string | undefined): string => {
  const lines = (log ?? "").split("\n").filter((line) => !noise.test(line))
  const first = lines.findIndex((line) => cause.test(line.trim()))
  const relevant = (first < 0 ? lines.slice(-5) : lines.slice(first)).map((line) =>
    line.trim().replace(logPrefix, "").replace(repetition, ""),
  )
  const code = `exit code ${exitCode}${reason && reason !== "Error" ? `, ${reason}` : ""}`
  return relevant.length === 0 ? code : `${relevant.join("; ").slice(0, 1000)} (${code})`
}
