/** Everything that the page of an application shows, apart from what is read from the API server for it (Events, logs, objects). Pure. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type {
  ApplicationProgress,
  Attempt,
  ChildStatus,
  Condition,
  ExecutorCounts,
  ExecutorFailure,
  Stall,
  Usage,
} from "../../api/application/SparkApplicationStatus.ts"
import { driverRun } from "../../application/progress/DriverRun.ts"
import { byApplication } from "../../application/reconcile/Caches.ts"
import { epoch, timestamp } from "../../kube/Time.ts"
import { keyOf, type Store } from "../../runtime/Store.ts"
import { driverRole, executorRole, sparkRole } from "../../spark/Labels.ts"
import { driverFacts, executorFacts } from "../../spark/observe/PodFacts.ts"
import type { SeenPod } from "../../spark/observe/PodPast.ts"
import type { ExecutorSpan } from "../ExecutorPast.ts"
import { applicationRow, type ApplicationRow } from "./ApplicationRow.ts"
import { type LinkFormats, linksOf, type LinkView, webUrl } from "./LinkFormat.ts"
import { redactMessages, redactText } from "./Redact.ts"
import { type ExecutorLevel, executorLevels, type PhaseBar, phaseBars } from "./Timeline.ts"

export interface PodView {
  readonly name: string
  readonly role: "driver" | "executor" | "submitter"
  /** Number of an executor. */
  readonly id: number | undefined
  readonly state: string
  readonly reason: string | undefined
  readonly message: string | undefined
  readonly created: string | undefined
  readonly started: string | undefined
  readonly ended: string | undefined
}

export interface AttemptView extends Omit<
  Attempt,
  "submissionID" | "submitter" | "driverUID" | "usage" | "historyURL"
> {
  readonly phases: ReadonlyArray<PhaseBar>
  /** The share of the time of executor cores in which tasks ran. */
  readonly coreUtilization?: number
  readonly historyURL?: string
}

export interface ApplicationView {
  readonly row: ApplicationRow
  /** Why it is in its state, or what its newest condition says. */
  readonly sentence: string
  readonly labels: Readonly<Record<string, string>>
  readonly sparkApplicationId: string | undefined
  readonly suspended: boolean
  readonly conditions: ReadonlyArray<Condition>
  /** Newest first. */
  readonly attempts: ReadonlyArray<AttemptView>
  readonly nextRetry: string | undefined
  readonly executors: ExecutorCounts | undefined
  /** How many ran when, of all attempts that this replica has seen. */
  readonly executorLevels: ReadonlyArray<ExecutorLevel>
  /** Newest first. */
  readonly executorFailures: ReadonlyArray<ExecutorFailure>
  readonly progress: ApplicationProgress | undefined
  /** What its pods have requested so far. */
  readonly usage: Usage | undefined
  readonly stalled: Stall | undefined
  /** Of all runs that still exist; the driver first. At most `mostPods`. */
  readonly pods: ReadonlyArray<PodView>
  readonly morePods: number
  readonly children: ReadonlyArray<Pick<ChildStatus, "kind" | "name" | "state" | "message">>
  /** Whether a driver runs whose UI can be shown. */
  readonly hasUi: boolean
  /** To other systems, such as the history server. */
  readonly links: ReadonlyArray<LinkView>
}

export const mostPods = 500

const time = (millis: number | undefined) => (millis === undefined ? undefined : timestamp(millis))

/** One of the pods of an application or Connect server. */
export const podView = (pod: SeenPod): PodView => {
  const role = pod.metadata?.labels?.[sparkRole]
  const { creationTimestamp: created } = pod.metadata ?? {}
  if (role === executorRole) {
    const { name, id, state, reason, message, startedAt, finishedAt, waiting } = executorFacts(pod)
    return {
      name,
      role,
      id,
      state,
      reason: reason ?? waiting?.reason,
      message: redactText(message ?? waiting?.message ?? ""),
      created,
      started: time(startedAt),
      ended: time(finishedAt),
    }
  }
  const facts = driverFacts(pod)
  return {
    name: facts.name,
    role: role === "submitter" ? "submitter" : driverRole,
    id: undefined,
    state: facts.phase.toUpperCase(),
    reason: facts.podReason ?? facts.terminated?.reason ?? facts.waiting?.reason,
    message: redactText(facts.terminated?.message ?? facts.podMessage ?? facts.waiting?.message ?? ""),
    created,
    started: time(facts.startedAt),
    ended: time(facts.terminated?.finishedAt),
  }
}

const roles = ["driver", "submitter", "executor"]

/** The driver first, then executors by number. */
export const podViews = (pods: ReadonlyArray<SeenPod>): ReadonlyArray<PodView> =>
  pods.map(podView).toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role) || (a.id ?? 0) - (b.id ?? 0))

const attemptView = (attempt: Attempt): AttemptView => {
  const { submissionID: _id, submitter: _by, driverUID: _uid, usage, historyURL, ...shown } = attempt
  const history = webUrl(historyURL)
  return {
    ...shown,
    ...(usage?.coreUtilization === undefined ? {} : { coreUtilization: usage.coreUtilization }),
    ...(history === undefined ? {} : { historyURL: history }),
    phases: phaseBars(attempt),
  }
}

const link = (label: string, text: string | undefined): ReadonlyArray<LinkView> => {
  const url = webUrl(text)
  return url === undefined ? [] : [{ label, url }]
}

export interface ApplicationContext {
  /** As the kind indexes them. */
  readonly pods: Store<SeenPod>
  /** Of its executors, and of those of earlier applications of its name. */
  readonly spans: ReadonlyArray<ExecutorSpan>
  /** Of links to traces and dashboards. */
  readonly formats: LinkFormats
  readonly now: number
}

/** The condition that was reached last comes first. */
const byProgress = ["Succeeded", "Running", "Submitted", "Accepted"]

const sentenceOf = (conditions: ReadonlyArray<Condition>): string =>
  byProgress.flatMap((type) => conditions.filter((it) => it.type === type && it.message !== ""))[0]?.message ?? ""

export const applicationView = (
  application: SparkApplication,
  { pods, spans, formats, now }: ApplicationContext,
): ApplicationView => {
  const { status, spec, metadata } = application
  const own = podViews(pods.by(byApplication, keyOf(application)))
  const createdAt = epoch(metadata.creationTimestamp) ?? 0
  const row = applicationRow(application)
  return {
    row,
    sentence: row.explanation || redactText(sentenceOf(status?.conditions ?? [])),
    labels: metadata.labels ?? {},
    sparkApplicationId: status?.sparkApplicationId,
    suspended: spec?.suspend === true,
    conditions: redactMessages(status?.conditions),
    attempts: redactMessages(status?.attempts).map(attemptView).toReversed(),
    nextRetry: status?.nextRetryTime,
    executors: status?.executors,
    executorLevels: executorLevels(spans.filter(({ from }) => from >= createdAt)),
    executorFailures: redactMessages(status?.recentExecutorFailures).toReversed(),
    progress: status?.progress,
    usage: status?.usage,
    stalled: status?.stalled,
    pods: own.slice(0, mostPods),
    morePods: Math.max(0, own.length - mostPods),
    children: redactMessages(status?.children).map(({ kind, name, state, message }) => ({
      kind,
      name,
      state,
      ...(message === undefined ? {} : { message }),
    })),
    hasUi: driverRun(application, pods) !== undefined,
    links: [
      ...link("Spark UI at its address", status?.driverInfo?.webUIIngressAddress),
      ...link("History", status?.historyURL),
      ...linksOf(formats, application, now),
    ],
  }
}
