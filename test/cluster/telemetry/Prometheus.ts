/** The HTTP API of a Prometheus, for tests that ask hundreds of questions: one connection to it, not a `kubectl` for each. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { Clock, Effect } from "effect"
import { namespace } from "./Backends.ts"
import type { Matrix } from "./DashboardQueries.ts"

export interface Prometheus {
  /** How many series an instant query finds. */
  readonly found: (promql: string) => Effect.Effect<number>
  /** The values of every second of the last `seconds`. */
  readonly range: (promql: string, seconds: number) => Effect.Effect<Matrix>
}

interface Answer {
  readonly error?: string
  readonly data?: { readonly result: Matrix }
}

/** The Prometheus whose API is below `address`; a query that it refuses is a defect. */
export const prometheusAt = (address: string): Prometheus => {
  const ask = (path: string, parameters: Readonly<Record<string, string>>) =>
    Effect.promise(async (signal): Promise<Matrix> => {
      const body = new URLSearchParams(parameters)
      const response = await fetch(`${address}/api/v1/${path}?${body.toString()}`, { signal })
      const { data, error } = (await response.json()) as Answer
      if (data === undefined) throw new Error(`${error}: ${parameters["query"]}`)
      return data.result
    })
  return {
    found: (promql) => Effect.map(ask("query", { query: promql }), ({ length }) => length),
    range: Effect.fnUntraced(function* (query, seconds) {
      const end = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      return yield* ask("query_range", { query, start: String(end - seconds), end: String(end), step: "1" })
    }),
  }
}

/** The one that startBackends started, through a `kubectl proxy` that goes with the scope. */
export const prometheusOfCluster = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const proxy = spawn("kubectl", ["proxy", "--port=0"], { stdio: ["ignore", "pipe", "inherit"] })
      const [line] = (await once(createInterface(proxy.stdout), "line")) as [string]
      return { proxy, port: /:(\d+)$/.exec(line)![1] }
    }),
    ({ proxy }) => Effect.sync(() => proxy.kill()),
  ),
  ({ port }) => prometheusAt(`http://127.0.0.1:${port}/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy`),
)
