/** `ui`: the Spark UI of a running driver or Connect server on a port of this machine. */

import { Effect } from "effect"
import type { SparkApplication } from "../../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import { sparkApplications, sparkConnects } from "../../../api/Kinds.ts"
import { serverPodName } from "../../../connect/Names.ts"
import { driverPodName } from "../../../spark/Names.ts"
import { type Ui, uiOfSpec } from "../../../spark/Ui.ts"
import { commandError, named } from "../Named.ts"
import { applicationType, connectType, parseObjectName } from "../ObjectName.ts"
import { printLines } from "../Output.ts"
import { orOperandError, verb } from "../Verb.ts"
import { forwarding, localPort } from "./Forwarding.ts"

interface UiTarget {
  /** Undefined while there is none. */
  readonly pod: string | undefined
  readonly ui: Ui["endpoint"]
  readonly historyURL: string | undefined
  readonly state: string
}

const ofApplication = (application: SparkApplication): UiTarget => {
  const { spec, status } = application
  const state = status?.applicationState?.state || "NEW"
  return {
    pod: state === "RUNNING" ? (status?.driverInfo?.podName ?? driverPodName(application)) : undefined,
    ui: uiOfSpec(spec).endpoint,
    historyURL: status?.historyURL,
    state,
  }
}

const ofConnect = (connect: SparkConnect): UiTarget => {
  const { spec, status } = connect
  const state = status?.state || "NEW"
  return {
    pod: state === "Ready" ? (status?.server?.podName ?? serverPodName(connect)) : undefined,
    ui: uiOfSpec(spec).endpoint,
    historyURL: status?.historyURL,
    state,
  }
}

export const ui = verb({
  name: "ui",
  summary: "Forward a local port to the Spark UI of an application or a Connect server",
  group: "cluster",
  usage: "NAME",
  about: `Forwards a port of this machine to the UI while it runs, until Ctrl-C. Needs the right to create pods/portforward. Of a run that has
ended it prints the address in the history server.`,
  examples: [
    ["Of an application", "ui spark-pi"],
    ["Of a Connect server, on a port of your choice", "ui connect/notebooks --port 8040"],
  ],
  flags: { port: localPort },
  untilSignal: true,
  names: ["application", "connect"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* (call) {
    const { flags, operands, namespace, host } = call
    const [operand = ""] = operands
    const { type, name } = yield* orOperandError(operand, parseObjectName(operand, [applicationType, connectType]))
    const { pod, ui, historyURL, state } =
      type._tag === "Connect"
        ? ofConnect(yield* named(sparkConnects, namespace, name, host.program))
        : ofApplication(yield* named(sparkApplications, namespace, name, host.program))
    if (pod === undefined) {
      if (historyURL !== undefined) return yield* printLines([historyURL])
      return yield* commandError(
        `${name} does not run (${state}), and has no event log in a history server; "${host.program} explain ${operand}" says why it does not run`,
      )
    }
    if (ui === undefined)
      return yield* commandError(`${name} has no UI: spark.ui.enabled is false, or its port is not fixed`)
    const port = yield* forwarding(call, { namespace, name: pod, port: ui.port }, flags.port)
    yield* printLines([`${ui.secure ? "https" : "http"}://localhost:${port}`])
    host.stderr.write("Forwarding until Ctrl-C.\n")
    return yield* Effect.never
  }),
})
