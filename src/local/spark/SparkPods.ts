/** Spark on a local cluster: the programs for its kubelet, and the answers of its pods through the API server. */

import { Effect } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { connectServerRole, driverRole, executorRole, sparkRole, submitterRole } from "../../spark/Labels.ts"
import { driverContainerName, executorContainerName } from "../../spark/pod/SparkPod.ts"
import type { PodBackend } from "../apiserver/PodBackend.ts"
import { logLines } from "../node/KubeletScript.ts"
import type { Program } from "../node/Program.ts"
import * as SparkDriver from "./SparkDriver.ts"
import * as SparkSubmit from "./SparkSubmit.ts"
import { sparkUi } from "./SparkUi.ts"

const hasRole = (role: string) => (pod: Pod) => pod.metadata?.labels?.[sparkRole] === role

const driver: Program = {
  plays: hasRole(driverRole),
  container: driverContainerName,
  behaviour: {
    _tag: "Scripted",
    start: (node, worker, script, runSeconds) =>
      Effect.map(SparkDriver.start(node, worker, script, runSeconds), (run) => ({
        work: SparkDriver.work(run),
        shutDown: (exitCode) => SparkDriver.shutDown(run, exitCode),
      })),
  },
}

/** Runs until it is deleted. */
const connectServer: Program = { ...driver, plays: hasRole(connectServerRole), endless: true }

/** Runs until its driver ends it. */
const executor: Program = {
  plays: hasRole(executorRole),
  container: executorContainerName,
  endless: true,
  behaviour: { _tag: "None" },
}

const submitter: Program = {
  plays: hasRole(submitterRole),
  behaviour: { _tag: "Autonomous", run: SparkSubmit.run },
}

/** For `Kubelet.run`. */
export const programs: ReadonlyArray<Program> = [driver, connectServer, executor, submitter]

/** Only the container that a program plays prints something, else the first. */
const printing = (pod: Pod): string | undefined =>
  programs.find(({ plays }) => plays(pod))?.container ?? pod.spec?.containers[0]?.name

/** For `Cluster.make`: logs from the annotations of the pod, and the Spark UI of running drivers. */
export const podBackend: PodBackend = {
  logLines: (pod, container) => (printing(pod as unknown as Pod) === container ? logLines(pod) : []),
  proxy: sparkUi,
}
