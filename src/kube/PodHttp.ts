/**
 * GET requests to a pod: directly to its address, which works for an operator inside the cluster, or through the API server's proxy,
 * which an operator outside of it needs. One try, with a deadline and a limit on the answer's size. Retries are left to the caller:
 * behind a service mesh, or from a driver that hangs, there may never be an answer.
 */

import { Effect, Schema, type Scope } from "effect"
import { Kube, type PodAnswer, type PodPort } from "./Kube.ts"
import { parsed } from "./KubeAnswer.ts"
import type { KubeError } from "./KubeError.ts"
import * as Transport from "./Transport.ts"

/**
 * Why there is no usable answer: nothing listens (`refused`), the pod cannot be reached (`unreachable`), it took too long (`timeout`), the
 * request is not allowed (`forbidden`), the status is not 200 (`status`), or the answer is not JSON or too long (`invalid`).
 */
export const podHttpFailures = ["refused", "unreachable", "timeout", "forbidden", "status", "invalid"] as const
export type PodHttpFailure = (typeof podHttpFailures)[number]

export class PodHttpError extends Schema.TaggedError<PodHttpError>()("PodHttpError", {
  reason: Schema.Literals(podHttpFailures),
  message: Schema.String,
}) {}

/** `proxy`: `pods/<name>:<port>/proxy`, for which the operator must be allowed to get `pods/proxy`. */
export type PodAccess = "direct" | "proxy"

export interface PodAddress extends PodPort {
  /** Absent until the pod has one. */
  readonly ip: string | undefined
}

/** GET of a path, with a leading slash. */
export type PodGet = (path: string) => Effect.Effect<PodAnswer, PodHttpError>

const deadlineSeconds = 5
/** Spark keeps a thousand jobs; their description is less than a fifth of this. */
const longest = 8 * 1024 * 1024

/** A client of one pod; its sockets are closed with the scope. */
export const podGet = Effect.fnUntraced(function* (
  access: PodAccess,
  pod: PodAddress,
): Effect.fn.Return<PodGet, PodHttpError, Kube | Scope.Scope> {
  const get = access === "direct" ? yield* direct(pod) : proxied(yield* Kube, pod)
  const late = new PodHttpError({ reason: "timeout", message: `no answer within ${deadlineSeconds} s` })
  return (path) =>
    Effect.timeoutOrElse(get(path), { duration: deadlineSeconds * 1000, orElse: () => Effect.fail(late) })
})

const proxied =
  (kube: typeof Kube.Service, pod: PodAddress): PodGet =>
  (path) =>
    Effect.mapError(
      kube.podProxy(pod, path, longest),
      (error) => new PodHttpError({ reason: reasonOf(error), message: error.message }),
    )

/** The API server answers 503 for a pod that it cannot reach; a 503 of the pod itself cannot be distinguished from that. */
const reasonOf = ({ reason, status, message }: KubeError): PodHttpFailure => {
  if (reason === "Forbidden") return "forbidden"
  if (reason === "Timeout") return "timeout"
  if (reason === "Decode" || message === Transport.tooLong) return "invalid"
  return status === undefined || status === 503 ? "unreachable" : "status"
}

/** The certificate is not verified, as in the API server's proxy: it is the pod's own, and nothing secret is sent. */
const credentials = { headers: {}, tls: { rejectUnauthorized: false } }

const direct = Effect.fnUntraced(function* ({ ip, port, secure }: PodAddress) {
  if (ip === undefined) return yield* new PodHttpError({ reason: "unreachable", message: "the pod has no address yet" })
  const host = ip.includes(":") ? `[${ip}]` : ip
  const transport = yield* Transport.make(`${secure ? "https" : "http"}://${host}:${port}`)
  const get = Effect.fnUntraced(
    function* (path: string) {
      const headers = { Accept: "application/json" }
      const incoming = yield* transport.send({ method: "GET", path, headers }, credentials)
      const { statusCode = 0 } = incoming
      if (statusCode !== 200) {
        const reason = statusCode === 401 || statusCode === 403 ? "forbidden" : "status"
        return yield* new PodHttpError({ reason, message: `status ${statusCode}` })
      }
      const text = yield* Transport.readText(incoming, longest)
      const body = parsed(text)
      if (typeof body === "string")
        return yield* new PodHttpError({ reason: "invalid", message: "the answer is not JSON" })
      return { body, length: text.length }
    },
    Effect.scoped,
    Effect.mapError((error) => (error._tag === "PodHttpError" ? error : failureOf(error.message))),
  )
  return get as PodGet
})

const failureOf = (message: string) =>
  new PodHttpError({
    reason: message === Transport.tooLong ? "invalid" : /ECONNREFUSED/.test(message) ? "refused" : "unreachable",
    message,
  })
