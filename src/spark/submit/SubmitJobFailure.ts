/** What spark-submit said before it failed, in few words: the end of its log is stack traces and goodbyes for the most part. */

const cause = /^(?:Exception in thread "[^"]*" |Caused by: )?([\w.$]*(?:Exception|Error)\b.*)$/
/** What the Kubernetes client of Spark adds to the words of the API server: the same again, as Java prints it. */
const repetition = / Received status: Status\(.*$/
const noise = /^\s+at |^\s+\.\.\. \d+ more|ShutdownHookManager|^\s*$/
/** The beginning of a line of log4j, in both patterns that Spark's images use. */
const logPrefix = /^\d\d(?:\d\d)?[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d\S* +/

/**
 * One text of at most 1000 characters: the exceptions of a log and what belongs to them, or its last lines. `log` is what the kubelet
 * kept of it; without one only the exit code is told.
 */
export const submitFailure = (exitCode: number, reason: string | undefined, log: string | undefined): string => {
  const lines = (log ?? "").split("\n").filter((line) => !noise.test(line))
  const first = lines.findIndex((line) => cause.test(line.trim()))
  const told = (first < 0 ? lines.slice(-5) : lines.slice(first)).map((line) =>
    line.trim().replace(logPrefix, "").replace(repetition, ""),
  )
  const code = `exit code ${exitCode}${reason && reason !== "Error" ? `, ${reason}` : ""}`
  return told.length === 0 ? code : `${told.join("; ").slice(0, 1000)} (${code})`
}
