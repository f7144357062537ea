/** Checks a file of values for kubeflow's chart against the table: what becomes of each value, and the equivalent values for our chart. */

import { Predicate } from "effect"
import { flagName } from "../../settings/Flag.ts"
import { nearest } from "../../settings/Nearest.ts"
import { type Finding, note, warning } from "./Finding.ts"
import { formerValues, type ValueRow, valueTable } from "./ValueTable.ts"

type Values = Readonly<Record<string, unknown>>

export interface CheckedValues {
  readonly findings: ReadonlyArray<Finding>
  /** For the chart of Firesteel, nested as in YAML. */
  readonly values: Values
  /** The operator's flags that would follow from them, as far as the check depends on them. */
  readonly flags: ReadonlyArray<string>
}

interface Leaf {
  readonly path: string
  readonly value: unknown
}

const covers = (prefix: string, path: string) => path === prefix || path.startsWith(`${prefix}.`)
const isMap = (value: unknown): value is Values => Predicate.isObject(value) && !Array.isArray(value)
/** An empty value: both charts use their default then. */
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.values(value).every(isNothing))

/** A value that is empty or switches something off, so that a missing equivalent does not matter. */
const isOff = (value: unknown): boolean =>
  value === false ||
  isNothing(value) ||
  (isMap(value) && (value["enable"] === false || value["create"] === false || Object.values(value).every(isOff)))

/** Values by path, down to the paths of the table: a value at one of them is not split further. */
const leaves = (values: Values, known: ReadonlySet<string>, at = ""): ReadonlyArray<Leaf> =>
  Object.entries(values).flatMap(([key, value]) => {
    const path = at === "" ? key : `${at}.${key}`
    const whole = known.has(path) && ![...known].some((other) => other.startsWith(`${path}.`))
    return isMap(value) && Object.keys(value).length > 0 && !whole ? leaves(value, known, path) : [{ path, value }]
  })

const tablePaths = new Set(valueTable.map(({ from }) => from))
const formerPaths = new Set(Object.keys(formerValues))

/** Charts 2.x have nearly all values below these. */
const rootsOf2 = new Set(["controller", "spark", "prometheus", "hook", "certManager", "submitter"])

/** Values for a chart 1.x: none of charts 2.x and at least one of 1.x. */
const isFormer = (given: Values): boolean =>
  Object.keys(given).every((key) => !rootsOf2.has(key)) &&
  leaves(given, formerPaths).some(({ path }) => formerPrefix(path) !== undefined)

const formerPrefix = (path: string) => Object.keys(formerValues).find((prefix) => covers(prefix, path))

/** The value at its path in charts 2.x, in their form: a list instead of one namespace, a level's name instead of its number for klog. */
const modern = ({ path, value }: Leaf): ReadonlyArray<Leaf> => {
  const former = formerPrefix(path)
  if (former === undefined) return [{ path, value }]
  const now = formerValues[former]! + path.slice(former.length)
  if (former === "sparkJobNamespace") return [{ path: now, value: isNothing(value) ? [""] : [value] }]
  if (former === "logLevel") return [{ path: now, value: Number(value) > 2 ? "debug" : "info" }]
  const url = former === "ingressUrlFormat" && !isNothing(value)
  return [
    ...(url ? [{ path: "controller.uiIngress.enable", value: true }] : []),
    ...(isMap(value) && !tablePaths.has(now) ? leaves(value, tablePaths, now) : [{ path: now, value }]),
  ]
}

/** An empty list of namespaces is not an empty value: in both charts it means all of them, or with a selector none but the selected. */
const everywhere =
  (hasSelector: boolean) =>
  (leaf: Leaf): Leaf =>
    leaf.path === "spark.jobNamespaces" && isNothing(leaf.value) ? { ...leaf, value: hasSelector ? [] : [""] } : leaf

const rowOf = (path: string): ValueRow | undefined => valueTable.find(({ from }) => covers(from, path))

const setAt = (values: Record<string, unknown>, path: ReadonlyArray<string>, value: unknown): void => {
  const [key = "", ...rest] = path
  if (rest.length === 0) {
    values[key] = value
    return
  }
  const inner: Record<string, unknown> = isMap(values[key]) ? { ...values[key] } : {}
  values[key] = inner
  setAt(inner, rest, value)
}

const unknownValue = (path: string): Finding => {
  const near = nearest(path, [...tablePaths])
  const meant = near === undefined ? "" : `; did you mean ${near}?`
  return warning(path, `is not a value of kubeflow's chart and has no effect there either${meant}`)
}

/** What to do about each feature gate that is enabled. */
const gates: Readonly<Record<string, string>> = {
  PartialRestart:
    "a change to the placement of executors restarts the application, like any change that affects its pods",
  LoadSparkDefaults:
    "conf/spark-defaults.conf of an image is not read; copy its properties to spec.sparkConf, or submit with spec.submission.submitter: job",
  RestSubmitter: "is not needed: submissions take milliseconds",
  DefaultTimeToLive: "is not needed: controller.defaultTimeToLiveSeconds works without it",
}

const gateFindings = (value: unknown): ReadonlyArray<Finding> =>
  (Array.isArray(value) ? value : []).flatMap((gate: unknown) => {
    if (!isMap(gate) || gate["enabled"] !== true) return []
    const name = String(gate["name"])
    const advice = gates[name] ?? "is unknown"
    return [(advice.startsWith("is not needed") ? note : warning)(`controller.featureGates[${name}]`, advice)]
  })

/** Findings about a value that has a row in the table. */
const findingsOf = ({ value }: Leaf, row: ValueRow): ReadonlyArray<Finding> => {
  if (row.from === "controller.featureGates") return gateFindings(value)
  if (row.to === undefined) {
    return isOff(value) ? [] : [(row.missed ? warning : note)(row.from, `has no equivalent: ${row.why ?? ""}`)]
  }
  return row.why === undefined || row.implied !== undefined ? [] : [note(row.from, row.why)]
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.filter((it) => it !== "").join(",") : String(value)

/** Several values of one row give one finding. */
const distinct = (findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> => [
  ...new Map(findings.map((found) => [`${found.field}\n${found.message}`, found])).values(),
]

/** Checks the values that were given to kubeflow's chart; all others have that chart's defaults. */
export const checkValues = (given: Values): CheckedValues => {
  const all = isFormer(given) ? leaves(given, formerPaths).flatMap(modern) : leaves(given, tablePaths)
  const isKept = ({ path, value }: Leaf) =>
    rowOf(path) === undefined || path === "spark.jobNamespaces" || !isNothing(value)
  const hasSelector = all.some(({ path, value }) => path === "spark.jobNamespaceSelector" && !isNothing(value))
  const found = all.map(everywhere(hasSelector)).filter(isKept)
  const at = new Map(found.map(({ path, value }) => [path, value]))
  const findings: Array<Finding> = []
  const values: Record<string, unknown> = {}
  for (const leaf of found) {
    const row = rowOf(leaf.path)
    findings.push(...(row === undefined ? [unknownValue(leaf.path)] : findingsOf(leaf, row)))
    if (row?.to !== undefined) setAt(values, (row.to + leaf.path.slice(row.from.length)).split("."), leaf.value)
  }
  for (const { from, to, implied, why } of valueTable) {
    if (implied === undefined || to === undefined || at.has(from)) continue
    findings.push(note(from, `is not set: ${why ?? ""}`))
    setAt(values, to.split("."), implied)
  }
  const flags = valueTable.flatMap(({ from, setting, onlyWith, implied }) => {
    const value = at.get(from) ?? implied
    if (setting === undefined || value === undefined || (onlyWith !== undefined && at.get(onlyWith) !== true)) return []
    const names = at.get("spark.jobNamespaces")
    const anywhere = Array.isArray(names) && names.includes("")
    const isWhere = setting === "namespaces" || setting === "namespaceSelector"
    return [`${flagName(setting)}=${anywhere && isWhere ? "" : textOf(value)}`]
  })
  return { findings: distinct(findings), values, flags }
}
