/** GET of any path of the API server, proxies included. What is asked again and again: a `kubectl` for each would cost more than Spark. */

import { Effect, Schema } from "effect"
import { connect } from "../../../src/kube/Connection.ts"
import * as Transport from "../../../src/kube/Transport.ts"

export class RawError extends Schema.TaggedError<RawError>()("RawError", { message: Schema.String }) {}

const asRawError = ({ message }: { readonly message: string }) => new RawError({ message })

export const rawText = (path: string): Effect.Effect<string, RawError> =>
  Effect.gen(function* () {
    const connection = yield* connect({ environment: process.env, kubeconfig: process.env["KUBECONFIG"] })
    const transport = yield* Transport.make(connection.server, connection.proxy)
    const credentials = yield* connection.credentials.current
    const answer = yield* transport.send(
      { method: "GET", path, headers: { Accept: "*/*" }, body: undefined },
      credentials,
    )
    const text = yield* Transport.readText(answer)
    return answer.statusCode === 200
      ? text
      : yield* new RawError({ message: `GET ${path}: ${answer.statusCode} ${text}` })
  }).pipe(
    Effect.scoped,
    Effect.mapError(asRawError),
    Effect.timeoutOrElse({
      duration: 20_000,
      orElse: () => new RawError({ message: `GET ${path}: no answer in 20 s` }),
    }),
  )

/** The same, of JSON. */
export const raw = (path: string): Effect.Effect<unknown, RawError> =>
  Effect.map(rawText(path), (text) => JSON.parse(text))
