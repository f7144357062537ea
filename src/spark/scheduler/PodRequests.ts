/**
 * The resources that a scheduler reserves for a pod: Kubernetes' arithmetic over its containers, in plain numbers (cores, bytes, counts).
 * The one place for it: pod groups ask for what it gives, and the use of resources is counted by it.
 */

import { parseQuantity } from "../../kube/Quantity.ts"

/** Amounts by the name of the resource: cores of `cpu`, bytes of `memory`, counts of devices. */
export type Amounts = ReadonlyMap<string, number>

const combined = (combine: (a: number, b: number) => number, ...all: ReadonlyArray<Amounts>): Amounts =>
  all.reduce<Map<string, number>>((sum, amounts) => {
    for (const [name, amount] of amounts) sum.set(name, combine(sum.get(name) ?? 0, amount))
    return sum
  }, new Map())

/** The sum of these amounts. */
export const plus = (...all: ReadonlyArray<Amounts>): Amounts => combined((a, b) => a + b, ...all)

/** The amounts, `count` times. */
export const times = (amounts: Amounts, count: number): Amounts =>
  new Map([...amounts].map(([name, amount]) => [name, amount * count]))

type Quantities = Readonly<Record<string, string | number>>

/** `ResourceRequirements`, as far as requests go. */
export interface Resources {
  readonly limits?: Quantities
  readonly requests?: Quantities
}

interface RequestingContainer {
  readonly name: string
  readonly restartPolicy?: string | undefined
  readonly resources?: Resources | undefined
}

/** The part of a pod's spec that decides on its requests. */
export interface RequestingSpec {
  readonly containers: ReadonlyArray<RequestingContainer>
  readonly initContainers?: ReadonlyArray<RequestingContainer> | undefined
  readonly overhead?: Quantities | undefined
  /** Of the pod as a whole. */
  readonly resources?: Resources | undefined
}

/** What the kubelet has assigned, of a container or of the pod: it differs from the spec while a resize in place is in progress. */
interface Assigned {
  readonly allocatedResources?: Quantities | undefined
  readonly resources?: Resources | undefined
}

/** The part of a pod's status that decides on its requests. */
export interface RequestingStatus extends Assigned {
  readonly conditions?: ReadonlyArray<{ readonly type: string; readonly reason?: string | undefined }> | undefined
  readonly containerStatuses?: ReadonlyArray<Assigned & { readonly name: string }> | undefined
  readonly initContainerStatuses?: ReadonlyArray<Assigned & { readonly name: string }> | undefined
}

const none: Amounts = new Map()

const amountsOf = (quantities: Quantities = {}): Amounts =>
  new Map(Object.entries(quantities).map(([name, quantity]) => [name, parseQuantity(String(quantity)) ?? 0]))

/** A limit without a request is also the request, as in the API server. */
const requestsOf = ({ limits, requests }: Resources = {}): Amounts => amountsOf({ ...limits, ...requests })

/** The most of what is desired, allocated and in effect; of a resize that the node can never grant, what it has without it. */
const effective = (desired: Amounts, { resources, allocatedResources }: Assigned, isInfeasible: boolean): Amounts =>
  combined(Math.max, ...(isInfeasible ? [] : [desired]), amountsOf(resources?.requests), amountsOf(allocatedResources))

/** Resources that a pod as a whole may request. */
const isOfPods = (name: string): boolean => name === "cpu" || name === "memory" || name.startsWith("hugepages-")

/**
 * The requests of a pod (`k8s.io/component-helpers/resource.PodRequests` of Kubernetes 1.36): the sum of all containers and restartable
 * init containers, or the most that an init container needs while it runs, whichever is more; what the pod requests as a whole takes the
 * place of that; and its overhead. With a `status`, resizes in place are considered as the scheduler does.
 */
export const podRequests = (spec: RequestingSpec, status: RequestingStatus = {}): Amounts => {
  const { containers, initContainers = [], overhead, resources } = spec
  const isInfeasible = status.conditions?.find(({ type }) => type === "PodResizePending")?.reason === "Infeasible"
  const statuses = new Map(
    [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].map((one) => [one.name, one]),
  )
  const ofContainer = ({ name, resources: own }: RequestingContainer): Amounts => {
    const assigned = statuses.get(name)
    const desired = requestsOf(own)
    return assigned?.resources === undefined ? desired : effective(desired, assigned, isInfeasible)
  }
  let sidecars = none
  let starting = none
  for (const container of initContainers) {
    const stays = container.restartPolicy === "Always"
    const requests = stays ? ofContainer(container) : requestsOf(container.resources)
    starting = combined(Math.max, starting, plus(sidecars, requests))
    if (stays) sidecars = plus(sidecars, requests)
  }
  const ofContainers = combined(Math.max, starting, plus(sidecars, ...containers.map(ofContainer)))
  const desired = requestsOf(resources)
  const ofPod = status.resources === undefined ? desired : effective(desired, status, isInfeasible)
  const asWhole = [...desired.keys()].filter(isOfPods).map((name) => [name, ofPod.get(name) ?? 0] as const)
  return plus(new Map([...ofContainers, ...asWhole]), amountsOf(overhead))
}

const mebibyte = 2 ** 20

/** Amounts as a Kubernetes `ResourceList`, rounded up: `cpu` in cores or thousandths, `memory` in MiB. */
export const resourceList = (amounts: Amounts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...amounts]
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => {
        if (name === "memory") return [name, `${Math.ceil(amount / mebibyte)}Mi`]
        // Sums of thousandths are not exact in floating point.
        const thousandths = Math.ceil(Math.round(amount * 1e6) / 1e3)
        return [name, thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`]
      }),
  )
