/** The cluster suite, started by `test/cluster/run`: it uses the environment, above all the cluster of `$KUBECONFIG`. */

import { defineConfig } from "vitest/config"

const restartable = process.env["FIRESTEEL_RESTART_API_SERVER"] !== undefined
if (!restartable)
  console.warn("FIRESTEEL_RESTART_API_SERVER is not set: the restart of the API server is not part of this run")

const contract = ["test/contract/**/*.test.ts", "test/cluster/Kubectl.test.ts", "test/cluster/PythonClient.test.ts"]
const killed = ["test/cluster/disruption/OperatorKilled.test.ts"]
const progress = ["test/cluster/spark/Progress.test.ts"]
const rules = ["test/cluster/telemetry/Rules.test.ts"]

const shared = {
  root: new URL("../..", import.meta.url).pathname,
  env: { FIRESTEEL_CONTRACT_KUBECONFIG: process.env["KUBECONFIG"] },
  // Real containers take minutes, not seconds.
  testTimeout: 240_000,
  hookTimeout: 60_000,
}

/** Projects with the same `groupOrder` run in parallel, and start in the order of their names. */
export default defineConfig({
  test: {
    // Six applications at once: more would only make each of them slower on two cores. They come from three files, so that no file runs alone at the end.
    maxWorkers: 3,
    maxConcurrency: 2,
    // Modules keep no state here, and loading them again for every file costs more than most files do.
    isolate: false,
    projects: [
      // `npm run test:cluster`
      // Mostly waits, so it starts first, in parallel with others that use the CPU.
      { test: { ...shared, name: "cluster-progress", include: progress, sequence: { groupOrder: 0 } } },
      {
        test: {
          ...shared,
          name: "cluster-spark",
          include: ["test/cluster/spark/**/*.test.ts"],
          exclude: progress,
          sequence: { groupOrder: 0 },
        },
      },
      // The contract of the API server does not need the operator, which is killed at the same time; the tests of alerts need no cluster at all.
      { test: { ...shared, name: "cluster-killed", include: killed, sequence: { groupOrder: 1 } } },
      {
        test: { ...shared, name: "cluster-kubernetes", include: [...contract, ...rules], sequence: { groupOrder: 1 } },
      },
      {
        // Tests that kill the API server, or compare values that must not change meanwhile, run alone and last.
        test: {
          ...shared,
          name: "cluster-alone",
          include: ["test/cluster/disruption/**/*.test.ts", "test/cluster/telemetry/**/*.test.ts"],
          exclude: [...killed, ...rules, ...(restartable ? [] : ["test/cluster/disruption/ApiServerRestart.test.ts"])],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      // `npm run test:health`
      {
        // These tests mostly wait for probes and heartbeats, so more of them may run at once.
        test: {
          ...shared,
          name: "health",
          include: ["test/cluster/health/**/*.test.ts"],
          maxConcurrency: 3,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // `npm run test:install`: these tests replace the release of the run.
        test: {
          ...shared,
          name: "install",
          include: ["test/cluster/install/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
