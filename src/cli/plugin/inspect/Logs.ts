/** `logs`: of the driver, an executor, or a Connect server. Pods are found by the labels of the attempt, not by names. */

import { Effect, Stream } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import { Kube } from "../../../kube/Kube.ts"
import { type KubeObject, pods, type Resource } from "../../../kube/Resource.ts"
import { duration, integer, optionalText, toggle } from "../../../settings/ValueKind.ts"
import { print } from "../../Command.ts"
import { commandError, named } from "../Named.ts"
import { applicationType, connectType, parseObjectName } from "../ObjectName.ts"
import { orNone } from "../PluginFlags.ts"
import { until } from "../run/Follow.ts"
import { orOperandError, verb } from "../Verb.ts"
import { choosePod, type LogOwner, type LogTarget, selectorOf, wasStarted } from "./LogPods.ts"

const flags = {
  follow: { kind: toggle, short: "f", default: "false", description: "Wait for the log, and follow it to its end." },
  attempt: {
    kind: orNone(integer(1, 1_000_000)),
    default: "",
    description: "Number of the attempt. Without it: the current or last one.",
  },
  executor: {
    kind: orNone(integer(1, 10_000_000)),
    short: "e",
    default: "",
    description: "Number of an executor, as in the Spark UI. Without it: the driver.",
  },
  container: {
    kind: optionalText("the name of a container"),
    short: "c",
    default: "",
    description: "Another container than that of Spark.",
  },
  previous: { kind: toggle, short: "p", default: "false", description: "Of the container before its last restart." },
  tail: { kind: orNone(integer(0, 1e9)), default: "", description: "Begin with this many of the newest lines." },
  since: { kind: orNone(duration), default: "", description: "Begin with what was printed in this time, such as 5m." },
  timestamps: { kind: toggle, default: "false", description: "Begin each line with its time." },
} as const

/** Whether a log can be read: its container runs or has run. */
const hasLog = ({ status }: Pod): boolean => status?.phase !== undefined && status.phase !== "Pending"

export const logs = verb({
  name: "logs",
  summary: "Print the log of a driver, an executor or a Connect server",
  group: "cluster",
  usage: "NAME",
  about: `Kubernetes keeps a log as long as its pod exists. The operator deletes the pods of an attempt before it starts the next one, and
executors are usually deleted when they end (spark.kubernetes.executor.deleteOnTermination): what must be read later needs a
collector of logs.`,
  examples: [
    ["Follow the driver", "logs spark-pi -f"],
    ["The last hundred lines of executor 2", "logs spark-pi --executor 2 --tail 100"],
    ["Of a Connect server", "logs connect/notebooks"],
  ],
  flags,
  names: ["application", "connect"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* ({ flags, operands, namespace, host }) {
    const [operand = ""] = operands
    const { type, name } = yield* orOperandError(operand, parseObjectName(operand, [applicationType, connectType]))
    const kube = yield* Kube
    const resource: Resource<LogOwner & KubeObject> = type.resource
    const first = yield* named(resource, namespace, name, host.program)
    if (!wasStarted(first) && !flags.follow) {
      return yield* commandError(
        `${name} has not been started yet; "${host.program} explain ${operand}" says why, and -f waits for its log`,
      )
    }
    const owner = wasStarted(first) ? first : yield* until(resource, namespace, name, wasStarted)
    const target: LogTarget = { isConnect: type._tag === "Connect", attempt: flags.attempt, executor: flags.executor }
    const selection = yield* orOperandError("--attempt", selectorOf(owner, target))
    const { items } = yield* kube.list(pods, { namespace, labelSelector: selection.labels })
    const { pod, container, missing } = choosePod(items, target, selection)
    if (pod?.metadata?.name === undefined) return yield* commandError(missing)
    const podName = pod.metadata.name
    if (flags.follow && !hasLog(pod)) yield* until(pods, namespace, podName, hasLog)
    yield* Stream.runForEach(
      kube.podLog(
        { namespace, name: podName, container: flags.container ?? container },
        {
          follow: flags.follow,
          previous: flags.previous,
          tailLines: flags.tail,
          sinceSeconds: flags.since === undefined ? undefined : Math.max(1, Math.round(flags.since)),
          timestamps: flags.timestamps,
        },
      ),
      print,
    )
  }),
})
