/** Spans as the SDK's processors and exporters take them. */

import { emptyResource } from "@opentelemetry/resources"
import { ofData } from "../../../src/telemetry/otlp/SdkSpan.ts"

const origin = { resource: emptyResource(), instrumentationScope: { name: "test" } }

export const spanNamed = (name: string) =>
  ofData(origin, {
    name,
    traceId: "1b1e02a974448e858885e1e60e3fe238",
    spanId: "1234567812345678",
    parentSpanId: undefined,
    start: 1_000,
    end: 2_000,
    attributes: {},
    outcome: undefined,
    links: [],
  })
