/**
 * What the cluster reserves for one pod, in whole numbers. The pods of a run are alike, so equal values are one object: a cache of two hundred
 * thousand pods has a few of them. Pure but for that.
 */

import { type Amounts, podRequests, type RequestingSpec, type RequestingStatus } from "../scheduler/PodRequests.ts"

export interface Reserved {
  /** Thousandths of a core. */
  readonly milliCores: number
  readonly bytes: number
  readonly gpus: number
  /** The node that the pod is assigned to. */
  readonly node: string | undefined
  /** Its spec was changed after its creation: maybe its requests. */
  readonly edited: boolean
}

/** What is read of a pod to know it. */
export interface ReservingPod {
  readonly metadata?: { readonly generation?: number; readonly deletionTimestamp?: string }
  readonly spec?: RequestingSpec & { readonly nodeName?: string }
  readonly status?: RequestingStatus
}

/** Resources that are GPUs, as the device plugins of NVIDIA, AMD and Intel name them: `nvidia.com/gpu`, `nvidia.com/mig-1g.5gb`, … */
const gpuName = /\/gpu(\.shared)?$|^nvidia\.com\/mig-|^gpu\.intel\.com\/(i915|xe)$/

const gpusOf = (amounts: Amounts): number =>
  [...amounts].reduce((sum, [name, amount]) => (gpuName.test(name) ? sum + amount : sum), 0)

/** Kubernetes rounds up; the noise of floating point does not count. */
const whole = (amount: number): number => Math.ceil(Math.round(amount * 1e6) / 1e6)

/** Whether both are requests of the same size. */
export const sameRequests = (a: Reserved, b: Reserved): boolean =>
  a === b || (a.milliCores === b.milliCores && a.bytes === b.bytes && a.gpus === b.gpus)

/** By what they are computed from, as text: that is a fraction of the work. Emptied when it is full. */
const known = new Map<string, Reserved>()
const mostKnown = 4096

/** What is reserved for the pod while it is assigned to a node; undefined if its spec was not read. */
export const reservedOf = ({ metadata, spec, status }: ReservingPod): Reserved | undefined => {
  if (spec?.containers === undefined) return undefined
  // A deletion counts as a change of the spec, too.
  const unchanged = metadata?.deletionTimestamp === undefined ? 1 : 2
  const edited = (metadata?.generation ?? 1) > unchanged
  const { conditions = [], ...assigned } = status ?? {}
  const resize = conditions.filter(({ type }) => type === "PodResizePending")
  const key = JSON.stringify([spec, assigned, resize, edited])
  const before = known.get(key)
  if (before !== undefined) return before
  const amounts = podRequests(spec, status)
  const reserved = {
    milliCores: whole((amounts.get("cpu") ?? 0) * 1000),
    bytes: whole(amounts.get("memory") ?? 0),
    gpus: whole(gpusOf(amounts)),
    node: spec.nodeName,
    edited,
  }
  if (known.size >= mostKnown) known.clear()
  known.set(key, reserved)
  return reserved
}
