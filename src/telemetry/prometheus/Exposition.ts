/**
 * Metrics as the bytes of one answer. A registry of any size is written, and zipped, in slices of a few milliseconds; between two
 * slices other work runs, so that a scrape delays neither reconciles nor health probes.
 */

import { finished } from "node:stream/promises"
import { constants, createGzip } from "node:zlib"
import { Effect } from "effect"
import { takesGzip } from "./Negotiation.ts"
import type { PrometheusMetric } from "./PrometheusMetrics.ts"
import { contentType, render } from "./PrometheusText.ts"

export interface Exposition {
  readonly contentType: string
  readonly contentEncoding?: "gzip"
  readonly body: Buffer
}

/** Characters written before other work runs. A short piece counts as this many too: what it is computed from may be large. */
const sliceLength = 32 * 1024
const leastLength = 4 * 1024
/** Shorter texts are not worth the CPU time of compressing them. */
const worthCompressing = 1024

/**
 * The metrics in an encoding that the client accepts. Yields to other fibers and to the event loop between slices; can be interrupted there.
 */
export const expose = Effect.fnUntraced(function* (
  metrics: Iterable<PrometheusMetric>,
  acceptEncoding?: string,
): Effect.fn.Return<Exposition> {
  const slices: Array<Buffer> = []
  let slice = ""
  let written = 0
  for (const text of render(metrics)) {
    slice += text
    written += Math.max(text.length, leastLength)
    if (written < sliceLength) continue
    slices.push(Buffer.from(slice))
    slice = ""
    written = 0
    yield* Effect.yieldNow
  }
  slices.push(Buffer.from(slice))
  const length = slices.reduce((sum, { length }) => sum + length, 0)
  if (length < worthCompressing || !takesGzip(acceptEncoding)) {
    return { contentType, body: Buffer.concat(slices) }
  }
  return { contentType, contentEncoding: "gzip", body: yield* zipped(slices) }
})

/** In the thread pool, slice by slice. The fastest level: on text as repetitive as this, the others save little more. */
const zipped = (slices: ReadonlyArray<Buffer>): Effect.Effect<Buffer> =>
  Effect.acquireUseRelease(
    Effect.sync(() => createGzip({ level: constants.Z_BEST_SPEED })),
    (gzip) =>
      Effect.promise(async () => {
        const chunks: Array<Buffer> = []
        gzip.on("data", (chunk: Buffer) => chunks.push(chunk))
        for (const slice of slices) gzip.write(slice)
        await finished(gzip.end())
        return Buffer.concat(chunks)
      }),
    (gzip) => Effect.sync(() => gzip.destroy()),
  )
