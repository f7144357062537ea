/** The cluster suite, started by `test/cluster/run`: it uses what stands in the environment, above all the cluster of `$KUBECONFIG`. */
import { defineConfig } from "vitest/config"

const restartable = process.env["FIRESTEEL_RESTART_API_SERVER"] !== undefined
if (!restartable) console.warn("FIRESTEEL_RESTART_API_SERVER is not set: the restart of the API server is not part of this run")

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/cluster/**/*.test.ts", "test/contract/**/*.test.ts"],
    exclude: restartable ? [] : ["test/cluster/spark/ApiServerRestart.test.ts"],
    env: { FIRESTEEL_CONTRACT_KUBECONFIG: process.env["KUBECONFIG"] },
    // Real containers: minutes, not seconds, and what the machine bears at once.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 3,
  },
})
