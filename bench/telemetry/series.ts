/**
 * `node bench/telemetry/series.ts`: how many samples `/metrics` has, as tables in Markdown: at start with default settings, and for fleets
 * of three teams in 100 namespaces. Nothing is timed, so the numbers are the same on every machine.
 */

import { Effect } from "effect"
import { seriesFamilies } from "../../otel/SeriesNames.ts"
import { Metrics, scrapeText, withTelemetry } from "../../test/support/Scrape.ts"
import { grow, labelKeys, type Seen } from "./Fleet.ts"

interface Sample {
  readonly family: string
  readonly series: string
  readonly value: number
}

interface Scrape {
  readonly title: string
  readonly bytes: number
  readonly samples: ReadonlyArray<Sample>
}

const largest = 20

const samplesOf = (text: string): ReadonlyArray<Sample> => {
  let family = ""
  return text.split("\n").flatMap((line) => {
    if (line.startsWith("# TYPE ")) family = line.split(" ")[2] ?? ""
    if (line === "" || line.startsWith("#")) return []
    const end = line.lastIndexOf(" ")
    return [{ family, series: line.slice(0, end), value: Number(line.slice(end + 1)) }]
  })
}

const scrape = (
  title: string,
  settings: Parameters<typeof withTelemetry>[0],
  applications: number,
  seen: Seen = "running",
): Promise<Scrape> =>
  Effect.gen(function* () {
    grow(yield* Metrics, applications, seen)
    const text = yield* scrapeText
    return { title, bytes: Buffer.byteLength(text), samples: samplesOf(text) }
  }).pipe(withTelemetry(settings), Effect.runPromise)

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

const legacy = new Set(seriesFamilies.filter(({ instrument }) => instrument === undefined).map(({ name }) => name))

const summary = ({ title, bytes, samples }: Scrape) => [
  title,
  samples.length,
  samples.filter(({ value }) => value === 0).length,
  samples.filter(({ series }) => series.includes("_bucket{")).length,
  samples.filter(({ family }) => legacy.has(family)).length,
  new Set(samples.map(({ family }) => family)).size,
  (bytes / 2 ** 20).toFixed(2),
]

const scrapes = [
  await scrape("at start, default settings", {}, 0),
  await scrape("500 running", { labelKeys }, 500),
  await scrape("500 that it started", { labelKeys }, 500, "started"),
  await scrape("500, after 600 others", { labelKeys }, 500, "worked"),
  await scrape("5000 running", { labelKeys }, 5_000),
  await scrape("5000 that it started", { labelKeys }, 5_000, "started"),
  await scrape("5000, after 600 others", { labelKeys }, 5_000, "worked"),
]
console.log(
  table(["", "samples", "of them 0", "of buckets", "under legacy names", "families", "MiB"], scrapes.map(summary)),
)

const byFamily = scrapes.map(({ samples }) => Map.groupBy(samples, ({ family }) => family))
const families = [...byFamily.at(-1)!].toSorted(([, a], [, b]) => b.length - a.length).slice(0, largest)
console.log(`\nThe ${largest} families with the most samples:\n`)
console.log(
  table(
    ["family", ...scrapes.map(({ title }) => title)],
    families.map(([family]) => [family, ...byFamily.map((samples) => samples.get(family)?.length ?? 0)]),
  ),
)
