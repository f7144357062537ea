/**
 * Every instrument of Firesteel, from the tables of the components that record them: for the reference page, the dashboards and the rules.
 * Names are OpenTelemetry's (dotted, no unit, no `_total`), units are UCUM. An instrument with an `on` changes when a
 * measurement of that source is made; the legacy names have the same sources.
 */

import { instruments as applicationInstruments } from "./application/telemetry/ApplicationMeters.ts"
import { ConnectInstruments } from "./connect/telemetry/ConnectInstruments.ts"
import { HistoryInstruments } from "./history/telemetry/HistoryInstruments.ts"
import { ScheduleInstruments } from "./schedule/telemetry/ScheduleInstruments.ts"
import type { Attributes } from "./telemetry/meter/Attributes.ts"
import type { Instrument } from "./telemetry/meter/Instrument.ts"
import * as InstrumentTable from "./telemetry/meter/InstrumentTable.ts"
import { OperatorInstruments } from "./telemetry/operator/OperatorInstruments.ts"
import { ProcessInstruments } from "./telemetry/operator/ProcessInstruments.ts"
import { TelemetryInstruments } from "./telemetry/operator/TelemetryInstruments.ts"

export const Instruments = {
  ...applicationInstruments,
  ...ConnectInstruments,
  ...ScheduleInstruments,
  ...HistoryInstruments,
  ...OperatorInstruments,
  ...TelemetryInstruments,
  ...ProcessInstruments,
} as const satisfies Record<string, Instrument>

export type InstrumentName = keyof typeof Instruments

export const instrumentNames = Object.keys(Instruments) as ReadonlyArray<InstrumentName>

/** The entry of the table, with the wide type. */
export const instrument = (name: InstrumentName): Instrument => Instruments[name]

/** The name of an instrument on `/metrics`. */
export const seriesName = (name: InstrumentName): string => InstrumentTable.seriesName(name, instrument(name))

/** Every combination of the values known beforehand; attributes with any value are left out. */
export const knownAttributes = (name: InstrumentName): ReadonlyArray<Attributes> =>
  InstrumentTable.knownAttributes(instrument(name))
