/** Renders the reference page of all instruments from their tables, so that it cannot differ from the code. */

import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"
import {
  legacyBuckets,
  type LegacyInstrument,
  legacyInstruments,
  legacyQueueInstruments,
  legacyQueueName,
  legacyQueueSuffixes,
} from "../src/application/telemetry/LegacyInstruments.ts"
import { instrument, instrumentNames, type InstrumentName, seriesName } from "../src/Instruments.ts"
import { namespaceAttribute } from "../src/telemetry/meter/Attributes.ts"
import type { Instrument } from "../src/telemetry/meter/Instrument.ts"

/** The generated files of this module; paths from the root of the repository. */
export const generatedFiles = (): ReadonlyArray<{ readonly path: string; readonly content: string }> => [
  { path: "otel/instruments.md", content: instrumentsPage() },
]

const kinds: Readonly<Record<Instrument["kind"], string>> = {
  counter: "Counter",
  histogram: "Histogram",
  "positive-gauge": "UpDownCounter, never below zero",
  "object-counter": "Counter, dropped with its application",
  "object-gauge": "Gauge, dropped with its application",
  "produced-gauge": "Gauge, from the cache",
  "observable-counter": "Observable Counter",
  "observable-up-down-counter": "Observable UpDownCounter",
  "observable-gauge": "Observable Gauge",
}

const instrumentsPage = (): string =>
  [
    introduction,
    "## Instruments",
    table(
      [
        "Name over OTLP",
        "Prometheus name",
        "Legacy names",
        "Kind",
        "Unit",
        "Attributes",
        "Description",
        "Changes when",
      ],
      instrumentNames.map((name) => [
        code(name),
        code(seriesName(name)),
        legacyNames(name),
        kinds[instrument(name).kind],
        code(instrument(name).unit),
        attributes(name),
        instrument(name).description,
        instrument(name).changes,
      ]),
    ),
    "## Buckets",
    "Upper bounds on `/metrics`, and over OTLP unless exponential histograms are asked for.",
    table(
      ["Histogram", "Bounds in seconds"],
      instrumentNames
        .filter((name) => instrument(name).kind === "histogram")
        .map((name) => [code(name), (instrument(name).buckets ?? []).join(", ")]),
    ),
    "## Legacy names",
    legacyIntroduction,
    table(
      ["Set", "Prometheus name", "Type", "From"],
      legacyInstruments.map((legacy) => [legacy.set, code(legacy.name), legacy.kind, origin(legacy)]),
    ),
    queues(),
  ].join("\n\n") + "\n"

const introduction = `# Instruments

Generated from the tables of instruments in \`src\`; do not edit.

Names follow OpenTelemetry: no unit and no \`_total\` in a name. On \`/metrics\` they carry both, by the rules of Prometheus' own OTLP receiver,
so a scraped and a pushed series have the same name and labels. Durations are in seconds and come from the timestamps of Kubernetes objects.

*identity* among the attributes means \`k8s.namespace.name\` and the labels that \`--metrics-labels\` names: keys with \`_\` for every character
that Prometheus does not accept, \`Unknown\` where an application has no such label. Of each, 100 different values are distinguished; further ones become
\`__other__\`, which \`spark_operator_telemetry_faults_total{fault="attribute_overflow"}\` counts. There are no pod names and no uids.

Gauges follow the cache and equal the number of objects that exist, also after a restart. Counters count what this process itself has written, so
nothing is counted again after a restart.

Everything except gauges of single applications exists at zero before the first application: attributes whose values are known beforehand with each of them, other attributes
not at all (namespaces that are watched by name count as known). When the first application of a namespace is seen, its series start at zero as well. So a
query has a result from the start, and \`increase()\` includes the first failure in a namespace.`

const legacyIntroduction = `On \`/metrics\` only, from the same measurements. The names have the prefix of \`--metrics-prefix\` and only the labels that \`--metrics-labels\` names:
the value of the application's label (for executors: of the pod's) with the same key, else for the key \`namespace\` the namespace, else \`Unknown\`.
Histograms have the bounds ${legacyBuckets.join(", ")} seconds unless the settings give others. Counters have no \`_total\`, so a scraper that asks for OpenMetrics
receives them as type \`unknown\`, under the same names. \`--metrics-legacy\` switches the sets.`

const queues = (): string =>
  [
    "The set v1 also has these, for the work queue, all with the prefix:",
    table(
      ["Prometheus name", "Type"],
      legacyQueueSuffixes.map((suffix) => [
        code(legacyQueueName(applicationQueue, suffix)),
        legacyQueueInstruments[suffix].kind,
      ]),
    ),
  ].join("\n\n")

const code = (text: string): string => `\`${text}\``

const identities: Readonly<Record<Instrument["identity"], ReadonlyArray<string>>> = {
  application: ["*identity*"],
  namespace: [code(namespaceAttribute)],
  queue: [`${code("name")} (${applicationQueue})`],
  operator: [],
}

const attributes = (name: InstrumentName): string => {
  const { identity, attributes: own } = instrument(name)
  const first = identities[identity]
  const others = Object.entries(own).map(([key, values]: readonly [string, ReadonlyArray<string>]) =>
    values.length === 0 ? code(key) : `${code(key)} (${values.join(", ")})`,
  )
  return [...first, ...others].join("; ") || "–"
}

/** The names of earlier operators that are made from the same measurements. */
const legacyNames = (name: InstrumentName): string => {
  const { on } = instrument(name)
  const same = on === undefined ? [] : legacyInstruments.filter((legacy) => legacy.on === on)
  return same.map((legacy) => code(legacy.name)).join(", ") || "–"
}

/** The new instrument that counts the same; where there is none, what is counted. */
const origin = ({ on, result, scale }: LegacyInstrument): string => {
  const name = instrumentNames.find((candidate) => instrument(candidate).on === on)
  const what = name === undefined ? (sources[on] ?? on) : code(name)
  const filter = result === undefined ? "" : `, result ${result}`
  return `${what}${filter}${scale === undefined ? "" : ", in microseconds"}`
}

const sources: Readonly<Record<string, string>> = {
  "run-succeeded": "runs that succeeded (state SUCCEEDING)",
  "run-failed": "runs that failed (state FAILING)",
  "last-execution-time": "duration of the last run, when the state becomes COMPLETED or FAILED",
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
