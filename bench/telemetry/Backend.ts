/** A backend for OTLP in a process of its own, so that what it costs does not count: takes everything that it is sent over HTTP. */

import { fork } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** Variables of an operator that exports to a new backend, at about every fourth scrape of the benchmark. */
export const exporting = (): Promise<Readonly<Record<string, string>>> =>
  new Promise((resolve) => {
    fork(import.meta.filename).once("message", (port) =>
      resolve({
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${String(port)}`,
        OTEL_METRIC_EXPORT_INTERVAL: "400",
      }),
    )
  })

if (import.meta.main) {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end())
  })
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port))
  process.once("disconnect", () => process.exit(0))
}
