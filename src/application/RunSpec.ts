/** Which changes of a spec restart the application: all except those that only affect when it runs or how long it is kept. */

import { Predicate } from "effect"
import { withTemplates } from "../api/application/PodTemplateAlias.ts"
import { fingerprint } from "../spark/Fingerprint.ts"

const withoutEffectOnARun = new Set(["suspend", "timeToLiveSeconds", "restartPolicy", "deadlines"])

/** The watchdog observes a run and does not shape it. */
const shapingPart = (key: string, value: unknown): unknown =>
  key === "healthChecks" && Predicate.isObject(value) ? { ...value, watchdog: undefined } : value

/** 16 hexadecimal digits; equal for specs that make the same run. */
export const runSpecHash = (spec: unknown): string => {
  const shaping = Object.entries(typeof spec === "object" && spec !== null ? withTemplates(spec) : {})
    .filter(([key]) => !withoutEffectOnARun.has(key))
    .map(([key, value]) => [key, shapingPart(key, value)])
  return fingerprint(Object.fromEntries(shaping))
}
