/**
 * The fields of a spec that control the life of an application and shape none of its pods. They count for a spec that cannot be submitted,
 * too: an application that was refused is suspended, and deleted after its own time to live.
 */

import { Predicate, Result, Schema } from "effect"
import { Deadlines } from "./RestartPolicy.ts"
import { SparkApplicationSpec } from "./SparkApplicationSpec.ts"

export interface RunControls {
  readonly suspend: boolean
  readonly deadlines: Deadlines
  readonly timeToLiveSeconds: number | undefined
}

const timeToLive = Schema.decodeUnknownResult(SparkApplicationSpec.fields.timeToLiveSeconds)
const oneDeadline = Schema.decodeUnknownResult(Deadlines)

/** Reads each of them by itself; one whose own value is not valid counts as not set. */
export const readRunControls = (spec: unknown): RunControls => {
  const fields = Predicate.isObject(spec) ? spec : {}
  const deadlines = Object.entries(Predicate.isObject(fields["deadlines"]) ? fields["deadlines"] : {})
  return {
    suspend: fields["suspend"] === true,
    deadlines: Object.assign(
      {},
      ...deadlines.map(([field, seconds]) => Result.getOrElse(oneDeadline({ [field]: seconds }), () => ({}))),
    ),
    timeToLiveSeconds: Result.getOrUndefined(timeToLive(fields["timeToLiveSeconds"])),
  }
}
