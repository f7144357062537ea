/**
 * Every instrument of Firesteel, defined once: the reference page, the zero points and both exports come from this table.
 * Names are OpenTelemetry's (dotted, no unit, no `_total`), units are UCUM. An instrument with an `on` changes when a
 * measurement of that source is made; the legacy names hang on the same sources.
 */

import { ApplicationInstruments } from "./application/telemetry/ApplicationInstruments.ts"
import { PodInstruments } from "./application/telemetry/PodInstruments.ts"
import { ProbeInstruments } from "./application/telemetry/ProbeInstruments.ts"
import { ProgressInstruments } from "./application/telemetry/ProgressInstruments.ts"
import type { Instrument } from "./telemetry/meter/Instrument.ts"
import { OperatorInstruments } from "./telemetry/operator/OperatorInstruments.ts"
import { RuntimeInstruments } from "./telemetry/operator/ProcessInstruments.ts"
import { type PrometheusType, prometheusName } from "./telemetry/prometheus/MetricName.ts"

export const Instruments = {
  ...ApplicationInstruments,
  ...ProgressInstruments,
  ...PodInstruments,
  ...ProbeInstruments,
  ...OperatorInstruments,
  ...RuntimeInstruments,
} as const satisfies Record<string, Instrument>

export type InstrumentName = keyof typeof Instruments

/** The names of the instruments of one kind. */
export type NameOf<Kind extends Instrument["kind"]> = {
  [Name in InstrumentName]: (typeof Instruments)[Name]["kind"] extends Kind ? Name : never
}[InstrumentName]

export const instrumentNames = Object.keys(Instruments) as ReadonlyArray<InstrumentName>

/** The entry of the table, with the wide type. */
export const instrument = (name: InstrumentName): Instrument => Instruments[name]

/** How Prometheus sees an instrument: an UpDownCounter is a gauge there. */
export const prometheusType = (kind: Instrument["kind"]): PrometheusType => {
  switch (kind) {
    case "counter":
    case "application-counter":
    case "observable-counter":
      return "counter"
    case "histogram":
      return "histogram"
    case "application-gauge":
    case "positive-gauge":
    case "produced-gauge":
    case "observable-up-down-counter":
    case "observable-gauge":
      return "gauge"
  }
}

/** The name of an instrument on `/metrics`. */
export const seriesName = (name: InstrumentName): string =>
  prometheusName(name, instrument(name).unit, prometheusType(instrument(name).kind))

/** Every combination of the values known beforehand; attributes with any value are left out. */
export const knownAttributes = (name: InstrumentName): ReadonlyArray<Readonly<Record<string, string>>> =>
  Object.entries(instrument(name).attributes).reduce<ReadonlyArray<Readonly<Record<string, string>>>>(
    (combinations, [key, values]) =>
      values.length === 0
        ? combinations
        : combinations.flatMap((known) => values.map((value) => ({ ...known, [key]: value }))),
    [{}],
  )
