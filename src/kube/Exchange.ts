/**
 * One request and its answer: authenticated, within its deadline, counted, and failing only with a `KubeError`.
 * What is tried again at once is in `RequestRetry.ts`.
 */

import type { IncomingMessage } from "node:http"
import { Clock, Effect, Predicate, type Scope, Semaphore } from "effect"
import type { Credentials } from "./Authentication.ts"
import type { Connection } from "./Connection.ts"
import type { ListReader } from "./json/ListReader.ts"
import { errorOf, parsed } from "./KubeAnswer.ts"
import { KubeError } from "./KubeError.ts"
import { retryRead, retryWrite } from "./RequestRetry.ts"
import type { KubeObject } from "./Resource.ts"
import * as Transport from "./Transport.ts"

export interface ExchangeOptions {
  /** Seconds for one request, from sending it to the end of its answer. Default 30. */
  readonly deadlineSeconds?: number | undefined
  /** Requests in flight at one time, without watches and urgent requests. Default 64. */
  readonly concurrency?: number | undefined
  /** For `User-Agent: firesteel/<version>`. */
  readonly version?: string | undefined
}

/** Receives the outcome of every request. */
export interface RequestMetrics {
  readonly kubeRequest: (request: {
    readonly verb: string
    readonly resource: string
    /** HTTP status code, or the error's reason when there was no answer. */
    readonly code: string
    readonly seconds: number
  }) => void
}

/** Records nothing. */
export const silentRequestMetrics: RequestMetrics = { kubeRequest: () => {} }

/** A request, with what it is called in telemetry (`verb`, `resource`) and in errors (`name`). */
export interface Call extends Transport.HttpRequest {
  readonly verb: string
  readonly resource: string
  readonly name: string
  /** Does not wait for other requests. */
  readonly urgent?: boolean
  /** Limit in characters; a longer answer is an error. Absent: no limit. */
  readonly longest?: number
  /** Reads the answer, which is a list, while it arrives. */
  readonly reader?: ((contentType: string | undefined) => ListReader<KubeObject>) | undefined
  /** Instead of that of all requests. */
  readonly deadlineSeconds?: number | undefined
}

/** The parsed body of an answer, and its length in characters. */
export interface Body {
  readonly body: unknown
  readonly length: number
}

export interface Exchange {
  /** The head of a successful answer; the caller reads its body before the scope ends. */
  readonly open: (call: Call) => Effect.Effect<IncomingMessage, KubeError, Scope.Scope>
  /** The head of an answer of any status, after one try; the caller reads its body before the scope ends. For answers of pods. */
  readonly pass: (call: Call) => Effect.Effect<IncomingMessage, KubeError, Scope.Scope>
  /** The parsed body of a successful answer. Sent again only if the server refused to handle it (429). */
  readonly write: (call: Call) => Effect.Effect<unknown, KubeError>
  /**
   * The body of a successful answer, after one try. For answers of pods: a slow pod delays nothing else, since its request does not count
   * among those in flight, and a 401 may come from the pod itself, so the credentials are not read again.
   */
  readonly once: (call: Call) => Effect.Effect<Body, KubeError>
  /** The parsed body of a successful answer, after up to four tries. */
  readonly read: (call: Call) => Effect.Effect<unknown, KubeError>
}

/** Exchanges with the server of `connection`; its sockets are closed with the scope. */
export const make = Effect.fnUntraced(function* (
  connection: Connection,
  metrics: RequestMetrics,
  options: ExchangeOptions,
): Effect.fn.Return<Exchange, never, Scope.Scope> {
  const transport = yield* Transport.make(connection.server, connection.proxy, connection.isShared)
  const permits = Semaphore.makeUnsafe(options.concurrency ?? 64)
  const deadlineSeconds = options.deadlineSeconds ?? 30
  const headers = { "User-Agent": `firesteel/${options.version ?? "dev"}`, Accept: "application/json" }

  const credentialsFor = (call: Call) => Effect.mapError(connection.credentials.current, unreachable(call))

  const head = (call: Call, credentials: Credentials) =>
    Effect.mapError(
      transport.send({ ...call, headers: { ...headers, ...call.headers } }, credentials),
      unreachable(call),
    )

  const send = Effect.fnUntraced(function* (call: Call, credentials: Credentials) {
    const incoming = yield* head(call, credentials)
    const status = incoming.statusCode ?? 0
    yield* Effect.annotateCurrentSpan("http.response.status_code", status)
    if (status >= 200 && status < 300) return incoming
    const text = yield* Transport.readText(incoming, call.longest).pipe(Effect.mapError(unreachable(call)))
    return yield* errorOf(call.name, status, parsed(text), incoming.headers["retry-after"])
  })

  const sendCurrent = (call: Call) => Effect.flatMap(credentialsFor(call), (credentials) => send(call, credentials))

  /** After a 401 the credentials are read again, once: the token may just have been rotated. The refused request changed nothing. */
  const authenticated = Effect.fnUntraced(function* (call: Call) {
    const credentials = yield* credentialsFor(call)
    return yield* Effect.catchIf(
      send(call, credentials),
      (error) => error.status === 401,
      () => Effect.andThen(connection.credentials.refused(credentials), sendCurrent(call)),
    )
  })

  const bounded = <A extends Answer, R>(
    call: Call,
    effect: Effect.Effect<A, KubeError, R>,
  ): Effect.Effect<A, KubeError, R> => {
    const seconds = call.deadlineSeconds ?? deadlineSeconds
    return effect.pipe(
      Effect.timeoutOrElse({ duration: seconds * 1000, orElse: () => Effect.fail(late(call.name, seconds)) }),
      (within) => measured(call, metrics, within),
    )
  }

  const whole = Effect.fnUntraced(function* (call: Call, answered: typeof sendCurrent) {
    const incoming = yield* answered(call)
    if (call.reader !== undefined) return yield* list(call, call.reader(incoming.headers["content-type"]), incoming)
    const text = yield* Transport.readText(incoming, call.longest).pipe(Effect.mapError(unreachable(call)))
    const body = parsed(text)
    if (Predicate.isString(body)) {
      return yield* new KubeError({
        reason: "Decode",
        request: call.name,
        message: `the answer is not JSON: ${text.slice(0, 200)}`,
      })
    }
    return { statusCode: incoming.statusCode, body, length: text.length }
  }, Effect.scoped)

  const inTurn = (call: Call) => {
    const request = traced(
      call,
      Effect.map(bounded(call, whole(call, authenticated)), ({ body }) => body),
    )
    return call.urgent === true ? request : permits.withPermit(request)
  }
  return {
    once: (call) => Effect.map(bounded(call, whole(call, sendCurrent)), ({ body, length }) => ({ body, length })),
    open: (call) => bounded(call, authenticated(call)),
    pass: (call) =>
      bounded(
        call,
        Effect.flatMap(credentialsFor(call), (credentials) => head(call, credentials)),
      ),
    write: (call) => retryWrite(inTurn(call)),
    read: (call) => retryRead(inTurn(call)),
  }
})

/** The list that `reader` makes of the answer. */
const list = Effect.fnUntraced(function* (call: Call, reader: ListReader<KubeObject>, incoming: IncomingMessage) {
  const wrong = (cause: unknown) =>
    new KubeError({ reason: "Decode", request: call.name, message: Transport.describe(cause), cause })
  let refused: KubeError | undefined
  const push = (chunk: Buffer) => {
    try {
      reader.push(chunk)
    } catch (cause) {
      throw (refused = wrong(cause))
    }
  }
  yield* Effect.mapError(Transport.readChunks(incoming, push), (cause) => refused ?? unreachable(call)(cause))
  const body: unknown = yield* Effect.try({ try: reader.end, catch: wrong })
  return { statusCode: incoming.statusCode, body, length: 0 }
})

/** The error of a request, or of a silent watch, that was abandoned after `seconds`. */
export const late = (name: string, seconds: number): KubeError =>
  new KubeError({ reason: "Timeout", request: name, message: `no answer within ${seconds} s` })

const unreachable =
  (call: Call) =>
  (cause: { readonly message: string }): KubeError =>
    new KubeError({ reason: "Transport", request: call.name, message: cause.message, cause })

/** Requests are child spans of the current work. Requests for Events run outside of any work and get no span. */
const traced = <A, E>({ verb, resource, method, name }: Call, effect: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  const attributes = { "http.request.method": method, "k8s.request.name": name }
  const span = Effect.withSpan(`${verb} ${resource}`, { kind: "client", attributes }, { captureStackTrace: false })
  return Effect.withFiber((fiber) => (fiber.cache.span === undefined ? effect : span(effect)))
}

interface Answer {
  readonly statusCode?: number | undefined
}

const measured = <A extends Answer, R>(
  { verb, resource }: Call,
  metrics: RequestMetrics,
  effect: Effect.Effect<A, KubeError, R>,
): Effect.Effect<A, KubeError, R> =>
  Clock.clockWith((clock) => {
    const started = clock.monotonicTimeNanosUnsafe()
    const done = (code: string) => {
      const seconds = Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9
      metrics.kubeRequest({ verb, resource, code, seconds })
    }
    return effect.pipe(
      Effect.tap((answer) => Effect.sync(() => done(`${answer.statusCode}`))),
      Effect.tapError((error) =>
        Effect.sync(() => done(error.status === undefined ? error.reason : `${error.status}`)),
      ),
    )
  })
