/** Which pod has the log that is asked for. Pure. */

import { Result } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { epoch } from "../../../kube/Time.ts"
import * as Labels from "../../../spark/Labels.ts"
import { driverContainerName, executorContainerName } from "../../../spark/pod/SparkPod.ts"

export interface LogTarget {
  readonly isConnect: boolean
  /** Undefined: the newest. */
  readonly attempt: number | undefined
  /** Undefined: the driver, or the server. */
  readonly executor: number | undefined
}

/** What is read of an application or a Connect server. */
export interface LogOwner {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly attempts?: ReadonlyArray<{
      readonly number: number
      readonly submissionID: string
      readonly historyURL?: string | undefined
    }>
  }
}

export interface Selection {
  /** A label selector. */
  readonly labels: string
  readonly attempt: number
  /** Where the event log of the attempt can be seen. */
  readonly historyURL: string | undefined
}

/** Whether there is an attempt whose log can be asked for. */
export const wasStarted = ({ status }: LogOwner): boolean => (status?.attempts ?? []).length > 0

/** The labels of the pods of the attempt, or why it is not there. */
export const selectorOf = ({ metadata, status }: LogOwner, target: LogTarget): Result.Result<Selection, string> => {
  const attempts = status?.attempts ?? []
  const attempt =
    target.attempt === undefined ? attempts.at(-1) : attempts.find(({ number }) => number === target.attempt)
  if (attempt === undefined) {
    const numbers = attempts.map(({ number }) => number).join(", ")
    return Result.fail(`${metadata.name} has no attempt ${target.attempt}; the status has ${numbers}`)
  }
  const nameLabel = target.isConnect ? Labels.connectName : Labels.appName
  const server = target.isConnect ? Labels.connectServerRole : Labels.driverRole
  const role = target.executor === undefined ? server : Labels.executorRole
  return Result.succeed({
    labels: [
      `${nameLabel}=${metadata.name}`,
      `${Labels.submissionId}=${attempt.submissionID}`,
      `${Labels.sparkRole}=${role}`,
      ...(target.executor === undefined ? [] : [`${Labels.sparkExecId}=${target.executor}`]),
    ].join(","),
    attempt: attempt.number,
    historyURL: attempt.historyURL,
  })
}

export interface ChosenPod {
  readonly pod: Pod | undefined
  /** That of Spark. */
  readonly container: string
  /** Why a pod is missing. */
  readonly missing: string
}

const startOf = ({ metadata }: Pod): number => epoch(metadata?.creationTimestamp) ?? 0

/** The newest of the pods that the labels select, and its container of Spark: the one of that name, else the first. */
export const choosePod = (
  found: ReadonlyArray<Pod>,
  { executor }: LogTarget,
  { attempt, historyURL }: Selection,
): ChosenPod => {
  const pod = found.toSorted((a, b) => startOf(b) - startOf(a))[0]
  const usual = executor === undefined ? driverContainerName : executorContainerName
  const containers = pod?.spec?.containers ?? []
  const container = containers.find(({ name }) => name === usual)?.name ?? containers[0]?.name ?? usual
  const whose = executor === undefined ? "the driver" : `executor ${executor}`
  const history = historyURL === undefined ? "" : `; its event log: ${historyURL}`
  return { pod, container, missing: `the pod of ${whose} of attempt ${attempt} does not exist, or no longer${history}` }
}
