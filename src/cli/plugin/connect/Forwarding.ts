/** Forwards a port of this machine to a pod until the command is stopped. */

import { Effect } from "effect"
import type { PodTarget } from "../../../kube/pod/PortForward.ts"
import { integer } from "../../../settings/ValueKind.ts"
import { orNone } from "../PluginFlags.ts"
import type { Call } from "../Verb.ts"

export const localPort = {
  kind: orNone(integer(0, 65_535)),
  default: "",
  description:
    "Port of this machine. Without it: the same as in the pod, or another if that is in use; 0: any that is free.",
} as const

/**
 * Succeeds with the local port; the forwarding ends with the scope. Without a port that is wanted, that of the pod is tried first. What goes
 * wrong with connections is reported once for each message.
 */
export const forwarding = Effect.fnUntraced(function* (
  { connection, host }: Pick<Call<{}>, "connection" | "host">,
  target: PodTarget,
  wanted: number | undefined,
) {
  // Only here, because it loads a library.
  const PortForward = yield* Effect.promise(() => import("../../../kube/pod/PortForward.ts"))
  const reported = new Set<string>()
  const onProblem = (message: string) => {
    if (reported.has(message)) return
    reported.add(message)
    host.stderr.write(`${message}\n`)
  }
  const forward = (port: number) => PortForward.portForward(connection, target, { localPort: port, onProblem })
  if (wanted !== undefined) return yield* forward(wanted)
  return yield* Effect.catchIf(
    forward(target.port),
    ({ message }) => message.includes("EADDRINUSE") || message.includes("EACCES"),
    () => forward(0),
  )
})
