/** `report`: everything about one application for a bug report, without secrets. */

import { Clock, Effect, FileSystem, Stream } from "effect"
import type { Event, Pod } from "kubernetes-types/core/v1"
import { sparkApplications } from "../../../api/Kinds.ts"
import { redact, redactText } from "../../../console/api/Redact.ts"
import { Kube, listAll } from "../../../kube/Kube.ts"
import type { KubeError } from "../../../kube/KubeError.ts"
import { configMaps, events, pods, services } from "../../../kube/Resource.ts"
import { timestamp } from "../../../kube/Time.ts"
import { integer, optionalText } from "../../../settings/ValueKind.ts"
import * as Labels from "../../../spark/Labels.ts"
import { print } from "../../Command.ts"
import { commandError, named } from "../Named.ts"
import { applicationType, parseObjectName } from "../ObjectName.ts"
import { orOperandError, verb } from "../Verb.ts"

const flags = {
  file: { kind: optionalText("the path of a file"), short: "f", default: "", description: "Write it to a file." },
  tail: { kind: integer(0, 100_000), default: "500", description: "Lines of each log, from its end." },
} as const

/** Logs of this many pods: of the driver and its newest executors. */
const loggedPods = 5

/** The values of environment variables are seldom needed, and their names do not tell which are secret. */
const withoutSecrets = (value: unknown) => redact(value, { allVariables: true })

/** What could not be read is in the report as the reason. */
const orReason = <A, R>(effect: Effect.Effect<A, KubeError, R>) =>
  Effect.catch(effect, ({ message }) => Effect.succeed({ notReadable: message }))

const tailOf = Effect.fnUntraced(function* (pod: Pod, container: string, tailLines: number) {
  const kube = yield* Kube
  const { namespace = "", name = "" } = pod.metadata ?? {}
  const log = kube.podLog({ namespace, name, container }, { follow: false, tailLines })
  return yield* Stream.mkString(log).pipe(
    Effect.map((text) => redactText(text, { allVariables: true })),
    Effect.catch(({ message }) => Effect.succeed(`not readable: ${message}`)),
  )
})

/** The driver first, then the newest executors. */
const mostUseful = (found: ReadonlyArray<Pod>): ReadonlyArray<Pod> => {
  const isDriver = ({ metadata }: Pod) => metadata?.labels?.[Labels.sparkRole] === Labels.driverRole
  const created = ({ metadata }: Pod) => metadata?.creationTimestamp ?? ""
  return found
    .toSorted((a, b) => Number(isDriver(b)) - Number(isDriver(a)) || created(b).localeCompare(created(a)))
    .slice(0, loggedPods)
}

const collect = Effect.fnUntraced(function* (namespace: string, name: string, program: string, tail: number) {
  const kube = yield* Kube
  const application = yield* named(sparkApplications, namespace, name, program)
  const labelSelector = `${Labels.appName}=${name}`
  const found = yield* orReason(listAll(kube, pods, { namespace, labelSelector }))
  const items = "items" in found ? found.items : []
  const uids = new Set([application, ...items].map(({ metadata }) => metadata?.uid))
  const seen = yield* orReason(listAll(kube, events, { namespace, limit: 500 }))
  const about = ({ involvedObject }: Event) => uids.has(involvedObject.uid)
  const logs = yield* Effect.forEach(mostUseful(items), (pod) =>
    Effect.forEach(pod.spec?.containers ?? [], (container) =>
      Effect.map(
        tailOf(pod, container.name, tail),
        (text) => [`${pod.metadata?.name}/${container.name}`, text] as const,
      ),
    ),
  )
  return {
    application: withoutSecrets(application),
    pods: withoutSecrets("items" in found ? items : found),
    services: withoutSecrets(yield* orReason(listAll(kube, services, { namespace, labelSelector }))),
    configMaps: withoutSecrets(yield* orReason(listAll(kube, configMaps, { namespace, labelSelector }))),
    events: withoutSecrets("items" in seen ? seen.items.filter(about) : seen),
    logs: Object.fromEntries(logs.flat()),
  }
})

export const report = verb({
  name: "report",
  summary: "Collect everything about an application for a bug report, without secrets",
  group: "cluster",
  usage: "NAME",
  about: `The application, its pods, Services and ConfigMaps, their Events and the ends of the logs as one YAML document. Values of environment
variables, of properties with names such as password or token, and passwords in URLs are removed; what a program itself has logged is
searched for the same. Read it before you pass it on.`,
  examples: [["Write a report", "report spark-pi -f report.yaml"]],
  flags,
  names: ["application"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand = ""] = operands
    const { name } = yield* orOperandError(operand, parseObjectName(operand, [applicationType]))
    const content = yield* collect(namespace, name, host.program, flags.tail)
    const made = { version: host.version, time: timestamp(yield* Clock.currentTimeMillis) }
    const { stringify } = yield* Effect.promise(() => import("yaml"))
    const text = stringify({ report: made, ...content })
    if (flags.file === undefined) return yield* print(text)
    const fileSystem = yield* FileSystem.FileSystem
    yield* Effect.mapError(fileSystem.writeFileString(flags.file, text), ({ message }) => commandError(message))
    host.stderr.write(`${flags.file} written; read it before you pass it on.\n`)
  }),
})
