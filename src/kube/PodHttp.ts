/**
 * What a pod serves over HTTP: straight to its address, as an operator inside the cluster can, or through the API server's proxy, as one
 * outside of it must. One try, with a deadline and a bound on the answer's size: whoever asks knows better when to ask again, and
 * behind a service mesh, or in a driver that hangs, no answer may come at all.
 */
import { Effect, Schema, Stream } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { parsed } from "./KubeAnswer.ts"
import { Kube } from "./Kube.ts"

/** Why a pod gave no answer that can be read. */
export class PodHttpError extends Schema.TaggedError<PodHttpError>()("PodHttpError", { message: Schema.String }) {}

export interface PodAddress {
  readonly namespace: string
  readonly name: string
  /** Absent until the pod has one. */
  readonly ip: string | undefined
  readonly port: number
}

/** Parsed JSON of `path` (with a leading slash). */
export type PodHttp = (pod: PodAddress, path: string) => Effect.Effect<unknown, PodHttpError, Kube>

const deadlineSeconds = 5
/** Spark keeps a thousand jobs; their description is less than a tenth of this. */
const longest = 16 * 1024 * 1024

/** `direct`: the pod's own address. `proxy`: `pods/<name>:<port>/proxy`, for which the operator needs the right to get `pods/proxy`. */
export const podHttp =
  (access: "direct" | "proxy"): PodHttp =>
  (pod, path) =>
    (access === "direct" ? direct(pod, path) : proxied(pod, path)).pipe(
      Effect.timeoutOrElse({
        duration: deadlineSeconds * 1000,
        orElse: () => Effect.fail(new PodHttpError({ message: `no answer within ${deadlineSeconds} s` })),
      }),
    )

const proxied = ({ namespace, name, port }: PodAddress, path: string) =>
  Effect.flatMap(Kube, (kube) => kube.podProxy(namespace, name, port, path)).pipe(
    Effect.mapError(({ message }) => new PodHttpError({ message })),
  )

const direct = Effect.fnUntraced(
  function* ({ ip, port }: PodAddress, path: string) {
    if (ip === undefined) return yield* new PodHttpError({ message: "the pod has no address yet" })
    const client = yield* HttpClient.HttpClient
    const host = ip.includes(":") ? `[${ip}]` : ip
    const response = yield* client.get(`http://${host}:${port}${path}`, { headers: { Accept: "application/json" } })
    if (response.status !== 200) return yield* new PodHttpError({ message: `status ${response.status}` })
    let size = 0
    const text = yield* response.stream.pipe(
      Stream.tap((chunk) => {
        size += chunk.length
        return size > longest ? Effect.fail(new PodHttpError({ message: "the answer is too long" })) : Effect.void
      }),
      Stream.decodeText,
      Stream.mkString,
    )
    return parsed(text)
  },
  Effect.provide(FetchHttpClient.layer),
  Effect.mapError((error) => (error._tag === "PodHttpError" ? error : new PodHttpError({ message: error.message }))),
)
