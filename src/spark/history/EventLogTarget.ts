/**
 * Where applications write their event logs, and where these can be read afterwards: what those who provide it (the operator's settings,
 * history servers) and those who use it (applications, Connect servers) agree on, since kinds do not import each other.
 */

/** Where an application that does not say so itself writes its event log, and where it can be read afterwards. */
export interface EventLogTarget {
  /** For messages: `--event-log-dir`, or `SparkHistoryServer team/history`. */
  readonly source: string
  /** `spark.eventLog.dir`; undefined if only the application knows it. */
  readonly directory: string | undefined
  /** Further directories that the history server reads. */
  readonly alsoReads?: ReadonlyArray<string>
  /** Further Spark properties that the application needs to write there; its own win. */
  readonly conf: Readonly<Record<string, string>>
  /** The claim that contains the directory, mounted into the driver. */
  readonly claim:
    | { readonly claimName: string; readonly mountPath: string; readonly subPath: string | undefined }
    | undefined
  /** Secrets whose keys become environment variables of the driver. */
  readonly envFrom: ReadonlyArray<string>
  /** Whether the event log is configured for applications that do not configure it. */
  readonly inject: boolean
  /** With `{{appId}}`, `{{appName}}` and `{{appNamespace}}`; undefined: no link. */
  readonly urlFormat: string | undefined
}

/** The target of one application, and a sentence if two history servers select it (`target` is undefined then). */
export interface EventLogTargetFound {
  readonly target: EventLogTarget | undefined
  readonly conflict: string | undefined
}

/** An application without a target. */
export const noTarget: EventLogTargetFound = { target: undefined, conflict: undefined }

/** The target that was found, or else the one of the settings; a conflict counts as found. */
export const orElse = (found: EventLogTargetFound, otherwise: EventLogTargetFound): EventLogTargetFound =>
  found === noTarget ? otherwise : found

/** Which target an application or server with this namespace and labels has. The same object as long as nothing changes. */
export type EventLogTargetOf = (metadata: {
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
}) => EventLogTargetFound
