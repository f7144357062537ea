/** All instruments of the kind SparkApplication, and the meters that record on them. */

import type { Instrument } from "../../telemetry/meter/Instrument.ts"
import type * as InstrumentTable from "../../telemetry/meter/InstrumentTable.ts"
import type { Meters } from "../../telemetry/meter/Meters.ts"
import { UsageInstruments } from "../usage/UsageInstruments.ts"
import { ApplicationInstruments } from "./ApplicationInstruments.ts"
import { LabelInstruments } from "./LabelInstruments.ts"
import { PodInstruments } from "./PodInstruments.ts"
import { ProbeInstruments } from "./ProbeInstruments.ts"
import { ProgressInstruments } from "./ProgressInstruments.ts"

export const instruments = {
  ...ApplicationInstruments,
  ...LabelInstruments,
  ...ProgressInstruments,
  ...PodInstruments,
  ...ProbeInstruments,
  ...UsageInstruments,
} as const satisfies Record<string, Instrument>

export type ApplicationMeters = Meters<typeof instruments>

/** The names of the instruments of one kind. */
export type NameOf<Kind extends Instrument["kind"]> = InstrumentTable.NameOf<typeof instruments, Kind>
