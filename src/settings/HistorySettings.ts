/** Settings of event logs and of the history server that reads them, where it is not a SparkHistoryServer of the cluster. */

import { Option } from "effect"
import type { Problem } from "../api/Problem.ts"
import { isDnsSubdomain } from "../kube/names/ObjectName.ts"
import { type EventLogTarget, type EventLogTargetFound, noTarget } from "../spark/history/EventLogTarget.ts"
import { isHistoryUrlFormat, wantedHistoryUrlFormat } from "../spark/history/HistoryUrl.ts"
import { type FlagValues, flagName } from "./Flag.ts"
import type { ValueKind } from "./ValueKind.ts"

const urlFormat: ValueKind<string | undefined> = {
  allowed: `${wantedHistoryUrlFormat}; or empty for none`,
  parse: (text) => (text === "" || isHistoryUrlFormat(text) ? Option.some(text || undefined) : Option.none()),
}

const directory: ValueKind<string | undefined> = {
  allowed: "the URL of a directory, such as s3a://logs/spark-events or file:///spark-events, or empty for none",
  parse: (text) =>
    text === "" || /^[a-z][a-z0-9+.-]*:\/{1,3}[^\s/]\S*$/i.test(text) ? Option.some(text || undefined) : Option.none(),
}

const claim: ValueKind<string | undefined> = {
  allowed: "the name of a PersistentVolumeClaim, or empty for none",
  parse: (text) => (text === "" || isDnsSubdomain(text) ? Option.some(text || undefined) : Option.none()),
}

export const flags = {
  historyUrlFormat: {
    kind: urlFormat,
    default: "",
    description:
      "Address of a run in the history server, with {{appId}}, {{appName}} and {{appNamespace}}: status.historyURL of applications and Connect servers that write an event log. Empty: no link, unless a SparkHistoryServer selects them.",
  },
  eventLogDir: {
    kind: directory,
    default: "",
    description:
      "Directory of event logs (spark.eventLog.dir): applications and Connect servers that set neither spark.eventLog.enabled=false nor a directory of their own write one there. Empty: only those that say so themselves.",
  },
  eventLogClaim: {
    kind: claim,
    default: "",
    description:
      "PersistentVolumeClaim, of this name in each namespace, that is mounted into drivers at the directory of --event-log-dir, which has to be a file: URL. Empty: none.",
  },
} as const

type Values = FlagValues<typeof flags>

/** The target of all applications; none: there is no history server but those of the cluster. */
export type HistorySettings = EventLogTargetFound

const localPath = (directory: string | undefined) => /^file:\/*(\/.*)$/.exec(directory ?? "")?.[1]

/** A claim without a directory that can be mounted. */
export const problems = ({ eventLogDir, eventLogClaim }: Partial<Values>): ReadonlyArray<Problem> =>
  eventLogClaim !== undefined && localPath(eventLogDir) === undefined
    ? [
        {
          field: flagName("eventLogClaim"),
          message: `needs ${flagName("eventLogDir")} with the directory at which it is mounted, such as file:///spark-events`,
        },
      ]
    : []

export const fromValues = ({ historyUrlFormat, eventLogDir, eventLogClaim }: Values): HistorySettings => {
  if (historyUrlFormat === undefined && eventLogDir === undefined) return noTarget
  const mountPath = localPath(eventLogDir)
  const target: EventLogTarget = {
    source: flagName(eventLogDir === undefined ? "historyUrlFormat" : "eventLogDir"),
    directory: eventLogDir,
    conf: {},
    claim:
      eventLogClaim === undefined || mountPath === undefined
        ? undefined
        : { claimName: eventLogClaim, mountPath, subPath: undefined },
    envFrom: [],
    inject: eventLogDir !== undefined,
    urlFormat: historyUrlFormat,
  }
  return { target, conflict: undefined }
}
