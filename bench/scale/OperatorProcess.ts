/** An operator as a process of its own, on the ports where the benchmarks expect it. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { openSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"

/** For files of the benchmark: that of the started cluster. */
export const directory = process.env["RUN"] ?? tmpdir()
/** Of an operator, unless it has one of its own. */
export const log = join(directory, "operator.log")

const metricsPort = Number(process.env["FIRESTEEL_METRICS_PORT"])
const health = `127.0.0.1:${metricsPort + 1}`

/** What is started. */
export interface OperatorOptions {
  readonly checkout: string
  /** Options of Node.js. */
  readonly node?: ReadonlyArray<string>
  /** More flags of the operator. */
  readonly flags?: ReadonlyArray<string>
}

/** Starts it in the scope, for the cluster of $KUBECONFIG; at the end of the scope it has ended. Returns its process id. */
export const start = ({ checkout, node = [], flags = [] }: OperatorOptions) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() =>
        spawn(
          process.execPath,
          [
            ...node,
            join(checkout, "src/main.ts"),
            "operator",
            `--kubeconfig=${process.env["KUBECONFIG"]}`,
            `--metrics-bind-address=127.0.0.1:${metricsPort}`,
            `--health-probe-bind-address=${health}`,
            "--spark-ui-access=off",
            ...flags,
          ],
          { stdio: ["ignore", "ignore", openSync(log, "w")] },
        ),
      ),
      (child) =>
        Effect.promise(async () => {
          const exit = once(child, "exit")
          if (child.exitCode !== null || !child.kill("SIGTERM")) return
          await exit
        }),
    ),
    ({ pid = 0 }) => pid,
  )

/** Whether `/readyz` succeeds. */
export const isReady: Effect.Effect<boolean> = Effect.promise(() =>
  fetch(`http://${health}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  ),
)
