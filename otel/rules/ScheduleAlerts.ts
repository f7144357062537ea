/** Alerts on schedules whose runs do not succeed, or do not start. */

import { selecting } from "../PromQl.ts"
import type { Alert, AlertGroup } from "./Alert.ts"

const of = selecting()
const namespaced = "job, k8s_namespace_name"

const describe = "`kubectl describe scheduledsparkapp <schedule> -n <namespace>`: conditions, status and Events."

const overdue: Alert = {
  name: "SparkScheduleOverdue",
  severity: "warning",
  expr: `max by (${namespaced}, schedule) (${of("spark.schedule.success.overdue")}) > 7200`,
  summary: "Schedule {{ $labels.schedule }} in {{ $labels.k8s_namespace_name }} has not succeeded when it should have",
  description:
    "Its next success has been due for {{ $value | humanizeDuration }}: one interval of the schedule after the last success, so a nightly schedule is reported when it has not succeeded for 26 hours, whatever its runs take. A schedule that has never succeeded counts from its creation.",
  look: [
    describe,
    "`status.lastRunName` is the last run; `kubectl describe sparkapplication` has its state and the reason of a failure.",
    "`status.blockedBy`: a run that has not finished holds up the next ones (`concurrencyPolicy: Forbid`).",
  ],
  act: [
    "Fix what made the run fail, then start one by hand: annotation `sparkoperator.k8s.io/trigger` (docs/schedules.md).",
    "A run that hangs: delete it; `template.deadlines.runningSeconds` ends such runs automatically.",
    "Runs that take much longer at times are not a fault: change the threshold for that schedule.",
  ],
}

const invalid: Alert = {
  name: "SparkScheduleInvalid",
  severity: "warning",
  expr: `sum by (${namespaced}) (max without (instance, pod, node) (${of("spark.schedule.state", 'state="INVALID"')})) > 0`,
  for: "15m",
  summary: "Schedules in {{ $labels.k8s_namespace_name }} have a mistake and start nothing",
  description: '{{ printf "%.0f" $value }} schedules are not followed because of a mistake in their spec.',
  look: [
    "`kubectl get scheduledsparkapp -n <namespace> -o wide`, those in FailedValidation; `status.reason` has the field and the remedy.",
  ],
  act: [
    "Correct the field; the schedule is followed from then on.",
    "Delete or suspend a schedule that is not needed.",
  ],
}

const missedTimes = of("spark.schedule.missed")

const missed: Alert = {
  name: "SparkScheduleRunsMissed",
  severity: "warning",
  // What an operator finds when it starts is counted before the first scrape, so its series begin with it and do not increase.
  expr: [
    `sum by (${namespaced}) (increase(${missedTimes}[1h])) > 0`,
    `or sum by (${namespaced}) (${missedTimes} unless ${missedTimes} offset 1h) > 0`,
  ].join("\n"),
  summary: "Scheduled times in {{ $labels.k8s_namespace_name }} passed without a run",
  description:
    'About {{ printf "%.0f" $value }} scheduled times passed within an hour, because the operator did not run, or because `startingDeadlineSeconds` was over. After a downtime one run of each schedule starts, for its most recent time; earlier ones are not made up for.',
  look: [
    "Events `RunsMissed` of the schedules name the times.",
    "Was the operator down, or without a leader? Its own alerts fire then. Dashboard Operator, work queue.",
  ],
  act: [
    "If the times matter one by one, run what is missing by hand.",
    "A longer `startingDeadlineSeconds`, or none.",
    "More replicas of the operator take over within seconds (docs/install.md).",
  ],
}

export const scheduleAlerts: AlertGroup = {
  name: "spark-schedules",
  title: "Schedules",
  alerts: [overdue, invalid, missed],
}
