/** `cost`: what applications have requested so far, and what that costs. */

import { Effect, Option } from "effect"
import { sparkApplications } from "../../../api/Kinds.ts"
import { Kube, listAll } from "../../../kube/Kube.ts"
import { labelSelector, oneOf, type ValueKind } from "../../../settings/ValueKind.ts"
import { named } from "../Named.ts"
import { applicationType, parseObjectName } from "../ObjectName.ts"
import { printDocument, printLines, tableLines } from "../Output.ts"
import { allNamespaces } from "../PluginFlags.ts"
import { orOperandError, verb } from "../Verb.ts"
import { costColumns, costRows, type Grouping } from "./CostRows.ts"

const groupings = ["application", "namespace", "schedule"] as const

const grouping: ValueKind<Grouping> = {
  allowed: "application, namespace, schedule, or label: with the key of a label, such as label:team",
  values: groupings,
  parse: (text) =>
    /^label:./.test(text) || groupings.some((one) => one === text) ? Option.some(text as Grouping) : Option.none(),
}

const flags = {
  allNamespaces,
  selector: { kind: labelSelector, short: "l", default: "", description: "Only applications with these labels." },
  by: {
    kind: grouping,
    default: "application",
    description: "What is added up: each application, namespace, schedule, or value of a label (label:team).",
  },
  output: {
    kind: oneOf("table", "json", "yaml"),
    short: "o",
    default: "table",
    description: "table; json or yaml: with seconds instead of hours.",
  },
} as const

export const cost = verb({
  name: "cost",
  summary: "Show what applications have requested, and what that costs",
  group: "cluster",
  usage: "[NAME]",
  about: `Sums up status.usage: the requests of all pods from their assignment to a node to their end, retries included. There is a cost where the
operator has prices. Applications that were deleted are not in it; the metrics of the operator have them.`,
  examples: [
    ["The applications of the namespace, the most expensive first", "cost"],
    ["What each team has requested", "cost -A --by label:team"],
    ["What a schedule costs", "cost --by schedule"],
  ],
  flags,
  names: ["application"],
  operands: { least: 0, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand] = operands
    const kube = yield* Kube
    const scope = flags.allNamespaces ? undefined : namespace
    const applications =
      operand === undefined
        ? (yield* listAll(kube, sparkApplications, { namespace: scope, labelSelector: flags.selector, limit: 500 }))
            .items
        : [
            yield* named(
              sparkApplications,
              namespace,
              (yield* orOperandError(operand, parseObjectName(operand, [applicationType]))).name,
              host.program,
            ),
          ]
    const rows = costRows(applications, flags.by, flags.allNamespaces)
    if (flags.output !== "table") return yield* printDocument(rows, flags.output)
    if (rows.length === 0) return host.stderr.write("No applications found.\n")
    return yield* printLines(tableLines(costColumns(flags.by), rows, { colors: host.colors }))
  }),
})
