/** `node --expose-gc --no-flush-bytecode bench/telemetry/measure.ts <contender> <series> <folder of the others>`: one row of the table, see `run`. */

import { spawn } from "node:child_process"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout } from "node:timers/promises"
import { exporting } from "./Backend.ts"
import { type Contender, contenders, seriesPerPair } from "./Contenders.ts"
import { fleet, type Seen } from "./Fleet.ts"

const scrapes = 20
const recordings = 400_000

const [contender = "", wanted = "", others = ""] = process.argv.slice(2)

const heap = async (): Promise<number> => {
  for (let pass = 0; pass < 3; pass++) {
    globalThis.gc?.()
    await setTimeout(50)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const median = (values: ReadonlyArray<number>): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Milliseconds of this thread; kernels may count in steps of 4. */
const cpuTime = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Nanoseconds of CPU per recording. Attribute objects are created each time, as in a program. */
const recordingTime = ({ record }: Contender, resources: ReadonlyArray<string>): number => {
  const all = (count: number) => {
    for (let i = 0; i < count; i++) record(resources[i % resources.length]!, (i % 1000) / 100)
  }
  all(recordings / 4)
  const start = cpuTime()
  all(recordings)
  return ((cpuTime() - start) * 1e6) / recordings / 2
}

interface Scraped {
  readonly milliseconds: ReadonlyArray<number>
  readonly bytes: number
  readonly series: number
}

/** Scrapes from a process of its own, one after the other. */
const scrape = async (url: string, encoding: string): Promise<Scraped> => {
  const program = new URL("Scraper.ts", import.meta.url).pathname
  const child = spawn(process.execPath, [program, url, encoding, String(scrapes)], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  return JSON.parse(await text(child.stdout)) as Scraped
}

/** The longest turn of the event loop in a scrape, in milliseconds: wall-clock, and of our own CPU time (other work preempts us). */
interface Block {
  readonly clock: number
  readonly cpu: number
}

/** Asks for every turn of the loop until it is stopped. */
const watchLoop = (): (() => Block) => {
  let watching = true
  let longest: Block = { clock: 0, cpu: 0 }
  let before = { clock: performance.now(), cpu: cpuTime() }
  const turn = () => {
    const now = { clock: performance.now(), cpu: cpuTime() }
    longest = {
      clock: Math.max(longest.clock, now.clock - before.clock),
      cpu: Math.max(longest.cpu, now.cpu - before.cpu),
    }
    before = now
    if (watching) setImmediate(turn)
  }
  setImmediate(turn)
  return () => {
    watching = false
    return longest
  }
}

/** Between two scrapes every one of `resources` is touched. `watched`: whether the turns of the loop are watched, which costs CPU time. */
const serve = async ({ answer, record }: Contender, resources: Iterable<string>, watched: () => boolean) => {
  const blocks: Array<Block> = []
  const listener: RequestListener = (request, response) => {
    const stop = watched() ? watchLoop() : undefined
    response.once("close", () => {
      setImmediate(() => {
        if (stop !== undefined) blocks.push(stop())
        for (const resource of resources) record(resource, 1)
      })
    })
    answer(request, response)
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, blocks }
}

/** Contenders that are whole operators, with what follows the number of applications in the table. */
const fleets: Readonly<Record<string, readonly [seen: Seen, title: string]>> = {
  fleet: ["running", ""],
  "fresh fleet": ["started", " that it started"],
  "fleet, with OTLP": ["worked", ", after 600 others, with OTLP"],
}
const [seen, title = ""] = fleets[contender] ?? []
const whole = seen && (await fleet(seen, contender.endsWith("with OTLP") ? await exporting() : {}))
const subject = whole ?? (await contenders[contender]!(others))
const pairs = whole !== undefined ? 10 : Math.ceil(Number(wanted) / seriesPerPair)
const resources = Array.from({ length: pairs }, (_, index) => `resource-${index}`)
const touched = new Set(["resource-0"])
let watched = true
const { url, blocks } = await serve(subject, touched, () => watched)
// Everything is loaded and compiled before the heap is measured.
subject.record("resource-0", 1)
const few = await scrape(url, "identity")
const loaded = await heap()
whole?.grow(Number(wanted))
for (const resource of resources) {
  touched.add(resource)
  subject.record(resource, 1)
}
const many = await scrape(url, "identity")
const memory = ((await heap()) - loaded) / (many.series - few.series)
blocks.length = 0
const plain = await scrape(url, "identity")
const zipped = await scrape(url, "gzip")
watched = false
const idle = process.cpuUsage()
await scrape(url, "gzip")
const { user, system } = process.cpuUsage(idle)
const longest = (of: keyof Block): string => {
  const all = blocks.map((block) => block[of])
  return `${median(all).toFixed(1)} / ${Math.max(...all).toFixed(1)}`
}
const nanoseconds = recordingTime(subject, resources)

const cell = ({ milliseconds, bytes }: Scraped) => `${median(milliseconds).toFixed(1)}, ${(bytes / 2 ** 20).toFixed(2)}`
const name = whole !== undefined ? `firesteel, a whole operator with ${wanted} applications${title}` : contender
const unzipped = zipped.bytes > plain.bytes * 0.9
const row = [
  name,
  plain.series,
  nanoseconds.toFixed(0),
  memory.toFixed(0),
  cell(plain),
  unzipped ? "not offered" : cell(zipped),
  ((user + system) / 1000 / scrapes).toFixed(0),
  longest("clock"),
  longest("cpu"),
]
console.log(`| ${row.join(" | ")} |`)
process.exit(0)
