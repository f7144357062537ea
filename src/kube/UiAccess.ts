/**
 * Which way to the UI of a driver is used if the setting is `auto`: directly at first, through the API server's proxy where the pod cannot
 * be reached. The caller remembers what worked per application; this module remembers what holds for all of them.
 */

import type { PodAccess, PodHttpError } from "./PodHttp.ts"

export type UiAccessSetting = "auto" | PodAccess

export interface UiAccess {
  /** The way for the next reading, from what is remembered of this application. */
  readonly way: (remembered: PodAccess | undefined) => PodAccess
  readonly succeeded: (way: PodAccess) => void
  /** What to remember of an application after a failure. */
  readonly failed: (way: PodAccess, error: PodHttpError) => PodAccess
}

/** The pod was not reached; a pod that refuses, or whose response is invalid, was. */
const notReached: ReadonlySet<PodHttpError["reason"]> = new Set(["unreachable", "timeout"])

/** Recognized by the message of the API server; a 403 of the UI has another. */
const mayNotProxy = ({ reason, message }: PodHttpError) => reason === "forbidden" && message.includes("pods/proxy")

/** `onForbidden` is called once, when the API server denies access to `pods/proxy`. */
export const make = (setting: UiAccessSetting, onForbidden: () => void): UiAccess => {
  let directWorked = false
  let proxyWorked = false
  let forbidden = false
  const noteForbidden = () => {
    if (!forbidden) onForbidden()
    forbidden = true
  }
  return {
    way: (remembered) => {
      if (setting !== "auto") return setting
      return remembered ?? (proxyWorked && !directWorked ? "proxy" : "direct")
    },
    succeeded: (way) => {
      if (way === "direct") directWorked = true
      else proxyWorked = true
    },
    failed: (way, error) => {
      if (way === "proxy" && mayNotProxy(error)) noteForbidden()
      if (setting !== "auto") return setting
      if (way === "direct") return notReached.has(error.reason) && !forbidden ? "proxy" : "direct"
      return notReached.has(error.reason) || forbidden ? "direct" : "proxy"
    },
  }
}
