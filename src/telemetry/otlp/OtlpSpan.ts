/** Spans in the shape of OTLP: those that Effect measures while the operator works, and those that are data (`SpanSink.ts`). */

import { Cause, type Exit, Option, type Tracer } from "effect"
import { entriesToAttributes } from "effect/observability/OtlpResource"
import type { TraceData } from "effect/observability/OtlpTracer"
import { NativeSpan } from "effect/Tracer"
import type { Sampler } from "./Sampler.ts"
import type { SpanData } from "./SpanSink.ts"

export type OtlpSpan = TraceData["resourceSpans"][number]["scopeSpans"][number]["spans"][number]

const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
const status = { unset: 0, ok: 1, error: 2 } as const

/** Effect's tracer: sampled spans are passed to `push` when they end. The sampler decides on the first span of a trace. */
export const tracerOf = (sampler: Sampler, push: (span: OtlpSpan) => void): Tracer.Tracer => ({
  span: (options) => {
    const span = new PushedSpan(options, push)
    return !options.sampled || Option.isSome(options.parent) || sampler.isSampled(span.traceId)
      ? span
      : new PushedSpan({ ...options, sampled: false }, push)
  },
})

class PushedSpan extends NativeSpan {
  readonly #push: (span: OtlpSpan) => void

  constructor(options: ConstructorParameters<typeof NativeSpan>[0], push: (span: OtlpSpan) => void) {
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

const ofWork = (span: NativeSpan, start: bigint, end: bigint, exit: Exit.Exit<unknown, unknown>): OtlpSpan => {
  const failed = exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause) ? exit.cause : undefined
  const errors = failed === undefined ? [] : Cause.prettyErrors(failed)
  return {
    ...nothingDropped,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: Option.getOrUndefined(span.parent)?.spanId,
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: entriesToAttributes(span.attributes),
    events: [
      ...span.events.map(([name, time, attributes]) => ({
        name,
        timeUnixNano: String(time),
        attributes: entriesToAttributes(Object.entries(attributes)),
        droppedAttributesCount: 0,
      })),
      ...errors.map(({ name, message }) => ({
        name: "exception",
        timeUnixNano: String(end),
        attributes: entriesToAttributes([
          ["exception.type", name],
          ["exception.message", message],
        ]),
        droppedAttributesCount: 0,
      })),
    ],
    links: span.links.map((link) =>
      linkTo(link.span.traceId, link.span.spanId, entriesToAttributes(Object.entries(link.attributes))),
    ),
    status: failed === undefined ? { code: status.unset } : { code: status.error, message: errors[0]?.message ?? "" },
  }
}

/** A span that is data. */
export const ofData = (span: SpanData): OtlpSpan => ({
  ...nothingDropped,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  name: span.name,
  kind: kinds.internal,
  startTimeUnixNano: nanoseconds(span.start),
  endTimeUnixNano: nanoseconds(span.end),
  attributes: entriesToAttributes(Object.entries(span.attributes)),
  events: [],
  links: span.links.map((link) =>
    linkTo(link.traceId, link.spanId, entriesToAttributes(Object.entries(link.attributes))),
  ),
  status:
    span.outcome === undefined
      ? { code: status.unset }
      : span.outcome._tag === "Ok"
        ? { code: status.ok }
        : { code: status.error, message: span.outcome.message },
})

const nothingDropped = { droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }

const linkTo = (traceId: string, spanId: string, attributes: OtlpSpan["attributes"]): OtlpSpan["links"][number] => ({
  traceId,
  spanId,
  attributes,
  droppedAttributesCount: 0,
})

const nanoseconds = (milliseconds: number): string => String(BigInt(milliseconds) * 1_000_000n)
