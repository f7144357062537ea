/** The cluster suite, started by `test/cluster/run`: it uses what stands in the environment, above all the cluster of `$KUBECONFIG`. */
import { defineConfig } from "vitest/config"

const restartable = process.env["FIRESTEEL_RESTART_API_SERVER"] !== undefined
if (!restartable)
  console.warn("FIRESTEEL_RESTART_API_SERVER is not set: the restart of the API server is not part of this run")

const health = ["test/cluster/health/**/*.test.ts"]
const install = ["test/cluster/install/**/*.test.ts"]
const alone = ["test/cluster/disruption/**/*.test.ts", "test/cluster/telemetry/**/*.test.ts"]

const shared = {
  root: new URL("../..", import.meta.url).pathname,
  env: { FIRESTEEL_CONTRACT_KUBECONFIG: process.env["KUBECONFIG"] },
  // Real containers take minutes, not seconds.
  testTimeout: 240_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    // Six applications at once: more would only make each of them slower on two cores.
    maxWorkers: 2,
    maxConcurrency: 3,
    projects: [
      {
        test: {
          ...shared,
          name: "cluster",
          include: ["test/cluster/**/*.test.ts", "test/contract/**/*.test.ts"],
          exclude: [...alone, ...health, ...install],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whoever kills the operator or the API server, or compares what must not move meanwhile, is alone, and last.
        test: {
          ...shared,
          name: "alone",
          include: alone,
          exclude: restartable ? [] : ["test/cluster/disruption/ApiServerRestart.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      // `npm run test:health`
      { test: { ...shared, name: "health", include: health, sequence: { groupOrder: 2 } } },
      {
        // `npm run test:install`: the release of the run becomes another meanwhile.
        test: { ...shared, name: "install", include: install, fileParallelism: false, sequence: { groupOrder: 3 } },
      },
    ],
  },
})
