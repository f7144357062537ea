/**
 * The queries of dashboards and alerts, as they are asked in a run: with values for the variables of Grafana, at both paths on which Prometheus
 * gets the operator's series, and compared.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { dashboardFiles, queriesOf } from "../../support/DashboardFile.ts"

export interface Question {
  /** Where it stands. */
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

export const dashboardQuestions: ReadonlyArray<Question> = dashboardFiles
  .flatMap(queriesOf)
  .map(({ where, expr, legend }) => ({ where: `${where} › ${legend}`, promql: expr }))

interface RulesFile {
  readonly groups: ReadonlyArray<{ readonly rules: ReadonlyArray<{ readonly alert: string; readonly expr: string }> }>
}

const rules = (
  parse(readFileSync(join(import.meta.dirname, "../../../otel/rules/firesteel.yaml"), "utf8")) as RulesFile
).groups.flatMap((group) => group.rules)

/** Of one operator alone, as dashboards ask; alerts are about all there are. What stands in quotes is no name. */
const ofOneOperator = (promql: string): string =>
  promql.replaceAll(
    /"(?:[^"\\]|\\.)*"|\b((?:spark|workqueue|kubernetes|process|nodejs|v8js)_\w+)(\{)?/g,
    (text, name, brace) =>
      name === undefined ? text : brace === undefined ? `${name}{job="$job"}` : `${name}{job="$job", `,
  )

/** Alerts whose series are not there when all is well, and why. */
const withoutData: Readonly<Record<string, string>> = {
  FiresteelDown: "has an answer only when there is no data",
  FiresteelThrottled: "nobody knows beforehand which status codes there will be, so 429 does not start at zero",
  FiresteelApiServerErrors: "as for 429",
}

/** Alerts with 0 and 1 instead of nothing and something, so that they have an answer also when all is well. */
export const alertQuestions: ReadonlyArray<Question> = rules
  .filter(({ alert }) => withoutData[alert] === undefined)
  .map(({ alert, expr }) => ({ where: alert, promql: ofOneOperator(expr).replaceAll(" > ", " > bool ") }))

/** The counters themselves instead of their rates: those depend on the moments of the samples, which no two paths share. */
export const withoutRates = (promql: string): string =>
  promql.replaceAll(/\b(?:rate|increase)\(([^[]*)\[[^\]]*\]\)/g, "$1")

/** Series of the process itself, and of its talk with others, move all the time: for them it is enough that both paths have them. */
const moving = /\b(process|nodejs|v8js|kubernetes_client)_|spark_operator_telemetry_|pod_event_latency/
/** Ages are of the moment of their reading, seconds apart. */
const ageing = /_age_|longest_running|unfinished/
const secondsApart = 15

/** But for those that say which path a series took. */
const labelsOf = ({ job: _job, instance: _instance, ...labels }: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Time → labels → value. What has no number, such as a quantile of nothing, is left out: over OTLP a histogram of nothing is not sent. */
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

/** Whether both paths say the same at one moment at least: what moves is never at the same place in both. */
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
