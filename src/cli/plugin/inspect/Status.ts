/** `status`: one object in detail. */

import { Clock, Effect } from "effect"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../../api/history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "../../../api/schedule/ScheduledSparkApplication.ts"
import type { Resource } from "../../../kube/Resource.ts"
import { named } from "../Named.ts"
import { objectTypes, type ObjectType, parseObjectName } from "../ObjectName.ts"
import { printObjects } from "../Output.ts"
import { output } from "../PluginFlags.ts"
import { orOperandError, verb } from "../Verb.ts"
import { applicationLines } from "./ApplicationStatus.ts"
import type { StatusStyle } from "./Facts.ts"
import { connectLines, historyLines, scheduleLines } from "./OtherStatus.ts"

const linesOf = (type: ObjectType, object: unknown, style: StatusStyle): ReadonlyArray<string> => {
  switch (type._tag) {
    case "Application":
      return applicationLines(object as SparkApplication, style)
    case "Schedule":
      return scheduleLines(object as ScheduledSparkApplication, style)
    case "Connect":
      return connectLines(object as SparkConnect, style)
    case "History":
      return historyLines(object as SparkHistoryServer, style)
  }
}

export const status = verb({
  name: "status",
  summary: "Show an application, a schedule, a Connect server or a history server in detail",
  group: "cluster",
  usage: "NAME",
  about: `State and why, driver and executors, progress, and for each attempt how long its phases took:
  submit    until the driver pod was created        schedule  until it had a node
  sandbox   until its volumes and network were ready    pull, init    until its containers could start
  context   until Spark requested executors         executors until the initial ones ran`,
  examples: [
    ["An application", "status spark-pi"],
    ["A schedule", "status schedule/nightly"],
    ["The whole object", "status spark-pi -o yaml"],
  ],
  flags: { output },
  names: ["application", "schedule", "connect", "history"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand = ""] = operands
    const { type, name } = yield* orOperandError(operand, parseObjectName(operand, objectTypes))
    const resource: Resource = type.resource
    const object = yield* named(resource, namespace, name, host.program)
    const now = yield* Clock.currentTimeMillis
    const style = { now, colors: host.colors, program: host.program }
    const lines = () => linesOf(type, object, style)
    return yield* printObjects({ resource, objects: [object], lines }, flags.output, true)
  }),
})
