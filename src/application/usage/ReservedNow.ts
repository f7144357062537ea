/**
 * What is reserved now for the pods of applications: the sum over the cache of pods, which changes with each of them, in whole numbers, so
 * that it is exactly zero when nothing is left. The attributes are those that the application has when metrics are collected.
 */

import type { Change, Key } from "../../runtime/Store.ts"
import { namespaceOf } from "../../runtime/Store.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import { isReserving, podUse } from "../../spark/usage/PodUse.ts"
import type { Reserved } from "../../spark/usage/Reserved.ts"
import type { Attributes } from "../../telemetry/meter/Attributes.ts"
import type { NameOf } from "../../telemetry/meter/InstrumentTable.ts"
import type { Point } from "../../telemetry/meter/Producer.ts"
import { applicationKeyOf } from "../reconcile/Ownership.ts"
import type { UsageInstruments } from "./UsageInstruments.ts"

type Name = NameOf<typeof UsageInstruments, "produced-gauge">
type Sum = Record<"milliCores" | "bytes" | "gpus", number>

export interface ReservedNow {
  /** Every change of the cache of pods, the first list included. */
  readonly observed: (change: Pick<Change<SeenPod>, "before" | "after">) => void
  readonly points: (name: Name) => ReadonlyArray<Point>
}

const valueOf: Readonly<Record<Name, (sum: Sum) => number>> = {
  "spark.application.reserved.cpu": ({ milliCores }) => milliCores / 1000,
  "spark.application.reserved.memory": ({ bytes }) => bytes,
  "spark.application.reserved.gpu": ({ gpus }) => gpus,
}

/** Reserved for this pod of an application; undefined if nothing is. */
const holding = (pod: SeenPod | undefined): Reserved | undefined =>
  pod !== undefined && isReserving(pod) && podUse(pod) !== undefined ? pod.reserved : undefined

export const make = (identityOf: (namespace: string, name: string) => Attributes): ReservedNow => {
  const applications = new Map<Key, Sum>()
  /** Series that were once exported stay, at zero, for as long as this process lives. */
  const seen = new Set<Attributes>()

  const add = (pod: SeenPod, { milliCores, bytes, gpus }: Reserved, sign: 1 | -1) => {
    const key = applicationKeyOf(pod)
    if (key === undefined) return
    const sum = applications.get(key) ?? { milliCores: 0, bytes: 0, gpus: 0 }
    sum.milliCores += sign * milliCores
    sum.bytes += sign * bytes
    sum.gpus += sign * gpus
    if (sum.milliCores === 0 && sum.bytes === 0 && sum.gpus === 0) applications.delete(key)
    else applications.set(key, sum)
  }

  return {
    observed: ({ before, after }) => {
      const [left, came] = [holding(before), holding(after)]
      if (left === came && before?.metadata?.uid === after?.metadata?.uid) return
      if (left !== undefined) add(before!, left, -1)
      if (came !== undefined) add(after!, came, 1)
    },
    points: (name) => {
      const sums = new Map<Attributes, number>(Array.from(seen, (attributes) => [attributes, 0]))
      for (const [key, sum] of applications) {
        const namespace = namespaceOf(key)
        const attributes = identityOf(namespace, key.slice(namespace.length + 1))
        seen.add(attributes)
        sums.set(attributes, (sums.get(attributes) ?? 0) + valueOf[name](sum))
      }
      return Array.from(sums, ([attributes, value]) => ({ attributes, value }))
    },
  }
}
