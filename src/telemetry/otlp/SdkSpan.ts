/** Spans in the shape of the SDK: those that Effect measures while the operator works, and those that are data (`SpanSink.ts`). */

import {
  type Attributes,
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api"
import type { ReadableSpan } from "@opentelemetry/sdk-trace"
import { Cause, type Exit, Option, type Tracer } from "effect"
import { NativeSpan } from "effect/Tracer"
import { plain } from "./LogEntry.ts"
import type { Sampler } from "./Sampler.ts"
import type { SpanData } from "./SpanSink.ts"

/** What the spans of one sender have in common. */
export type SpanOrigin = Pick<ReadableSpan, "resource" | "instrumentationScope">

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

/** Effect's tracer: sampled spans are passed to `push` when they end. The sampler decides on the first span of a trace. */
export const tracerOf = (sampler: Sampler, origin: SpanOrigin, push: (span: ReadableSpan) => void): Tracer.Tracer => {
  class PushedSpan extends NativeSpan {
    override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
      if (this.status._tag === "Ended") return
      const { startTime } = this.status
      super.end(endTime, exit)
      if (this.sampled) push(ofWork(origin, this, startTime, endTime, exit))
    }
  }
  return {
    span: (options) => {
      const span = new PushedSpan(options)
      return !options.sampled || Option.isSome(options.parent) || sampler.isSampled(span.traceId)
        ? span
        : new PushedSpan({ ...options, sampled: false })
    },
  }
}

const ofWork = (
  origin: SpanOrigin,
  span: NativeSpan,
  start: bigint,
  end: bigint,
  exit: Exit.Exit<unknown, unknown>,
): ReadableSpan => {
  const failed = exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause) ? exit.cause : undefined
  const errors = failed === undefined ? [] : Cause.prettyErrors(failed)
  return {
    ...identity(origin, span.traceId, span.spanId, Option.getOrUndefined(span.parent)?.spanId),
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
export const ofData = (origin: SpanOrigin, span: SpanData): ReadableSpan => ({
  ...identity(origin, span.traceId, span.spanId, span.parentSpanId),
  name: span.name,
  kind: SpanKind.INTERNAL,
  startTime: ofMilliseconds(span.start),
  endTime: ofMilliseconds(span.end),
  attributes: span.attributes,
  events: [],
  links: span.links.map(({ traceId, spanId, attributes }) => ({ context: contextOf(traceId, spanId), attributes })),
  status:
    span.outcome === undefined
      ? { code: SpanStatusCode.UNSET }
      : span.outcome._tag === "Ok"
        ? { code: SpanStatusCode.OK }
        : { code: SpanStatusCode.ERROR, message: span.outcome.message },
})

/** Exporters send start and end only. */
const noDuration: HrTime = [0, 0]

const identity = (origin: SpanOrigin, traceId: string, spanId: string, parent: string | undefined) => ({
  ...origin,
  spanContext: () => contextOf(traceId, spanId),
  ...(parent === undefined ? {} : { parentSpanContext: contextOf(traceId, parent) }),
  duration: noDuration,
  ended: true,
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
