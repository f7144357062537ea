/**
 * Spans as data, of work that is over and whose times are known: a component that has such spans pushes them to the sink, which exports
 * them over OTLP. Spans of work in progress are those of Effect's tracer, see `SdkSpan.ts`.
 */

import { Context } from "effect"

export interface SpanData {
  readonly name: string
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string
  readonly spanId: string
  /** Absent: the root span. */
  readonly parentSpanId: string | undefined
  /** Epoch milliseconds; `end` is never before `start`. */
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number>>
  /** Absent: the status is unset, as of work that was stopped on request. */
  readonly outcome: { readonly _tag: "Ok" } | { readonly _tag: "Error"; readonly message: string } | undefined
  readonly links: ReadonlyArray<SpanLink>
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface SpanSinkApi {
  /** Whether the spans of this trace are exported. */
  readonly isSampled: (traceId: string) => boolean
  /** Never waits and never fails. */
  readonly push: (span: SpanData) => void
}

/** Takes nothing where traces are not exported. */
export const SpanSink = Context.Reference<SpanSinkApi>("firesteel/telemetry/SpanSink", {
  defaultValue: () => ({ isSampled: () => false, push: () => {} }),
})
