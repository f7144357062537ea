/** Reads the spec of a SparkConnect for a decision: validated, or its problems; and how the server is to be controlled. */

import { Option, Predicate, Result, Schema } from "effect"
import { IdlePolicy, RestartBackoff, UpdateStrategy } from "../../api/connect/ServerPolicies.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { Problem } from "../../api/Problem.ts"
import type { BuildOptions } from "../../spark/driver/Build.ts"
import type { HealthDefaults } from "../../spark/health/HealthDefaults.ts"
import { historyUrlOf } from "../../spark/history/EventLog.ts"
import type { EventLogTargetFound, EventLogTargetOf } from "../../spark/history/EventLogTarget.ts"
import type { PodMetadata } from "../../spark/pod/PodMetadata.ts"
import type { BatchScheduling } from "../../spark/scheduler/BatchScheduler.ts"
import type { Desired } from "../lifecycle/Situation.ts"
import { revisionOf } from "../Revision.ts"
import { type ValidConnect, validate } from "../Validate.ts"

/** The settings of the operator that shape or judge a spec. */
export interface ConnectRules {
  readonly buildOptions: BuildOptions
  readonly batchScheduling: BatchScheduling
  readonly podMetadata: PodMetadata
  /** Default and templates of health checks, as they are now; the same object while they stay the same. */
  readonly healthDefaults: () => HealthDefaults
  /** Where event logs go. */
  readonly eventLogOf: EventLogTargetOf
}

export interface ReadSpec {
  /** Undefined when there are problems: no server can be started then. */
  readonly valid: ValidConnect | undefined
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
  readonly revision: string
  readonly desired: Desired
  /** Where a server with this Spark application id can be seen in a history server. */
  readonly historyUrlOf: (sparkApplicationId: string) => string | undefined
}

/** What validity depends on besides the spec. Caches replace objects and never change them. */
interface Basis {
  readonly labels: object | undefined
  readonly attempt: number
  readonly health: HealthDefaults
  readonly eventLog: EventLogTargetFound
}

/** A function that reads the spec for this attempt. Its result is cached while nothing that it depends on changes. */
export const makeReader = (rules: ConnectRules): ((connect: SparkConnect, attempt: number) => ReadSpec) => {
  const known = new WeakMap<object, Basis & { readonly read: ReadSpec }>()
  return (connect, attempt) => {
    const { labels } = connect.metadata
    const basis: Basis = {
      labels,
      attempt,
      health: rules.healthDefaults(),
      eventLog: rules.eventLogOf(connect.metadata),
    }
    const before = known.get(connect.spec)
    const isSame =
      before?.labels === labels &&
      before?.attempt === attempt &&
      before?.health === basis.health &&
      before?.eventLog === basis.eventLog
    if (before !== undefined && isSame) return before.read
    const read = readSpec(connect, basis, rules)
    known.set(connect.spec, { ...basis, read })
    return read
  }
}

const readSpec = (connect: SparkConnect, { attempt, health, eventLog }: Basis, rules: ConnectRules): ReadSpec => {
  const settings = {
    scheduling: rules.batchScheduling,
    podMetadata: rules.podMetadata,
    healthDefaults: health,
    eventLog,
    gatewayParents: rules.buildOptions.children?.gatewayParents,
  }
  const validated = validate(connect, attempt, settings)
  const valid = Result.getOrUndefined(validated)
  return {
    valid,
    problems: Result.isFailure(validated) ? validated.failure : [],
    warnings: valid?.warnings ?? [],
    revision: hasServer(connect.spec) ? revisionOf(connect.spec) : "",
    desired: readControls(connect.spec),
    historyUrlOf: (id) => valid && historyUrlOf(valid, id),
  }
}

const hasServer = (spec: unknown): boolean => Predicate.hasProperty(spec, "server") && Predicate.isObject(spec.server)

const updateStrategy = Schema.decodeUnknownOption(UpdateStrategy)
const restart = Schema.decodeUnknownOption(RestartBackoff)
const idle = Schema.decodeUnknownOption(IdlePolicy)

/** Each field by itself; one whose own value is not valid counts as not set, so that a server that runs is not controlled by a mistake. */
export const readControls = (spec: unknown): Desired => {
  const fields = Predicate.isObject(spec) ? (spec as Readonly<Record<string, unknown>>) : {}
  return {
    suspend: fields["suspend"] === true,
    updateStrategy: Option.getOrElse(updateStrategy(fields["updateStrategy"]), () => "Recreate" as const),
    restart: Option.getOrElse(restart(fields["restart"]), () => ({})),
    idle: Option.getOrUndefined(idle(fields["idle"])),
  }
}
