/** Which changes of a spec restart the application: all except those that only affect when it runs or how long it is kept. */

import { createHash } from "node:crypto"
import { Predicate } from "effect"
import { withTemplates } from "../api/application/PodTemplateAlias.ts"

const withoutEffectOnARun = new Set(["suspend", "timeToLiveSeconds", "restartPolicy", "deadlines"])

/** The watchdog observes a run and does not shape it. */
const shapingPart = (key: string, value: unknown): unknown =>
  key === "healthChecks" && Predicate.isObject(value) ? { ...value, watchdog: undefined } : value

/** JSON with sorted keys, so that the order in which a client sends them does not matter. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`
}

/** 16 hexadecimal digits; equal for specs that make the same run. */
export const runSpecHash = (spec: unknown): string => {
  const shaping = Object.entries(typeof spec === "object" && spec !== null ? withTemplates(spec) : {})
    .filter(([key]) => !withoutEffectOnARun.has(key))
    .map(([key, value]) => [key, shapingPart(key, value)])
  return createHash("sha256")
    .update(canonical(Object.fromEntries(shaping)))
    .digest("hex")
    .slice(0, 16)
}
