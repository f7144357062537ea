/** What `status` shows of an application. Pure. */

import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { Attempt, SparkApplicationStatus } from "../../../api/application/SparkApplicationStatus.ts"
import { attemptPhases } from "../../../application/lifecycle/running/Timeline.ts"
import { localRow } from "../../local/Row.ts"
import { paint } from "../../Paint.ts"
import { age, span } from "../Ages.ts"
import { type Column, tableLines } from "../Output.ts"
import { conditionLines, type Fact, factLines, type StatusStyle } from "./Facts.ts"

/** `RUNNING for 5m`, and on the next line why. */
const stateText = (application: SparkApplication, { now }: StatusStyle): string => {
  const { state, reason } = localRow(application, undefined)
  const since = application.status?.applicationState?.since ?? application.metadata.creationTimestamp
  const lasting = age(since, now)
  return [`${state}${lasting === "" ? "" : ` for ${lasting}`}`, ...(reason === "" ? [] : [reason])].join("\n")
}

const counts = ({ executors, stalled, silentExecutors }: SparkApplicationStatus): string | undefined => {
  if (executors === undefined) return undefined
  const parts = Object.entries(executors).flatMap(([state, count]) =>
    typeof count === "number" && count > 0 ? [`${count} ${state}`] : [],
  )
  return [
    parts.join(", "),
    ...(silentExecutors === undefined ? [] : ["some run and are not reported by the driver"]),
    ...(stalled === undefined ? [] : ["the run is stalled"]),
  ].join("\n")
}

const uiText = ({ metadata, status }: SparkApplication, { program }: StatusStyle): string | undefined => {
  if (status?.applicationState?.state !== "RUNNING") return undefined
  const { webUIIngressAddress } = status.driverInfo
  return webUIIngressAddress || `${program} ui ${metadata.name} -n ${metadata.namespace}`
}

const facts = (application: SparkApplication, style: StatusStyle): ReadonlyArray<Fact> => {
  const { metadata, spec, status } = application
  return [
    ["Name", metadata.name],
    ["Namespace", metadata.namespace],
    ["State", stateText(application, style)],
    ["Next try", status?.nextRetryTime],
    ["Program", [spec.mainClass, spec.mainApplicationFile].filter((one) => one).join(" in ")],
    ["Spark", `${spec.sparkVersion}${spec.image ? ` (${spec.image})` : ""}`],
    ["Driver", status?.driverInfo?.podName],
    ["Executors", status && counts(status)],
    ["Progress", status?.progress?.summary],
    ["Spark UI", uiText(application, style)],
    ["History", status?.historyURL],
    ["Created", metadata.creationTimestamp],
    ["Ended", status?.terminationTime ?? undefined],
  ]
}

/** `submit 1s, schedule 4s, …`: how long each phase took. */
const phasesOf = (attempt: Attempt, now: number): string =>
  attemptPhases(attempt)
    .map(({ phase, from, to }) => `${phase} ${span(from, to, now)}`)
    .join(", ")

const resultOf = ({ result, reason }: Attempt): string => {
  if (result === undefined) return "current"
  return reason === undefined || reason === result ? result : `${result} (${reason})`
}

const attemptColumns = (now: number): ReadonlyArray<Column<Attempt>> => [
  { title: "ATTEMPT", cell: ({ number }) => String(number) },
  { title: "RESULT", cell: resultOf },
  { title: "STARTED", cell: ({ startTime }) => startTime },
  { title: "DURATION", cell: ({ startTime, finishTime }) => span(startTime, finishTime, now) },
  { title: "PHASES", cell: (attempt) => phasesOf(attempt, now) },
  { title: "MESSAGE", cell: ({ message = "" }) => message },
]

const failureLines = ({ recentExecutorFailures = [] }: SparkApplicationStatus, { now, colors }: StatusStyle) =>
  recentExecutorFailures.length === 0
    ? []
    : [
        "",
        ...tableLines(
          [
            { title: "FAILED EXECUTOR", cell: ({ podName }) => podName },
            { title: "AGO", cell: ({ time }) => age(time, now) },
            { title: "REASON", cell: ({ reason }) => reason },
            { title: "MESSAGE", cell: ({ message = "" }) => message },
          ],
          recentExecutorFailures,
          { colors },
        ),
      ]

/** All lines of `status`. */
export const applicationLines = (application: SparkApplication, style: StatusStyle): ReadonlyArray<string> => {
  const { status, metadata } = application
  const { colors, now, program } = style
  const attempts = status?.attempts ?? []
  return [
    ...factLines(facts(application, style), colors),
    ...(attempts.length === 0 ? [] : ["", ...tableLines(attemptColumns(now), attempts, { colors })]),
    ...(status === undefined ? [] : failureLines(status, style)),
    ...conditionLines(status?.conditions, style),
    ...(status?.applicationState?.state === "COMPLETED"
      ? []
      : [
          "",
          paint("dim", `What to do about it: ${program} explain ${metadata.name} -n ${metadata.namespace}`, colors),
        ]),
  ]
}
