/** Renders the reference page of all instruments from their tables, so that it cannot differ from the code. */

import { applicationQueue } from "../src/application/telemetry/KnownValues.ts"
import {
  legacyBuckets,
  type LegacyInstrument,
  legacyInstruments,
  legacyQueueInstruments,
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
  "produced-counter": "Counter, dropped with its application",
  "produced-gauge": "Gauge, dropped with what it is about",
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
        code(name) + (instrument(name).zeros === "each" ? " ⁰" : ""),
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
        .map((name) => [code(name), (instrument(name).buckets ?? []).join(", ") || "none: sum and count only"]),
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

*labels* among the attributes means the labels that \`--metrics-labels\` names: keys with \`_\` for every character that Prometheus does not accept,
\`Unknown\` where an application has no such label. *identity* means \`k8s.namespace.name\` and these labels. Of each, 100 different values are
distinguished; further ones become \`__other__\`, which \`spark_operator_telemetry_faults_total{fault="attribute_overflow"}\` counts. There are no pod names and no uids.

Gauges follow the cache and equal the number of objects that exist, also after a restart. Counters count what this process itself has written, so
nothing is counted again after a restart.

Counters and gauges exist at zero from the start, without the attributes of an identity; attributes whose values are known beforehand with each of
them, other attributes not at all. Those marked ⁰ also start at zero for each identity, when the first application of a namespace, or with these labels,
is seen (namespaces that are watched by name: from the start): alerts need their increase to the first event. A histogram appears with its first value.`

const legacyIntroduction = `On \`/metrics\` only, computed from the points of the instruments above. The names have the prefix of \`--metrics-prefix\`. Those of v1 and v2 have only
the labels that \`--metrics-labels\` names: the value of the application's label (for executors: of the pod's) with the same key, else for the key \`namespace\` the
namespace, else \`Unknown\`. Those of the set pods have \`namespace\` and \`app_name\`. Histograms have the bounds ${legacyBuckets.join(", ")} seconds unless the settings
give others. \`--metrics-legacy\` switches the sets.`

const queues = (): string =>
  [
    "The set v1 also has these, for the work queue, all with the prefix:",
    table(
      ["Prometheus name", "Type"],
      legacyQueueInstruments(applicationQueue).map(({ name, kind }) => [code(name), kind]),
    ),
  ].join("\n\n")

const code = (text: string): string => `\`${text}\``

const identities: Readonly<Record<Instrument["identity"], ReadonlyArray<string>>> = {
  application: ["*identity*"],
  namespace: [code(namespaceAttribute)],
  labels: ["*labels*"],
  queue: [`${code("name")} (${applicationQueue})`],
  operator: [],
}

const attributes = (name: InstrumentName): string => {
  const { identity, attributes: own = {} } = instrument(name)
  const first = identities[identity]
  const others = Object.entries(own).map(([key, values]: readonly [string, ReadonlyArray<string>]) =>
    values.length === 0 ? code(key) : `${code(key)} (${values.join(", ")})`,
  )
  return [...first, ...others].join("; ") || "–"
}

/** The legacy names that are computed from the instrument. */
const legacyNames = (name: InstrumentName): string =>
  legacyInstruments
    .filter(({ from }) => from === name)
    .map((legacy) => code(legacy.name))
    .join(", ") || "–"

const origin = ({ name, from, result }: LegacyInstrument): string =>
  [code(from), result && `result ${result}`, name.endsWith("_microseconds") && "in microseconds"]
    .filter(Boolean)
    .join(", ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
