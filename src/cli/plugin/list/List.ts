/** `list`: the applications, schedules, Connect servers or history servers of a namespace or of all. */

import { Clock, Effect } from "effect"
import { Kube, listAll } from "../../../kube/Kube.ts"
import type { Resource } from "../../../kube/Resource.ts"
import { labelSelector } from "../../../settings/ValueKind.ts"
import { applicationType, objectTypes, typeOf } from "../ObjectName.ts"
import { printObjects } from "../Output.ts"
import { allNamespaces, output } from "../PluginFlags.ts"
import { orOperandError, verb } from "../Verb.ts"
import { tableOf } from "./Columns.ts"

const flags = {
  allNamespaces,
  selector: { kind: labelSelector, short: "l", default: "", description: "Only objects with these labels." },
  output,
} as const

export const list = verb({
  name: "list",
  summary: "List applications, schedules, Connect servers or history servers",
  group: "cluster",
  usage: "[applications|schedules|connects|histories]",
  about: `The last column says why an application does not run, or why it failed; "status" shows one in detail, and "explain"
says what to do about it.`,
  examples: [
    ["Applications of the current namespace", "list"],
    ["Schedules of all namespaces, with their time zones", "list schedules -A -o wide"],
    ["Names of the applications of a team, for a script", "list -l team=data -o name"],
  ],
  flags,
  words: objectTypes.map(({ plural }) => plural),
  operands: { least: 0, most: 1, what: "TYPE" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [word] = operands
    const type = word === undefined ? applicationType : yield* orOperandError(word, typeOf(word))
    const scope = flags.allNamespaces ? undefined : namespace
    const kube = yield* Kube
    const now = yield* Clock.currentTimeMillis
    const resource: Resource = type.resource
    const { items } = yield* listAll(kube, resource, {
      namespace: scope,
      labelSelector: flags.selector,
      limit: 500,
    })
    if (items.length === 0 && (flags.output === "table" || flags.output === "wide")) {
      return host.stderr.write(`No ${type.plural} found${scope === undefined ? "" : ` in namespace ${scope}`}.\n`)
    }
    const lines = (wide: boolean) =>
      tableOf(type, items, now, { wide, colors: host.colors, namespaces: flags.allNamespaces })
    return yield* printObjects({ resource, objects: items, lines }, flags.output)
  }),
})
