/** The reader behind `/metrics`: collects when it is asked to. */

import { type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics"
import { cardinalityLimit } from "../meter/Overflow.ts"

export class PrometheusReader extends MetricReader {
  /** `producers` are collected together with the instruments. */
  constructor(producers: ReadonlyArray<MetricProducer>) {
    super({
      metricProducers: [...producers],
      cardinalitySelector: () => cardinalityLimit,
      otelComponentType: "prometheus_http_text_metric_exporter",
    })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
