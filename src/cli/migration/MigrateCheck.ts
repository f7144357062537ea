/**
 * `firesteel migrate check`: reads manifests, values of kubeflow's chart or a cluster, and reports what would change with Firesteel.
 * Nothing is written. This module determines what is read and the order of the report; the rules are in the modules next to it.
 */

import { Effect, Result } from "effect"
import { scheduledSparkApplications, sparkApplications, sparkConnects } from "../../api/Kinds.ts"
import type { Problem } from "../../api/Problem.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import { apiVersion, type KubeObject } from "../../kube/Resource.ts"
import * as HistorySettings from "../../settings/HistorySettings.ts"
import * as PodSettings from "../../settings/PodSettings.ts"
import { nameOf } from "../manifest/Created.ts"
import { type Manifest, readManifests, readValues } from "../manifest/ManifestFiles.ts"
import { remarkText } from "../manifest/ManifestText.ts"
import { accountOfApplication, accountOfConnect, accountOfSchedule, missingAccount } from "./AccountRules.ts"
import { type Assumed, checkApplication } from "./ApplicationRules.ts"
import type { CheckResult } from "./CheckReport.ts"
import { type ClusterFacts, clusterFacts } from "./ClusterFacts.ts"
import { checkCluster } from "./ClusterRules.ts"
import { checkConnect, takeOverConnect } from "./ConnectRules.ts"
import { type Checked, type Finding, problem, warning } from "./Finding.ts"
import { checkValues } from "./KubeflowValues.ts"
import type { MigrationOptions } from "./MigrationFlags.ts"
import { inheritedFlags, operatorsIn } from "./Operators.ts"
import { checkSchedule, takeOverSchedule } from "./ScheduleRules.ts"
import { takeOver } from "./TakeOver.ts"

const assumedFrom = (options: MigrationOptions): Assumed => ({
  precision: options.scheduledSparkApplicationTimestampPrecision,
  submitter: options.submitter,
  batchScheduling: PodSettings.schedulingFrom(options),
  eventLog: HistorySettings.fromValues(options),
  children: {
    uiService: options.enableUiService,
    ingressUrlFormat: options.ingressUrlFormat,
    uiRoute: options.uiRoute,
    gatewayParents: options.gatewayParentRefs,
    driverPodDisruptionBudget: options.enableDriverPdb,
  },
})

/** The check for objects of each kind; other kinds are ignored. */
const checks: Readonly<
  Record<string, (object: unknown, assumed: Assumed, namespace?: string) => ReadonlyArray<Finding>>
> = {
  [sparkApplications.kind]: checkApplication,
  [scheduledSparkApplications.kind]: checkSchedule,
  [sparkConnects.kind]: checkConnect,
}

const resources = [sparkApplications, scheduledSparkApplications, sparkConnects]

const text = (value: unknown, otherwise: string) => (typeof value === "string" && value !== "" ? value : otherwise)

/** Findings about the manifests of Spark's kinds, with the file of each. */
export const checkManifests = (
  manifests: ReadonlyArray<Pick<Manifest, "source" | "object"> & Partial<Manifest>>,
  assumed: Assumed,
): ReadonlyArray<Checked> =>
  manifests.flatMap(({ source, object, warnings = [] }) => {
    const [group, version] = text(object["apiVersion"], "").split("/")
    const kind = text(object["kind"], "")
    const check = checks[kind]
    const resource = resources.find((one) => one.kind === kind && one.group === group)
    if (check === undefined || resource === undefined) return []
    const metadata = { ...(object["metadata"] as object | undefined) } as Readonly<Record<string, unknown>>
    const old =
      version === resource.version
        ? []
        : [problem("apiVersion", `${version ?? ""} is no longer served; use ${apiVersion(resource)}`)]
    return [
      {
        kind,
        namespace: text(metadata["namespace"], "default"),
        name: nameOf(metadata) ?? "(without a name)",
        source,
        findings: [...warnings.map((one) => warning("", remarkText(one))), ...old, ...check(object, assumed)],
      },
    ]
  })

const named = (kind: string, { metadata }: KubeObject) => ({
  kind,
  namespace: metadata?.namespace ?? "",
  name: metadata?.name ?? "",
})

/** Everything in the cluster: obstacles first, then object by object. */
export const checkFacts = (facts: ClusterFacts, assumed: Assumed): ReadonlyArray<Checked> => [
  ...checkCluster(facts),
  ...facts.applications.map((application) => ({
    ...named(sparkApplications.kind, application),
    findings: [
      ...checkApplication(application, assumed),
      ...takeOver(application, facts.drivers),
      ...missingAccount(facts, application.metadata.namespace, accountOfApplication(application)),
    ],
  })),
  ...facts.schedules.map((schedule) => ({
    ...named(scheduledSparkApplications.kind, schedule),
    findings: [
      ...checkSchedule(schedule, assumed),
      ...takeOverSchedule(schedule, facts.applications),
      ...missingAccount(facts, schedule.metadata.namespace, accountOfSchedule(schedule)),
    ],
  })),
  ...facts.connects.map((connect) => ({
    ...named(sparkConnects.kind, connect),
    findings: [
      ...checkConnect(connect, assumed),
      ...takeOverConnect(connect, facts.servers),
      ...missingAccount(facts, connect.metadata.namespace, accountOfConnect(connect)),
    ],
  })),
]

/** Decodes the user's command line with further flags before it, which it overrides. */
export type Decode = (before: ReadonlyArray<string>) => Result.Result<MigrationOptions, ReadonlyArray<Problem>>

/** If values are requested but none of kubeflow's chart are given, the result keeps that chart's defaults. */
const givenValues = Effect.fnUntraced(function* ({ values, output }: MigrationOptions) {
  if (values !== undefined) return checkValues(yield* readValues(values))
  return output === "values" ? checkValues({}) : undefined
})

/** Checks what the command line requests. `connect` is used only if a cluster is to be checked. */
export const migrateCheck = Effect.fnUntraced(function* <E, R>(
  options: MigrationOptions,
  decode: Decode,
  connect: Effect.Effect<KubeApi, E, R>,
) {
  const given = yield* givenValues(options)
  const manifests = (yield* Effect.forEach(options.filename, readManifests)).flat()
  const offline = options.filename.length > 0 || given !== undefined
  const wantsCluster = options.cluster === "true" || (options.cluster === "auto" && !offline)

  /** Flags of kubeflow's operator with values that Firesteel does not take are ignored. */
  const optionsAfter = (before: ReadonlyArray<string>, otherwise: MigrationOptions) =>
    Result.getOrElse(decode(before), () => otherwise)

  const settled = optionsAfter(given?.flags ?? [], options)
  const facts = wantsCluster ? yield* clusterFacts(yield* connect, settled) : undefined
  const inherited = facts === undefined || given !== undefined ? [] : inheritedFlags(operatorsIn(facts.deployments))
  const assumed = assumedFrom(optionsAfter([...inherited, ...(given?.flags ?? [])], settled))

  const checked: ReadonlyArray<Checked> = [
    ...(given === undefined ? [] : [{ kind: "values", name: options.values ?? "(none)", findings: given.findings }]),
    ...(facts === undefined ? [] : checkFacts(facts, assumed)),
    ...checkManifests(manifests, assumed),
  ]
  return { checked, ...(given === undefined ? {} : { values: given.values }) } satisfies CheckResult
})
