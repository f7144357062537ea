/**
 * Probes of local pods. All of them succeed, except for the one that the pod's script lets fail: then the kubelet acts
 * as a real one, by the settings of the probe. A script for a probe that the container does not have has no effect.
 */

import { Effect } from "effect"
import type { Container, Probe } from "kubernetes-types/core/v1"
import { type Node, type PodWorker, update, warn } from "./KubeletNode.ts"
import type { ProbeScript } from "./KubeletScript.ts"

const probeOf = (container: Container | undefined, { kind }: ProbeScript): Probe | undefined =>
  ({
    startup: container?.startupProbe,
    readiness: container?.readinessProbe,
    liveness: container?.livenessProbe,
    none: undefined,
  })[kind]

/** The kubelet's text for a failure of this kind of handler. */
const symptom = ({ httpGet, tcpSocket, grpc }: Probe): string => {
  if (httpGet !== undefined) return "HTTP probe failed with statuscode: 503"
  if (tcpSocket !== undefined) return `dial tcp: connect: connection refused (port ${String(tcpSocket.port)})`
  return grpc === undefined ? "command failed" : `timeout: failed to connect service (port ${String(grpc.port)})`
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * Lets the probe of the script fail from its time on. Succeeds with the message of the kill when a startup or liveness probe has failed
 * often enough; otherwise never ends.
 */
export const failProbe = Effect.fnUntraced(function* (
  node: Node,
  worker: PodWorker,
  container: Container | undefined,
  script: ProbeScript | undefined,
) {
  const probe = script && probeOf(container, script)
  if (script === undefined || probe === undefined) return yield* Effect.never
  const name = container?.name ?? ""
  const about = { fieldPath: `spec.containers{${name}}` }
  yield* Effect.sleep(`${Math.max(script.from, probe.initialDelaySeconds ?? 0)} seconds`)
  for (let failures = 1; ; failures++) {
    yield* warn(node, worker, "Unhealthy", `${capitalized(script.kind)} probe failed: ${symptom(probe)}`, about)
    if (failures === (probe.failureThreshold ?? 3)) {
      if (script.kind !== "readiness") {
        // For a pod that is not restarted, the kubelet reports no more than this and stops it as a whole.
        const message = `Stopping container ${name}`
        yield* warn(node, worker, "Killing", message, about)
        return message
      }
      const state = worker.state.containers[name]
      if (state?._tag === "Running") {
        yield* update(node, worker, { containers: { ...worker.state.containers, [name]: { ...state, ready: false } } })
      }
    }
    yield* Effect.sleep(`${probe.periodSeconds ?? 10} seconds`)
  }
})
