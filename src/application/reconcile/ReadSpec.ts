/** Reads the spec of an application for a decision: validated, or its problems; and how the run is to be controlled. */

import { Result } from "effect"
import { readRunControls } from "../../api/application/RunControls.ts"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SubmitterKind } from "../../api/application/SubmissionOptions.ts"
import { stateOf } from "../../api/States.ts"
import { accessWarnings } from "../../spark/access/AccessRules.ts"
import { noChildOptions } from "../../spark/ChildOptions.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import type { HealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { progressWarnings } from "../../spark/health/HealthPlan.ts"
import { historyUrlOf } from "../../spark/history/EventLog.ts"
import type { EventLogTargetFound, EventLogTargetOf } from "../../spark/history/EventLogTarget.ts"
import * as Labels from "../../spark/Labels.ts"
import { type InheritedLabels, inheritedLabels } from "../../spark/pod/InheritedLabels.ts"
import type { PodMetadata } from "../../spark/pod/PodMetadata.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import { withSubmitterOf } from "../../spark/submit/Submitter.ts"
import type { Desired, Situation } from "../lifecycle/Situation.ts"
import { runSpecHash } from "../RunSpec.ts"
import { type ValidApplication, validate } from "../Validate.ts"

/** The settings of the operator that shape or judge a spec. */
export interface SpecRules {
  readonly buildOptions: BuildOptions
  /** The submitter of applications that name none. */
  readonly submitter: SubmitterKind
  readonly batchScheduling: BatchScheduling
  readonly podMetadata: PodMetadata
  /** Default and templates of health checks, as they are now; the same object while they stay the same. */
  readonly healthDefaults: () => HealthDefaults
  /** Where event logs go. */
  readonly eventLogOf: EventLogTargetOf
  /** Whether the progress of drivers is read. */
  readonly followsProgress: boolean
}

export interface ReadSpec extends Pick<
  Situation,
  "desired" | "problems" | "warnings" | "submitter" | "inheritedLabels" | "runSpecHash" | "recorded" | "historyUrlOf"
> {
  /** As it can be submitted; undefined when there are problems: nothing can be submitted then. */
  readonly valid: () => ValidApplication | undefined
}

/** What is remembered of a spec that was validated: all but the validated spec itself, which is large and only needed for a submission. */
interface Found extends Pick<ReadSpec, "problems" | "warnings" | "submitter" | "inheritedLabels"> {
  readonly fromValid: Pick<Desired, "watchdog" | "heartbeat" | "initialExecutors">
}

/** Validated specs that are kept: a submission needs its own in several reconciles within a moment. */
const keptValid = 64

/**
 * A function that reads specs. What it finds is remembered as long as the spec and the labels (caches replace objects and never change them),
 * the submitter annotation and the operator's health checks stay the same.
 *
 * Validating is most of the work, so it is done only when something depends on it: not for an application whose status says already that
 * this spec was accepted and submitted. A limit of such a spec is read when it is asked for.
 */
export const makeReader = (rules: SpecRules): ((application: SparkApplication) => ReadSpec) => {
  interface Known {
    readonly labels: object | undefined
    readonly submitter: string | undefined
    readonly health: HealthDefaults
    readonly eventLog: EventLogTargetFound
    readonly runSpecHash: string
    found?: Found
  }
  const known = new WeakMap<object, Known>()
  const validated = new Map<Known, ValidApplication>()

  const knownOf = (application: SparkApplication): Known => {
    const { annotations, labels } = application.metadata
    const submitter = annotations?.[Labels.submitterAnnotation]
    const health = rules.healthDefaults()
    const before = known.get(application.spec)
    const eventLog = rules.eventLogOf(application.metadata)
    const same =
      before?.labels === labels &&
      before?.submitter === submitter &&
      before?.health === health &&
      before?.eventLog === eventLog
    if (before && same) return before
    const now = { labels, submitter, health, eventLog, runSpecHash: runSpecHash(withSubmitterOf(application)) }
    known.set(application.spec, now)
    return now
  }

  const read = (application: SparkApplication, entry: Known): Found & Pick<ReadSpec, "valid" | "historyUrlOf"> => {
    const { batchScheduling: scheduling, submitter, podMetadata } = rules
    const { health: healthDefaults, eventLog } = entry
    const validation = () => validate(application, { scheduling, submitter, podMetadata, healthDefaults, eventLog })
    const keep = (valid: ValidApplication) => {
      validated.set(entry, valid)
      if (validated.size > keptValid) validated.delete(validated.keys().next().value!)
      return valid
    }
    const found = () => {
      const result = validation()
      if (Result.isSuccess(result)) keep(result.success)
      return foundIn(application, result, rules)
    }
    const now = (entry.found ??= found())
    const valid = () => {
      if (now.problems.length > 0) return undefined
      return validated.get(entry) ?? keep(Result.getOrThrow(validation()))
    }
    const linkOf = (id: string) => {
      const found = valid()
      return found && historyUrlOf(found, id)
    }
    return { ...now, valid, historyUrlOf: linkOf }
  }

  return (application) => {
    const entry = knownOf(application)
    const hash = entry.runSpecHash
    if (entry.found === undefined && isRecorded(application, hash)) {
      const later = () => read(application, entry)
      return {
        valid: () => later().valid(),
        historyUrlOf: (id) => later().historyUrlOf(id),
        recorded: true,
        problems: [],
        warnings: [],
        submitter: undefined,
        runSpecHash: hash,
        desired: desiredOf(application, true, () => later().fromValid),
        inheritedLabels: laterLabels(application, () => later().inheritedLabels),
      }
    }
    const { fromValid, ...found } = read(application, entry)
    const isValid = found.problems.length === 0
    return {
      ...found,
      recorded: false,
      runSpecHash: hash,
      desired: desiredOf(application, isValid, () => fromValid),
    }
  }
}

/**
 * Whether the status says what was found in this spec, and it can matter only later: the spec was accepted as it is now, and what it was
 * accepted for has been submitted. A next attempt is submitted only from another state.
 */
const isRecorded = ({ metadata, status }: SparkApplication, hash: string): boolean =>
  status?.observedGeneration !== undefined &&
  status.observedGeneration === metadata.generation &&
  status.runSpecHash === hash &&
  submittedStates.has(stateOf(status)) &&
  (status.conditions?.some(({ type, status }) => type === "Accepted" && status === "True") ?? false)

const submittedStates: ReadonlySet<string> = new Set(["SUBMITTED", "RUNNING", "UNKNOWN", "COMPLETED", "FAILED"])

const foundIn = (
  application: SparkApplication,
  validated: ReturnType<typeof validate>,
  { buildOptions, followsProgress }: SpecRules,
): Found => {
  if (Result.isFailure(validated)) {
    return {
      problems: validated.failure,
      warnings: [],
      submitter: undefined,
      inheritedLabels: { driver: {}, executor: {} },
      fromValid: { watchdog: undefined, heartbeat: undefined, initialExecutors: undefined },
    }
  }
  const { warnings, submitter, conf, health, initialExecutors } = validated.success
  return {
    problems: [],
    warnings: [
      ...warnings,
      ...(followsProgress
        ? []
        : progressWarnings(application, "the operator does not read the progress of drivers (--spark-ui-access=off)")),
      ...accessWarnings(validated.success, buildOptions.children ?? noChildOptions),
    ],
    submitter,
    inheritedLabels: inheritedLabels(conf),
    fromValid: { watchdog: health.watchdog, heartbeat: health.heartbeat, initialExecutors },
  }
}

/** Of a spec with problems only these controls count; a run that is active meanwhile continues, and is not retried. */
const desiredOf = ({ spec }: SparkApplication, isValid: boolean, fromValid: () => Found["fromValid"]): Desired => ({
  ...readRunControls(spec),
  restartPolicy: isValid ? (spec.restartPolicy ?? {}) : { type: "Never" },
  get watchdog() {
    return fromValid().watchdog
  },
  get heartbeat() {
    return fromValid().heartbeat
  },
  get initialExecutors() {
    return fromValid().initialExecutors
  },
})

/** Without labels there is nothing to inherit. */
const laterLabels = ({ metadata: { labels = {} } }: SparkApplication, read: () => InheritedLabels): InheritedLabels =>
  Object.keys(labels).length === 0
    ? { driver: {}, executor: {} }
    : {
        of: labels,
        get driver() {
          return read().driver
        },
        get executor() {
          return read().executor
        },
      }
