/**
 * Every series that `/metrics` can have, with the labels it can carry, from the tables of instruments. Dashboards, rules and the
 * reference page are checked against this list, so none of them can query a series that does not exist.
 */

import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"
import { legacyInstruments, legacyQueueInstruments } from "../src/application/telemetry/LegacyInstruments.ts"
import { instrument, type InstrumentName, instrumentNames, seriesName } from "../src/Instruments.ts"
import { namespaceAttribute } from "../src/telemetry/meter/Attributes.ts"
import type { Instrument } from "../src/telemetry/meter/Instrument.ts"
import { prometheusType } from "../src/telemetry/meter/InstrumentTable.ts"
import { validName } from "../src/telemetry/prometheus/MetricName.ts"

export interface SeriesFamily {
  /** As in the line `# TYPE`. */
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram" | "summary" | "info"
  /** The instrument behind it; undefined for legacy names and for `target_info`. */
  readonly instrument: InstrumentName | undefined
  /** Labels that it can carry, besides those that `--metrics-labels` names (`configured`) and those of its type (`le`, `quantile`). */
  readonly labels: ReadonlyArray<string>
  readonly configured: boolean
}

/** Attributes that come along with the instrument's own, but for the labels that the settings name. */
export const identityAttributes = ({ identity }: Instrument): ReadonlyArray<string> => identities[identity]

const identities: Readonly<Record<Instrument["identity"], ReadonlyArray<string>>> = {
  application: [namespaceAttribute],
  namespace: [namespaceAttribute],
  labels: [],
  queue: ["name"],
  operator: [],
}

const familyOf = (name: InstrumentName): SeriesFamily => ({
  name: seriesName(name),
  type: prometheusType(instrument(name).kind),
  instrument: name,
  labels: [...identityAttributes(instrument(name)), ...Object.keys(instrument(name).attributes ?? {})].map(validName),
  configured: ["application", "labels"].includes(instrument(name).identity),
})

const legacy = (
  name: string,
  type: SeriesFamily["type"],
  configured: boolean,
  labels: ReadonlyArray<string> = [],
): SeriesFamily => ({ name, type, instrument: undefined, labels, configured })

/** All families, without a prefix before legacy names. */
export const seriesFamilies: ReadonlyArray<SeriesFamily> = [
  ...instrumentNames.map(familyOf),
  ...legacyInstruments.map(({ set, name, kind }) =>
    set === "pods" ? legacy(name, kind, false, ["namespace", "app_name"]) : legacy(name, kind, true),
  ),
  ...legacyQueueInstruments(applicationQueue).map(({ name, kind }) => legacy(name, kind, false)),
  { name: "target_info", type: "info", instrument: undefined, labels: [], configured: false },
]

/** The names that queries use: those of a histogram are `…_bucket`, `…_sum` and `…_count`. */
export const seriesNames = ({ name, type }: SeriesFamily): ReadonlyArray<string> => {
  switch (type) {
    case "histogram":
      return [`${name}_bucket`, `${name}_sum`, `${name}_count`]
    case "summary":
      return [`${name}_sum`, `${name}_count`]
    default:
      return [name]
  }
}

/** The family that a name in a query belongs to, if there is one. */
export const familyOfSeries = (name: string): SeriesFamily | undefined => byName.get(name)

const byName: ReadonlyMap<string, SeriesFamily> = new Map(
  seriesFamilies.flatMap((family) => seriesNames(family).map((name) => [name, family] as const)),
)
