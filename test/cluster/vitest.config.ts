/** The cluster suite, started by `test/cluster/run`: it uses what stands in the environment, above all the cluster of `$KUBECONFIG`. */

import { defineConfig } from "vitest/config"

const restartable = process.env["FIRESTEEL_RESTART_API_SERVER"] !== undefined
if (!restartable)
  console.warn("FIRESTEEL_RESTART_API_SERVER is not set: the restart of the API server is not part of this run")

const contract = ["test/contract/**/*.test.ts", "test/cluster/Kubectl.test.ts"]
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

/** Those with the same `groupOrder` run side by side, and begin in the order of their names. */
export default defineConfig({
  test: {
    // Six applications at once: more would only make each of them slower on two cores. Of three files, so that none is left alone at the end.
    maxWorkers: 3,
    maxConcurrency: 2,
    // Nothing here is kept in modules, and loading them for every file anew costs more than most files do.
    isolate: false,
    projects: [
      // `npm run test:cluster`
      // Waits more than it works, so it comes first, beside others that work.
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
      // The contract of the API server does not need the operator, which is killed meanwhile; the tests of alerts need no cluster at all.
      { test: { ...shared, name: "cluster-killed", include: killed, sequence: { groupOrder: 1 } } },
      {
        test: { ...shared, name: "cluster-kubernetes", include: [...contract, ...rules], sequence: { groupOrder: 1 } },
      },
      {
        // Whoever kills the API server, or compares what must not move meanwhile, is alone, and last.
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
        // Probes and heartbeats are waited for, so more of them may be at it together.
        test: {
          ...shared,
          name: "health",
          include: ["test/cluster/health/**/*.test.ts"],
          maxConcurrency: 3,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // `npm run test:install`: the release of the run becomes another meanwhile.
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
