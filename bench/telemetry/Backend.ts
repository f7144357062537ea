/** A backend for OTLP on a thread of its own, so that what it costs does not count: takes everything that it is sent over HTTP. */

import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { isMainThread, parentPort, Worker } from "node:worker_threads"

/** Variables of an operator that exports to a new backend, at about every fourth scrape of the benchmark. */
export const exporting = (): Promise<Readonly<Record<string, string>>> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url))
    worker.once("message", (port: number) =>
      resolve({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_METRIC_EXPORT_INTERVAL: "400" }),
    )
  })

if (!isMainThread) {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end())
  })
  server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port))
}
