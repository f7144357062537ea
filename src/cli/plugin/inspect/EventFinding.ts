/** The newest warnings in Events, each text once. Pure. */

import type { Event } from "kubernetes-types/core/v1"
import { epoch } from "../../../kube/Time.ts"
import { age } from "../Ages.ts"
import { finding, type Finding } from "./Finding.ts"

const shown = 8

/** When it was last seen; Events of the newer API have other fields. */
export const seenAt = ({ lastTimestamp, series, eventTime, metadata }: Event): string | undefined =>
  lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? metadata?.creationTimestamp

const times = ({ count, series }: Event): string => {
  const seen = series?.count ?? count ?? 1
  return seen > 1 ? ` (${seen} times)` : ""
}

/** Warnings of the last hour, newest first; undefined without any. */
export const eventFinding = (events: ReadonlyArray<Event>, now: number): Finding | undefined => {
  const recent = events
    .filter((event) => event.type === "Warning" && now - (epoch(seenAt(event)) ?? 0) < 3_600_000)
    .toSorted((a, b) => (epoch(seenAt(b)) ?? 0) - (epoch(seenAt(a)) ?? 0))
  const distinct = new Map(recent.map((event) => [`${event.reason}\n${event.message}`, event]))
  if (distinct.size === 0) return undefined
  const details = [...distinct.values()].slice(0, shown).map((event) => {
    const { involvedObject, reason = "", message = "" } = event
    const about = `${involvedObject.kind?.toLowerCase()}/${involvedObject.name}`
    return `${age(seenAt(event), now)} ago, ${about}: ${reason}: ${message.replaceAll(/\s*\n\s*/g, " ")}${times(event)}`
  })
  return finding("Recent warnings:", [], details)
}
