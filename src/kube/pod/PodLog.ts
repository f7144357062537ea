/** The log of a container over HTTP, as text that arrives while it is printed. */

import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, Stream } from "effect"
import * as Exchange from "../Exchange.ts"
import { KubeError } from "../KubeError.ts"
import { nameOf, pathOf, queryOf } from "../KubePath.ts"
import { pods } from "../Resource.ts"
import { describe } from "../Transport.ts"

/** A container of a pod. */
export interface PodContainer {
  readonly namespace: string
  readonly name: string
  /** Can be left out if the pod has one, not counting init containers. */
  readonly container?: string | undefined
}

export interface PodLogOptions {
  /** The log ends with the container; until then it stays open. */
  readonly follow: boolean
  /** Start with at most this many of the newest lines. */
  readonly tailLines?: number | undefined
  /** Only what was printed in this many seconds before the request. */
  readonly sinceSeconds?: number | undefined
  /** Of the container before its last restart. */
  readonly previous?: boolean | undefined
  /** Begin each line with the time at which it was printed. */
  readonly timestamps?: boolean | undefined
}

/** A log that is not followed and is silent for this long is abandoned: its socket is dead. */
const silenceSeconds = 30

/** Chunks of text, not cut at lines; ends when the server closes. A log that is followed may be silent for any time. */
export const podLog = (
  exchange: Exchange.Exchange,
  { namespace, name, container }: PodContainer,
  options: PodLogOptions,
): Stream.Stream<string, KubeError> => {
  const request = nameOf("log", pods, namespace, name)
  const failed = (cause: unknown) => new KubeError({ reason: "Transport", request, message: describe(cause), cause })
  const bytes = Effect.map(
    exchange.open({
      verb: "log",
      resource: pods.plural,
      name: request,
      method: "GET",
      path: pathOf(pods, namespace, name, "log") + queryOf({ container, ...options }),
      headers: { Accept: "text/plain, application/json" },
    }),
    (incoming) => NodeStream.fromReadable({ evaluate: () => incoming, onError: failed }),
  )
  const text = Stream.decodeText(Stream.unwrap(bytes))
  return options.follow
    ? text
    : Stream.timeoutOrElse(text, {
        duration: silenceSeconds * 1000,
        orElse: () => Stream.fail(Exchange.late(request, silenceSeconds)),
      })
}
