/**
 * The script that a pod of the local cluster plays: annotations on the pod define how long its image takes, and when and how it ends.
 * There is no process in a local pod, so this is all that can happen to it. On a real cluster the annotations have no effect.
 * An application sets them on its pods in `spec.driver.annotations` and `spec.executor.annotations`.
 *
 * All names start with `local.firesteel.dev/`. "Per attempt" means that a value may be a list such as `1, 1, 0`: one for the
 * first pod of an owner, one for the second, …; the last repeats.
 *
 * | annotation              | default   | what it does                                                                                |
 * | ----------------------- | --------- | ------------------------------------------------------------------------------------------- |
 * | `pull-seconds`          | `0.5`     | seconds from scheduled to started; per attempt                                              |
 * | `ready-seconds`         | `0`       | seconds from started to ready                                                               |
 * | `init-seconds`          | `0.2`     | seconds that each init container runs, or `forever`                                         |
 * | `init-fails`            |           | `wait-db:7, cache:OOMKilled`: these init containers fail, with this exit code or reason     |
 * | `run-seconds`           | `3`       | seconds from started to ended, or `forever` (executors: until the driver ends); per attempt |
 * | `exit-code`             | `0`       | exit code of the main container; per attempt. `exit-codes` is the same                      |
 * | `reason`                | `Error`   | reason of a failure, such as `OOMKilled` (then the exit code is 137 if none is given)       |
 * | `message`               |           | termination message of a failure                                                            |
 * | `sidecar-seconds`       | `0`       | seconds that the other containers outlive the main one                                      |
 * | `waiting`               |           | never starts, for this reason: `ImagePullBackOff`, `CreateContainerConfigError`, …          |
 * | `unschedulable`         |           | never gets a node; the text is the scheduler's message                                      |
 * | `unschedulable-seconds` | `forever` | how long `unschedulable` lasts; then a node is found                                        |
 * | `start-fails`           |           | `FailedAttachVolume: Multi-Attach error`: what keeps it from starting, reported only in Events |
 * | `start-fails-seconds`   | `forever` | how long `start-fails` lasts                                                                |
 * | `evicted`               |           | seconds from started to eviction by the kubelet                                             |
 * | `node-lost`             |           | seconds from started to the loss of the node: not ready, then the pod is gone               |
 * | `probe-fails`           |           | `liveness@2`: from that second of the run on this probe of the main container fails, or `none`; per attempt |
 * | `silent-after`          |           | executors: the driver no longer counts it from that second of its run on |
 * | `exit`                  |           | put it on a running pod: its main container ends now with this exit code                    |
 * | `executor-failures`     |           | drivers: `2:OOMKilled@1.5, 3:1@4` = executor 2 is OOM-killed 1.5 s after its start, …       |
 * | `dynamic`               |           | drivers: `1@0, 4@2, 2@5` = executors wanted, each from that second of the run on            |
 * | `sessions`              |           | Connect servers: `2@0, 0@30` = sessions that are open, each from that second of the run on  |
 * | `log-lines`             |           | lines that the main container prints over its run, separated by line breaks                 |
 *
 * An image whose name contains `does-not-exist` cannot be pulled. Drivers write `progress` (such as `42%`) and `log` on themselves.
 */

import { Result, Schema, SchemaGetter } from "effect"
import type { Pod } from "kubernetes-types/core/v1"

export const prefix = "local.firesteel.dev/"
/** Written by a driver on its own pod: `42%`. */
export const progressAnnotation = `${prefix}progress`
/** Written by a driver on its own pod: the newest lines that its container printed. */
export const logAnnotation = `${prefix}log`

/** Written with the log: when each of its lines was printed, in epoch milliseconds. */
export const logTimesAnnotation = `${prefix}log-times`

/** The newest lines of the pod's log, and when they were printed; lines without a time get that of the creation of the pod. */
export const logLines = (pod: {
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>> | undefined
    readonly creationTimestamp?: string | undefined
  }
}): ReadonlyArray<{ readonly time: number; readonly text: string }> => {
  const { annotations, creationTimestamp } = pod.metadata ?? {}
  const log = annotations?.[logAnnotation] ?? ""
  if (log === "") return []
  const times = (annotations?.[logTimesAnnotation] ?? "").split(" ").filter((time) => time !== "")
  const created = Date.parse(creationTimestamp ?? "") || 0
  return log.split("\n").map((text, index) => ({ text, time: Number(times[index] ?? created) }))
}

const matching = (pattern: RegExp) => Schema.String.check(Schema.isPattern(pattern))
const number = /^\s*\d+(\.\d+)?\s*$/
const Seconds = matching(number).pipe(Schema.decodeTo(Schema.FiniteFromString))
const SecondsOrForever = matching(/^\s*(\d+(\.\d+)?|forever)\s*$/).pipe(
  Schema.decodeTo(Schema.Number, {
    decode: SchemaGetter.transform((text) => (text.trim() === "forever" ? Number.POSITIVE_INFINITY : Number(text))),
    encode: SchemaGetter.transform((seconds) => (seconds === Number.POSITIVE_INFINITY ? "forever" : String(seconds))),
  }),
)
const ExitCode = matching(/^\s*\d{1,3}\s*$/).pipe(
  Schema.decodeTo(Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 255 }))),
)
const Text = matching(/\S/)

const parsed = <A>(pattern: RegExp, to: Schema.Codec<A>, parse: (groups: ReadonlyArray<string>) => A) =>
  matching(pattern).pipe(
    Schema.decodeTo(to, {
      decode: SchemaGetter.transform((text) => parse((pattern.exec(text) ?? []).slice(1))),
      encode: SchemaGetter.forbidden(() => "scripts are only read"),
    }),
  )

/** Executor `id` ends `after` seconds from its start, with a reason or (numeric) an exit code. */
export const ExecutorFailure = Schema.Struct({ id: Schema.Number, cause: Schema.String, after: Schema.Number })
export type ExecutorFailure = typeof ExecutorFailure.Type

/** An Event of a pod that does not start. */
export const StartFailure = Schema.Struct({ reason: Schema.String, message: Schema.String })

/** The init container `name` fails. */
export const InitFailure = Schema.Struct({ name: Schema.String, exitCode: Schema.Number, reason: Schema.String })
export type InitFailure = typeof InitFailure.Type

/** An OOM kill is exit code 137 (SIGKILL); any other reason is 1. */
const initFailure = (name: string, cause: string): InitFailure =>
  /^\d+$/.test(cause)
    ? { name, exitCode: Number(cause), reason: "Error" }
    : { name, exitCode: cause === "OOMKilled" ? 137 : 1, reason: cause }

/** From second `from` of the run on, this probe of the main container fails; `none`: no probe fails. */
export const ProbeScript = Schema.Struct({
  kind: Schema.Literals(["startup", "readiness", "liveness", "none"]),
  from: Schema.Number,
})
export type ProbeScript = typeof ProbeScript.Type

/** From second `from` of the run on, the driver requests `count` executors. */
export const Wanted = Schema.Struct({ count: Schema.Number, from: Schema.Number })
export type Wanted = typeof Wanted.Type

const listOf = <S extends Schema.Codec<unknown, string>>(item: S) =>
  Schema.String.pipe(
    Schema.decodeTo(Schema.NonEmptyArray(item), {
      decode: SchemaGetter.transform((text): readonly [string, ...Array<string>] => {
        const [first = "", ...rest] = text.split(",")
        return [first, ...rest]
      }),
      encode: SchemaGetter.transform((items) => items.join(",")),
    }),
  )

/** Every annotation of a script: how it is decoded, and which values are valid. */
const annotations = {
  "pull-seconds": { schema: listOf(Seconds), expected: "seconds such as 0.5, or one value per attempt such as 5, 0.5" },
  "ready-seconds": { schema: Seconds, expected: "seconds such as 2" },
  "init-seconds": { schema: SecondsOrForever, expected: "seconds such as 2, or the word forever" },
  "init-fails": {
    schema: listOf(
      parsed(/^\s*([a-z0-9-]+):(\w+)\s*$/, InitFailure, ([name = "", cause = ""]) => initFailure(name, cause)),
    ),
    expected: "init-container:reason-or-exit-code, such as wait-db:7, cache:OOMKilled",
  },
  "run-seconds": {
    schema: listOf(SecondsOrForever),
    expected: "seconds such as 3, the word forever, or one value per attempt such as 2, forever",
  },
  "exit-code": { schema: listOf(ExitCode), expected: "a number from 0 to 255, or one per attempt such as 1, 1, 0" },
  "exit-codes": { schema: listOf(ExitCode), expected: "a number from 0 to 255, or one per attempt such as 1, 1, 0" },
  reason: { schema: matching(/^[A-Za-z]\w*$/), expected: "one CamelCase word such as OOMKilled" },
  message: { schema: Text, expected: "a text" },
  "sidecar-seconds": { schema: SecondsOrForever, expected: "seconds such as 1, or the word forever" },
  waiting: { schema: matching(/^[A-Za-z]\w*$/), expected: "one CamelCase word such as ImagePullBackOff" },
  unschedulable: {
    schema: Text,
    expected: "the scheduler's message, such as 0/1 nodes are available: 1 Insufficient cpu.",
  },
  "unschedulable-seconds": { schema: SecondsOrForever, expected: "seconds such as 10, or the word forever" },
  "start-fails": {
    schema: parsed(/^\s*([A-Za-z]\w*):\s*(\S.*)$/s, StartFailure, ([reason = "", message = ""]) => ({
      reason,
      message,
    })),
    expected:
      'the reason and the message of an Event, such as FailedAttachVolume: Multi-Attach error for volume "data"',
  },
  "start-fails-seconds": { schema: SecondsOrForever, expected: "seconds such as 10, or the word forever" },
  evicted: { schema: Seconds, expected: "seconds after the start such as 2" },
  "node-lost": { schema: Seconds, expected: "seconds after the start such as 2" },
  "probe-fails": {
    schema: listOf(
      parsed(
        /^\s*(?:none|(startup|readiness|liveness)@(\d+(?:\.\d+)?))\s*$/,
        ProbeScript,
        ([kind = "none", from]): ProbeScript => ({ kind: kind as ProbeScript["kind"], from: Number(from) }),
      ),
    ),
    expected: "a probe and a second of the run such as liveness@2, or one per attempt such as liveness@2, none",
  },
  "silent-after": { schema: Seconds, expected: "seconds after the start such as 2" },
  exit: { schema: ExitCode, expected: "a number from 0 to 255" },
  "executor-failures": {
    schema: listOf(
      parsed(/^\s*(\d+):(\w+)@(\d+(?:\.\d+)?)\s*$/, ExecutorFailure, ([id, cause = "", after]) => ({
        id: Number(id),
        cause,
        after: Number(after),
      })),
    ),
    expected: "executor:reason-or-exit-code@seconds, such as 2:OOMKilled@1.5, 3:1@4",
  },
  dynamic: {
    schema: listOf(
      parsed(/^\s*(\d+)@(\d+(?:\.\d+)?)\s*$/, Wanted, ([count, from]) => ({
        count: Number(count),
        from: Number(from),
      })),
    ),
    expected: "executors@seconds, such as 1@0, 4@2, 2@5",
  },
  sessions: {
    schema: listOf(
      parsed(/^\s*(\d+)@(\d+(?:\.\d+)?)\s*$/, Wanted, ([count, from]) => ({
        count: Number(count),
        from: Number(from),
      })),
    ),
    expected: "sessions@seconds, such as 2@0, 0@30",
  },
  "log-lines": { schema: Text, expected: "lines of text" },
} as const

type Annotations = typeof annotations
export type Script = { readonly [Name in keyof Annotations]?: Annotations[Name]["schema"]["Type"] }

/** Annotations with our prefix that do not belong to the script. */
const written = new Set([progressAnnotation, logAnnotation, logTimesAnnotation])

const decodeOne = (name: string, value: string): Result.Result<unknown, string> => {
  const entry = (annotations as Record<string, { schema: Schema.Codec<unknown, string>; expected: string }>)[name]
  if (entry === undefined) {
    return Result.fail(`annotation ${prefix}${name} is unknown; known are ${Object.keys(annotations).join(", ")}`)
  }
  return Result.mapError(
    Schema.decodeUnknownResult(entry.schema)(value),
    () => `annotation ${prefix}${name} is ${JSON.stringify(value)}; write ${entry.expected}`,
  )
}

/** The script of a pod. Fails with one line about the first annotation that is unknown or invalid: its name, its value and valid values. */
export const scriptOf = (pod: Pod): Result.Result<Script, string> => {
  const script: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(pod.metadata?.annotations ?? {})) {
    if (!key.startsWith(prefix) || written.has(key)) continue
    const name = key.slice(prefix.length)
    const decoded = decodeOne(name, value)
    if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
    script[name] = decoded.success
  }
  return Result.succeed(script as Script)
}

/** The value for an attempt (counted from 1) in a list with one value per attempt, of which the last repeats. */
export const forAttempt = <A>(values: readonly [A, ...Array<A>], attempt: number): A =>
  values[Math.min(attempt, values.length) - 1] ?? values[0]
