/**
 * The resources that a scheduler reserves for a pod: Kubernetes' arithmetic over its containers, in plain numbers (cores, bytes, counts).
 */

import type { Container, PodSpec } from "kubernetes-types/core/v1"
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

/** The requests of a container; a limit without a request is also the request, as in the API server. */
const ofContainer = ({ resources }: Container): Amounts =>
  new Map(
    Object.entries({ ...resources?.limits, ...resources?.requests }).map(([name, quantity]) => [
      name,
      parseQuantity(String(quantity)) ?? 0,
    ]),
  )

/**
 * The requests of a pod (`k8s.io/component-helpers/resource.PodRequests`): the sum of all containers and restartable init
 * containers, or the most that an init container needs while it runs, whichever is more.
 */
export const podRequests = ({
  containers,
  initContainers = [],
}: Pick<PodSpec, "containers" | "initContainers">): Amounts => {
  let sidecars: Amounts = new Map()
  let starting: Amounts = new Map()
  for (const container of initContainers) {
    const requests = ofContainer(container)
    starting = combined(Math.max, starting, plus(sidecars, requests))
    if (container.restartPolicy === "Always") sidecars = plus(sidecars, requests)
  }
  return combined(Math.max, starting, plus(sidecars, ...containers.map(ofContainer)))
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
