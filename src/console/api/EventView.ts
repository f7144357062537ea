/** Kubernetes Events as rows, the newest first. Pure. */

import type { Event } from "kubernetes-types/core/v1"
import { redactText } from "./Redact.ts"

export interface EventView {
  readonly type: string
  readonly reason: string
  readonly message: string
  /** `Pod spark-pi-driver`. */
  readonly about: string
  readonly count: number
  /** RFC 3339. */
  readonly last: string | undefined
}

/** `eventTime` has microseconds; the others whole seconds. */
const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string | undefined =>
  (lastTimestamp ?? eventTime ?? metadata.creationTimestamp)?.replace(/\.\d+/, "")

export const eventViews = (events: ReadonlyArray<Event>): ReadonlyArray<EventView> =>
  events
    .map((event) => ({
      type: event.type ?? "Normal",
      reason: event.reason ?? "",
      message: redactText(event.message ?? ""),
      about: `${event.involvedObject.kind ?? ""} ${event.involvedObject.name ?? ""}`.trim(),
      count: event.count ?? 1,
      last: timeOf(event),
    }))
    .toSorted((a, b) => ((a.last ?? "") > (b.last ?? "") ? -1 : 1))
