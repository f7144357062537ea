/**
 * The queries of dashboards and alerts, as a run sends them: with values for Grafana's variables, on both paths by which Prometheus
 * gets the operator's series, and with the answers compared.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { dashboardFiles, queriesOf } from "../../support/DashboardFile.ts"

export interface Question {
  /** Where it is defined. */
  readonly where: string
  readonly promql: string
}

/** The answer to a query over a range of time: a series of values per set of labels. */
export type Matrix = ReadonlyArray<{
  readonly metric: Readonly<Record<string, string>>
  readonly values: ReadonlyArray<readonly [time: number, value: string]>
}>

/** What is chosen at the top of the dashboards. */
export interface Choice {
  readonly job: string
  readonly namespace: string
  readonly app: string
}

/** Grafana's own variables have a length that the samples of a short run fill. */
export const filled = (promql: string, { job, namespace, app }: Choice): string =>
  Object.entries({ job, namespace, app, phase: "run", __rate_interval: "1m", __range: "10m" }).reduce(
    (text, [name, value]) => text.replaceAll(`$${name}`, value),
    promql,
  )

/** Series that exist only where the cluster has what they are about, and what the suite's has not. */
const withoutSeries: Readonly<Record<string, string>> = {
  spark_application_estimated_cost_total: "the operator of the suite has no prices",
  spark_application_requested_gpu_seconds_total: "no node has GPUs",
}

export const dashboardQuestions: ReadonlyArray<Question> = dashboardFiles
  .flatMap(queriesOf)
  .filter(({ expr }) => !Object.keys(withoutSeries).some((name) => expr.includes(name)))
  .map(({ where, expr, legend }) => ({ where: `${where} › ${legend}`, promql: expr }))

interface RulesFile {
  readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<{ readonly alert: string; readonly expr: string }> }>
}

const rules = (
  parse(readFileSync(join(import.meta.dirname, "../../../otel/rules/firesteel.yaml"), "utf8")) as RulesFile
).groups.flatMap((group) => group.rules)

/** Restricted to one operator, as dashboards are; alerts cover all operators. Text in quotes is not a metric name. */
const ofOneOperator = (promql: string): string =>
  promql.replaceAll(
    /"(?:[^"\\]|\\.)*"|\b((?:spark|workqueue|kubernetes|process|nodejs|v8js)_\w+)(\{)?/g,
    (text, name, brace) =>
      name === undefined ? text : brace === undefined ? `${name}{job="$job"}` : `${name}{job="$job", `,
  )

/** Alerts whose series do not exist while everything is healthy, and why. */
const withoutData: Readonly<Record<string, string>> = {
  FiresteelDown: "has an answer only when there is no data",
  FiresteelThrottled: "nobody knows beforehand which status codes there will be, so 429 does not start at zero",
  FiresteelApiServerErrors: "as for 429",
}

/** Alerts as 0 and 1 instead of an empty and a non-empty result, so that they have an answer also while everything is healthy. */
export const alertQuestions: ReadonlyArray<Question> = rules
  .filter(({ alert }) => withoutData[alert] === undefined)
  .map(({ alert, expr }) => ({ where: alert, promql: ofOneOperator(expr).replaceAll(" > ", " > bool ") }))

/** The counters themselves instead of their rates: those depend on the moments of the samples, which no two paths share. */
export const withoutRates = (promql: string): string =>
  promql.replaceAll(/\b(?:rate|increase)\(([^[]*)\[[^\]]*\]\)/g, "$1")

/** Series of the process itself and of its requests change all the time: for them it is enough that both paths have them. */
const moving = /\b(process|nodejs|v8js|kubernetes_client)_|spark_operator_telemetry_|pod_event_latency/
/** Ages are of the moment of their reading, seconds apart. */
const ageing = /_age_|_overdue_|longest_running|unfinished/
const secondsApart = 15

/** Except for labels that name the path of a series. */
const labelsOf = ({ job: _job, instance: _instance, ...labels }: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Time → labels → value. Values that are not numbers, such as a quantile of an empty histogram, are left out: OTLP does not send empty histograms. */
const byTime = (matrix: Matrix): ReadonlyMap<number, ReadonlyMap<string, number>> => {
  const times = new Map<number, Map<string, number>>()
  for (const { metric, values } of matrix)
    for (const [time, value] of values) {
      const at = times.get(time) ?? new Map<string, number>()
      if (!Number.isNaN(Number(value))) at.set(labelsOf(metric), Number(value))
      times.set(time, at)
    }
  return times
}

const isSame = (promql: string, a: number, b: number): boolean =>
  moving.test(promql) ||
  Math.abs(a - b) <= (ageing.test(promql) ? secondsApart : 1e-9 * Math.max(Math.abs(a), Math.abs(b)))

/** Whether both paths have the same value at one moment at least: a changing value is never equal in both all the time. */
export const agree = (promql: string, scraped: Matrix, pushed: Matrix): boolean => {
  const other = byTime(pushed)
  return [...byTime(scraped)].some(([time, values]) => {
    const same = other.get(time)
    return (
      same !== undefined &&
      same.size === values.size &&
      [...values].every(([labels, value]) => same.has(labels) && isSame(promql, value, same.get(labels)!))
    )
  })
}
