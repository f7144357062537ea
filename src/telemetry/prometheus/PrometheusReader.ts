/** The reader behind `/metrics`: collects when it is asked to. */

import { type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics"

export class PrometheusReader extends MetricReader {
  /** `producers` are collected together with the instruments; `limit`: attribute sets per instrument. */
  constructor(producers: ReadonlyArray<MetricProducer>, limit: number) {
    super({
      metricProducers: [...producers],
      cardinalitySelector: () => limit,
      otelComponentType: "prometheus_http_text_metric_exporter",
    })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
