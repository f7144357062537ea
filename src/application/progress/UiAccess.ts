/**
 * By which way the UI of a driver is reached, where the operator is to find out itself: straight at first, by the API server's proxy where no
 * way leads to the pod. What worked is remembered by whoever asks, per application; here only what holds for all of them.
 */

import type { PodAccess, PodHttpError } from "../../kube/PodHttp.ts"

export type UiAccessSetting = "auto" | PodAccess

export interface UiAccess {
  /** The way for the next reading, from what is remembered of this application. */
  readonly way: (remembered: PodAccess | undefined) => PodAccess
  readonly succeeded: (way: PodAccess) => void
  /** What to remember of an application after a failure. */
  readonly failed: (way: PodAccess, error: PodHttpError) => PodAccess
}

/** No way leads there; a pod that refuses, or answers nonsense, was reached. */
const notReached: ReadonlySet<PodHttpError["reason"]> = new Set(["unreachable", "timeout"])

/** The API server's own words; the UI's are others. */
const mayNotProxy = ({ reason, message }: PodHttpError) => reason === "forbidden" && message.includes("pods/proxy")

/** `onForbidden` is called once, when the API server lets nobody through. */
export const make = (setting: UiAccessSetting, onForbidden: () => void): UiAccess => {
  let straight = false
  let proxied = false
  let forbidden = false
  const noteForbidden = () => {
    if (!forbidden) onForbidden()
    forbidden = true
  }
  return {
    way: (remembered) => {
      if (setting !== "auto") return setting
      return remembered ?? (proxied && !straight ? "proxy" : "direct")
    },
    succeeded: (way) => {
      if (way === "direct") straight = true
      else proxied = true
    },
    failed: (way, error) => {
      if (way === "proxy" && mayNotProxy(error)) noteForbidden()
      if (setting !== "auto") return setting
      if (way === "direct") return notReached.has(error.reason) && !forbidden ? "proxy" : "direct"
      return notReached.has(error.reason) || forbidden ? "direct" : "proxy"
    },
  }
}
