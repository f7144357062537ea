/** Spans in the shape of the SDK: those that Effect measures while the operator works, and those that are data (`SpanSink.ts`). */

import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api"
import type { Resource } from "@opentelemetry/resources"
import type { ReadableSpan } from "@opentelemetry/sdk-trace"
import { Cause, type Exit, Option, type Tracer } from "effect"
import { NativeSpan } from "effect/Tracer"
import { plain } from "./LogEntry.ts"
import type { Sampler } from "./Sampler.ts"
import type { SpanData } from "./SpanSink.ts"

/** What of a span is its own; `resource` and scope are those of all. */
export type OwnSpan = Pick<
  ReadableSpan,
  "name" | "kind" | "startTime" | "endTime" | "status" | "attributes" | "links" | "events"
> & {
  readonly context: SpanContext
  readonly parent: SpanContext | undefined
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** Effect's tracer: sampled spans are passed to `push` when they end. The sampler decides on the first span of a trace. */
export const tracerOf = (sampler: Sampler, push: (span: OwnSpan) => void): Tracer.Tracer => ({
  span: (options) => {
    const span = new PushedSpan(options, push)
    return !options.sampled || Option.isSome(options.parent) || sampler.isSampled(span.traceId)
      ? span
      : new PushedSpan({ ...options, sampled: false }, push)
  },
})

class PushedSpan extends NativeSpan {
  readonly #push: (span: OwnSpan) => void

  constructor(options: ConstructorParameters<typeof NativeSpan>[0], push: (span: OwnSpan) => void) {
    super(options)
    this.#push = push
  }

  override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.status._tag === "Ended") return
    const { startTime } = this.status
    super.end(endTime, exit)
    if (this.sampled) this.#push(ofWork(this, startTime, endTime, exit))
  }
}

const ofWork = (span: NativeSpan, start: bigint, end: bigint, exit: Exit.Exit<unknown, unknown>): OwnSpan => {
  const failed = exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause) ? exit.cause : undefined
  const errors = failed === undefined ? [] : Cause.prettyErrors(failed)
  const parent = Option.getOrUndefined(span.parent)
  return {
    context: contextOf(span.traceId, span.spanId),
    parent: parent && contextOf(parent.traceId, parent.spanId),
    name: span.name,
    kind: kinds[span.kind],
    startTime: ofNanoseconds(start),
    endTime: ofNanoseconds(end),
    attributes: attributesOf(span.attributes),
    events: [
      ...span.events.map(([name, time, attributes]) => ({
        name,
        time: ofNanoseconds(time),
        attributes: attributesOf(Object.entries(attributes)),
      })),
      ...errors.map(({ name, message }) => ({
        name: "exception",
        time: ofNanoseconds(end),
        attributes: { "exception.type": name, "exception.message": message },
      })),
    ],
    links: span.links.map(({ span, attributes }) => ({
      context: contextOf(span.traceId, span.spanId),
      attributes: attributesOf(Object.entries(attributes)),
    })),
    status:
      failed === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: errors[0]?.message ?? "" },
  }
}

/** A span that is data. */
export const ofData = ({ traceId, spanId, parentSpanId, outcome, ...span }: SpanData): OwnSpan => ({
  context: contextOf(traceId, spanId),
  parent: parentSpanId === undefined ? undefined : contextOf(traceId, parentSpanId),
  name: span.name,
  kind: SpanKind.INTERNAL,
  startTime: ofMilliseconds(span.start),
  endTime: ofMilliseconds(span.end),
  attributes: span.attributes,
  events: [],
  links: span.links.map((link) => ({ context: contextOf(link.traceId, link.spanId), attributes: link.attributes })),
  status:
    outcome === undefined
      ? { code: SpanStatusCode.UNSET }
      : outcome._tag === "Ok"
        ? { code: SpanStatusCode.OK }
        : { code: SpanStatusCode.ERROR, message: outcome.message },
})

/** As the SDK's processors take it. */
export const readable =
  (resource: Resource, instrumentationScope: ReadableSpan["instrumentationScope"]) =>
  ({ context, parent, ...span }: OwnSpan): ReadableSpan => ({
    ...span,
    spanContext: () => context,
    ...(parent === undefined ? {} : { parentSpanContext: parent }),
    // Exporters send start and end only.
    duration: [0, 0],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  })

const contextOf = (traceId: string, spanId: string): SpanContext => ({
  traceId,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
})

const attributesOf = (entries: Iterable<readonly [string, unknown]>): Attributes =>
  Object.fromEntries(Array.from(entries, ([key, value]) => [key, plain(value)]))

const ofNanoseconds = (time: bigint): HrTime => [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)]

const ofMilliseconds = (time: number): HrTime => [Math.floor(time / 1000), (time % 1000) * 1_000_000]
