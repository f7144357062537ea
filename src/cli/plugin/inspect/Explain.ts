/** `explain`: why an application does not run, and what to do about it. */

import { Clock, Effect } from "effect"
import type { Event, Pod, ResourceQuota } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import { Kube, listAll } from "../../../kube/Kube.ts"
import type { KubeError } from "../../../kube/KubeError.ts"
import { events, pods, resource, type Resource } from "../../../kube/Resource.ts"
import { oneOf } from "../../../settings/ValueKind.ts"
import * as Labels from "../../../spark/Labels.ts"
import { paint } from "../../Paint.ts"
import { named } from "../Named.ts"
import { objectTypes, type ObjectType, parseObjectName } from "../ObjectName.ts"
import { printDocument, printLines } from "../Output.ts"
import { orOperandError, verb } from "../Verb.ts"
import { type Conditioned, conditionFindings } from "./ConditionFindings.ts"
import { eventFinding } from "./EventFinding.ts"
import { explain as explanationOf } from "./Explanation.ts"
import type { Finding } from "./Finding.ts"
import { quotaFinding } from "./QuotaFinding.ts"

const quotas = resource<ResourceQuota>("", "v1", "resourcequotas", "ResourceQuota")

/** Undefined where the user may not read it, or the API server (that of local mode) does not have it. */
const ifAllowed = <A>(effect: Effect.Effect<A, KubeError>) =>
  Effect.catchIf(
    effect,
    ({ reason }) => reason === "Forbidden" || reason === "NotFound",
    () => Effect.succeed(undefined),
  )

/** Events about the object and its pods. */
const eventsAbout = Effect.fnUntraced(function* (uids: ReadonlySet<string>, namespace: string) {
  const kube = yield* Kube
  const found = yield* ifAllowed(listAll(kube, events, { namespace, limit: 500 }))
  return found?.items.filter(({ involvedObject }: Event) => uids.has(involvedObject.uid ?? "")) ?? []
})

const linesOf = ({ what, details, advice }: Finding, colors: boolean): ReadonlyArray<string> => [
  paint("bold", what, colors),
  ...details.map((line) => `    ${line}`),
  ...advice.map((line) => `  ${paint("cyan", "→", colors)} ${line}`),
]

const nameLabels = {
  Application: Labels.appName,
  Connect: Labels.connectName,
  Schedule: Labels.scheduledAppName,
  History: Labels.historyServer,
} as const

/** What advice fills in about objects that are not applications. */
const namesOf = ({ noun }: ObjectType, name: string, selector: string, [pod]: ReadonlyArray<Pod>) => ({
  object: `${noun}/${name}`,
  labels: selector,
  role: "spec.server",
  pod: pod?.metadata?.name ?? "<pod>",
})

export const explain = verb({
  name: "explain",
  summary: "Say why something does not run, and what to do about it",
  group: "cluster",
  usage: "NAME",
  about: `Puts together what the status, its conditions, the Events of the object and its pods, and the quotas of the namespace say, the
decisive one first.`,
  examples: [
    ["An application that does not start", "explain spark-pi"],
    ["A schedule that starts no runs", "explain schedule/nightly"],
  ],
  flags: {
    output: { kind: oneOf("text", "json", "yaml"), short: "o", default: "text", description: "text, json or yaml." },
  },
  names: ["application", "schedule", "connect", "history"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand = ""] = operands
    const { type, name } = yield* orOperandError(operand, parseObjectName(operand, objectTypes))
    const kube = yield* Kube
    const kind: Resource = type.resource
    const object = yield* named(kind, namespace, name, host.program)
    const labelSelector = `${nameLabels[type._tag]}=${name}`
    const itsPods = (yield* ifAllowed(listAll(kube, pods, { namespace, labelSelector, limit: 500 })))?.items ?? []
    const uids = new Set([object, ...itsPods].map(({ metadata }) => metadata?.uid ?? ""))
    const about = yield* eventsAbout(uids, namespace)
    const inNamespace = (yield* ifAllowed(listAll(kube, quotas, { namespace, limit: 500 })))?.items
    const now = yield* Clock.currentTimeMillis
    const { program } = host
    const names = { ...namesOf(type, name, labelSelector, itsPods), ns: namespace, program }
    const found =
      type._tag === "Application"
        ? explanationOf({ application: object as SparkApplication, events: about, quotas: inNamespace, now, program })
        : [
            ...conditionFindings(object as Conditioned, names, now),
            ...[quotaFinding(inNamespace, about, names), eventFinding(about, now)].filter((one) => one !== undefined),
          ]
    if (flags.output !== "text") return yield* printDocument(found, flags.output)
    return yield* printLines(found.flatMap((one, index) => [...(index > 0 ? [""] : []), ...linesOf(one, host.colors)]))
  }),
})
