/**
 * One storage for both readers. By itself the SDK stores each recording once per reader, and finding the attribute set is nearly all that a
 * recording costs: 1.5 µs with two readers, 0.8 µs with one storage. An instrument that matches a view has one storage for all readers.
 */

import { AggregationType, InstrumentType, type MetricReader, type ViewOptions } from "@opentelemetry/sdk-metrics"
import { cardinalityLimit } from "./Overflow.ts"

const { HISTOGRAM, COUNTER, UP_DOWN_COUNTER, OBSERVABLE_COUNTER, OBSERVABLE_GAUGE, OBSERVABLE_UP_DOWN_COUNTER } =
  InstrumentType

/** Histograms are not shared if the reader of OTLP aggregates them in its own way (exponential buckets). */
export const sharedBy = (otlp: MetricReader): ReadonlyArray<ViewOptions> => {
  const types = [COUNTER, UP_DOWN_COUNTER, OBSERVABLE_COUNTER, OBSERVABLE_GAUGE, OBSERVABLE_UP_DOWN_COUNTER]
  const alike = otlp.selectAggregation(HISTOGRAM).type === AggregationType.DEFAULT
  return [...types, ...(alike ? [HISTOGRAM] : [])].map((instrumentType) => ({
    instrumentType,
    aggregationCardinalityLimit: cardinalityLimit,
  }))
}
