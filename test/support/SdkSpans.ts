/** Spans as the SDK's processors and exporters take them. */

import { emptyResource } from "@opentelemetry/resources"
import { ofData, readable } from "../../src/telemetry/otlp/SdkSpan.ts"

const toSdk = readable(emptyResource(), { name: "test" })

export const spanNamed = (name: string) =>
  toSdk(
    ofData({
      name,
      traceId: "1b1e02a974448e858885e1e60e3fe238",
      spanId: "1234567812345678",
      parentSpanId: undefined,
      start: 1_000,
      end: 2_000,
      attributes: {},
      outcome: undefined,
      links: [],
    }),
  )
