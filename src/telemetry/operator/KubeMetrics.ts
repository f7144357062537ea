/** Requests to the Kubernetes API and the watches on it, as numbers. */

import type { RequestMetrics } from "../../kube/Exchange.ts"
import type { WatchMetrics } from "../../kube/Reflector.ts"
import type { Meters } from "../meter/Meters.ts"
import type { OperatorInstruments } from "./OperatorInstruments.ts"

export type KubeMetrics = RequestMetrics & WatchMetrics

export const make = (meters: Meters<typeof OperatorInstruments>): KubeMetrics => ({
  kubeRequest: ({ verb, resource, code, seconds }) => {
    meters.add("kubernetes.client.requests", 1, { verb, resource, code })
    if (verb !== "watch") meters.record("kubernetes.client.request.duration", seconds, { verb, resource })
  },
  kubeWatch: (event, resource) => meters.add("kubernetes.client.watch.lifecycle", 1, { event, resource }),
})
