/** `explain`: why an application does not run, and what to do about it. */

import { Clock, Effect } from "effect"
import type { Event, ResourceQuota } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { Condition } from "../../../api/Condition.ts"
import { Kube, listAll } from "../../../kube/Kube.ts"
import type { KubeError } from "../../../kube/KubeError.ts"
import { events, type KubeObject, pods, resource, type Resource } from "../../../kube/Resource.ts"
import { oneOf } from "../../../settings/ValueKind.ts"
import * as Labels from "../../../spark/Labels.ts"
import { paint } from "../../Paint.ts"
import { named } from "../Named.ts"
import { objectTypes, parseObjectName } from "../ObjectName.ts"
import { printDocument, printLines } from "../Output.ts"
import { orOperandError, verb } from "../Verb.ts"
import { conditionFindings } from "./ConditionFindings.ts"
import { eventFinding } from "./EventFinding.ts"
import { explain as explanationOf, type Finding } from "./Explanation.ts"

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

const uidsOf = Effect.fnUntraced(function* (object: KubeObject, namespace: string, label: string) {
  const kube = yield* Kube
  const labelSelector = `${label}=${object.metadata?.name}`
  const found = yield* ifAllowed(listAll(kube, pods, { namespace, labelSelector, limit: 500 }))
  return new Set([object, ...(found?.items ?? [])].map(({ metadata }) => metadata?.uid ?? ""))
})

const linesOf = ({ what, details, advice }: Finding, colors: boolean): ReadonlyArray<string> => [
  paint("bold", what, colors),
  ...details.map((line) => `    ${line}`),
  ...advice.map((line) => `  ${paint("cyan", "→", colors)} ${line}`),
]

interface WithConditions extends KubeObject {
  readonly status?: { readonly conditions?: ReadonlyArray<Condition> }
}

const nameLabels = {
  Application: Labels.appName,
  Connect: Labels.connectName,
  Schedule: Labels.scheduledAppName,
  History: Labels.historyServer,
} as const

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
    const about = yield* eventsAbout(yield* uidsOf(object, namespace, nameLabels[type._tag]), namespace)
    const now = yield* Clock.currentTimeMillis
    const found =
      type._tag === "Application"
        ? explanationOf({
            application: object as SparkApplication,
            events: about,
            quotas: (yield* ifAllowed(listAll(kube, quotas, { namespace, limit: 500 })))?.items,
            now,
            program: host.program,
          })
        : [
            ...conditionFindings((object as WithConditions).status?.conditions, now),
            ...[eventFinding(about, now)].filter((one) => one !== undefined),
          ]
    if (flags.output !== "text") return yield* printDocument(found, flags.output)
    return yield* printLines(found.flatMap((one, index) => [...(index > 0 ? [""] : []), ...linesOf(one, host.colors)]))
  }),
})
