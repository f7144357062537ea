/** The choices that dashboards have in common. */

import { type Selector, selecting } from "../PromQl.ts"
import type { Variable } from "./Dashboard.ts"

const every = selecting()
const ofOperator = selecting('job=~"$job"')

/** `job` distinguishes operators that send to one Prometheus, and Firesteel from other processes that have the same series. */
export const operatorVariables: ReadonlyArray<Variable> = [
  { kind: "datasource", name: "datasource", label: "Prometheus", type: "prometheus" },
  { kind: "label", name: "job", label: "Operator", series: every("spark.operator.reconciles"), of: "job", many: true },
]

const namespaceVariable = (many: boolean): Variable => ({
  kind: "label",
  name: "namespace",
  label: "Namespace",
  series: ofOperator("spark.application.created"),
  of: "k8s_namespace_name",
  many,
})

export const fleetVariables: ReadonlyArray<Variable> = [...operatorVariables, namespaceVariable(true)]

export const applicationVariables: ReadonlyArray<Variable> = [
  ...operatorVariables,
  namespaceVariable(false),
  {
    kind: "label",
    name: "app",
    label: "Application",
    series: selecting('job=~"$job"', 'k8s_namespace_name="$namespace"')("spark.operator.pod.creations"),
    of: "app_name",
    many: false,
  },
]

export const phaseVariable: Variable = {
  kind: "label",
  name: "phase",
  label: "Phase of the heatmap",
  series: ofOperator.count("spark.application.phase.duration"),
  of: "phase",
  many: false,
  first: "run",
}

/** Series of the chosen operators. */
export const operatorSeries: Selector = ofOperator
/** Series of the chosen operators and namespaces. */
export const fleetSeries: Selector = selecting('job=~"$job"', 'k8s_namespace_name=~"$namespace"')
/** Series of the chosen application. */
export const applicationSeries: Selector = selecting(
  'job=~"$job"',
  'k8s_namespace_name="$namespace"',
  'app_name="$app"',
)
