/** An operator as a process of its own, on the ports where the benchmarks expect it. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { openSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"

const metricsPort = Number(process.env["FIRESTEEL_METRICS_PORT"])
const health = `127.0.0.1:${metricsPort + 1}`

/** What is started, and where its log goes. */
export interface OperatorOptions {
  readonly checkout: string
  readonly log: string
  /** Options of Node.js. */
  readonly node?: ReadonlyArray<string>
}

/** Starts it in the scope, for the cluster of $KUBECONFIG; at the end of the scope it has ended. Returns its process id. */
export const start = ({ checkout, log, node = [] }: OperatorOptions) =>
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
