/**
 * Links to pages of other systems, made from a format of the settings such as `https://traces.example.com/trace/{{traceId}}`: an application's trace
 * and dashboard. Pure.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { lastAttempt } from "../../application/lifecycle/Attempts.ts"
import { epoch } from "../../kube/Time.ts"

export interface LinkFormats {
  readonly trace: string | undefined
  readonly dashboard: string | undefined
}

export interface LinkView {
  readonly label: string
  readonly url: string
}

const names = ["appId", "appName", "appNamespace", "traceId", "from", "to"] as const
type Values = Readonly<Record<(typeof names)[number], string | undefined>>

const placeholder = new RegExp(String.raw`\{\{\s*(${names.join("|")})\s*\}\}`, "g")

/** What a format must be; completes "use …". */
export const wantedLinkFormat = `an http or https URL with any of ${names.map((name) => `{{${name}}}`).join(", ")}`

/** The address, or undefined if its scheme is not http or https: a status may contain anything, and a link must not run a script. */
export const webUrl = (text: string | undefined): string | undefined =>
  text !== undefined && /^https?:\/\/[^/]/i.test(text) && URL.canParse(text) ? text : undefined

const filled = (format: string, values: Values): string =>
  format.replaceAll(placeholder, (_, name: keyof Values) => encodeURIComponent(values[name] ?? ""))

export const isLinkFormat = (format: string): boolean => {
  const url = filled(format, { appId: "a", appName: "a", appNamespace: "a", traceId: "a", from: "1", to: "2" })
  return !/[{}\s]/.test(url) && webUrl(url) !== undefined
}

/** The links of an application for the formats that are set; that of the trace once there is an attempt. `now` ends the time of one that runs. */
export const linksOf = (
  { trace, dashboard }: LinkFormats,
  { metadata, status }: SparkApplication,
  now: number,
): ReadonlyArray<LinkView> => {
  const attempt = lastAttempt(status)
  const values: Values = {
    appId: status?.sparkApplicationId,
    appName: metadata.name,
    appNamespace: metadata.namespace,
    traceId: attempt?.traceID,
    // Epoch milliseconds, as dashboards take them.
    from: String(epoch(attempt?.startTime ?? metadata.creationTimestamp) ?? now),
    to: String(epoch(attempt?.finishTime) ?? now),
  }
  return [
    ...(trace === undefined || attempt?.traceID === undefined ? [] : [{ label: "Trace", url: filled(trace, values) }]),
    ...(dashboard === undefined ? [] : [{ label: "Dashboard", url: filled(dashboard, values) }]),
  ]
}
