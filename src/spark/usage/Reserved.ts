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

const places = 4096
const known: Array<Reserved | undefined> = Array.from({ length: places })

const isSame = (a: Reserved, b: Reserved): boolean => sameRequests(a, b) && a.node === b.node && a.edited === b.edited

/** Equal values as one object, as long as its place in a table of fixed size is not taken by another one. */
const shared = (reserved: Reserved): Reserved => {
  const { milliCores, bytes, gpus, node = "", edited } = reserved
  let hash = Math.imul(milliCores, 31) + (bytes % 1_000_003) + gpus * 7 + (edited ? 1 : 0)
  for (let at = 0; at < node.length; at++) hash = (Math.imul(hash, 31) + node.charCodeAt(at)) | 0
  const place = (hash >>> 0) % places
  const before = known[place]
  if (before !== undefined && isSame(before, reserved)) return before
  known[place] = reserved
  return reserved
}

/** Whether both are requests of the same size. */
export const sameRequests = (a: Reserved, b: Reserved): boolean =>
  a === b || (a.milliCores === b.milliCores && a.bytes === b.bytes && a.gpus === b.gpus)

/** What is reserved for the pod while it is assigned to a node; undefined if its spec was not read. */
export const reservedOf = ({ metadata, spec, status }: ReservingPod): Reserved | undefined => {
  if (spec?.containers === undefined) return undefined
  const amounts = podRequests(spec, status)
  // A deletion counts as a change of the spec, too.
  const unchanged = metadata?.deletionTimestamp === undefined ? 1 : 2
  return shared({
    milliCores: whole((amounts.get("cpu") ?? 0) * 1000),
    bytes: whole(amounts.get("memory") ?? 0),
    gpus: whole(gpusOf(amounts)),
    node: spec.nodeName,
    edited: (metadata?.generation ?? 1) > unchanged,
  })
}
