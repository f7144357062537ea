/** `connect`: forwards a port of this machine to a Spark Connect server, which is started if it is idle. */

import { Clock, Effect } from "effect"
import type { Secret } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import { sparkConnects } from "../../../api/Kinds.ts"
import { serverPodName } from "../../../connect/Names.ts"
import { Kube } from "../../../kube/Kube.ts"
import { resource } from "../../../kube/Resource.ts"
import { duration, toggle } from "../../../settings/ValueKind.ts"
import { wakeAnnotation } from "../../../spark/Labels.ts"
import { commandError, named } from "../Named.ts"
import { connectType, parseObjectName } from "../ObjectName.ts"
import { printLines } from "../Output.ts"
import { until, within } from "../run/Follow.ts"
import { orOperandError, verb } from "../Verb.ts"
import { forwarding, localPort } from "./Forwarding.ts"
import { podPortOf, urlFor } from "./ServerUrl.ts"

const secrets = resource<Secret>("", "v1", "secrets", "Secret")

const flags = {
  port: localPort,
  timeout: { kind: duration, default: "5m", description: "How long to wait until the server is ready." },
  print: {
    kind: toggle,
    default: "false",
    description: "Print every way to connect, with <token> in the place of the token, and forward nothing.",
  },
} as const

/** The token of the server; undefined if it needs none. */
const tokenOf = Effect.fnUntraced(function* ({ status, metadata }: SparkConnect) {
  const name = status?.tokenSecretName
  if (name === undefined) return undefined
  const kube = yield* Kube
  const { data } = yield* kube.get(secrets, metadata.namespace, name)
  return data?.["token"] === undefined ? undefined : Buffer.from(data["token"], "base64").toString().trim()
})

const waysOf = ({ status }: SparkConnect): ReadonlyArray<string> =>
  (status?.connections ?? []).flatMap(({ from, url, command, note }) => [
    `${from}: ${url}`,
    ...(command === undefined ? [] : [`  ${command}`]),
    ...(note === undefined ? [] : [`  ${note}`]),
  ])

export const connect = verb({
  name: "connect",
  summary: "Forward a local port to a Spark Connect server, and wake it if it is idle",
  group: "cluster",
  usage: "NAME",
  about: `Waits until the server is ready, forwards a port of this machine to it until Ctrl-C, and prints the connection string for
SparkSession.builder.remote(), with the token if the server has one. A server that was stopped because it was idle is started.
Needs the rights to create pods/portforward and, for the token, to get its Secret.`,
  examples: [
    ["Work with a server", "connect notebooks"],
    ["See how programs in the cluster connect", "connect notebooks --print"],
  ],
  flags,
  untilSignal: true,
  names: ["connect"],
  operands: { least: 1, most: 1, what: "NAME" },
  run: Effect.fnUntraced(function* (call) {
    const { flags, operands, namespace, host } = call
    const [operand = ""] = operands
    const { name } = yield* orOperandError(operand, parseObjectName(operand, [connectType]))
    const server = yield* named(sparkConnects, namespace, name, host.program)
    if (flags.print) return yield* printLines(waysOf(server))
    if (server.spec.suspend === true) {
      return yield* commandError(`${name} is suspended: "${host.program} resume connect/${name}" starts it`)
    }
    const kube = yield* Kube
    if (server.status?.state === "Idle") {
      const token = new Date(yield* Clock.currentTimeMillis).toISOString()
      const body = { metadata: { annotations: { [wakeAnnotation]: token } } }
      yield* kube.patch(sparkConnects, namespace, name, { type: "merge", body })
      host.stderr.write(`${name} was idle and is started.\n`)
    } else if (server.status?.state !== "Ready") host.stderr.write(`Waiting until ${name} is ready.\n`)
    const ready = yield* within(
      until(sparkConnects, namespace, name, ({ status }) => status?.state === "Ready"),
      flags.timeout,
      `${name} is not ready; "${host.program} explain connect/${name}" says why. Not ready`,
    )
    const token = yield* tokenOf(ready)
    const pod = ready.status?.server?.podName ?? serverPodName(ready)
    const port = yield* forwarding(call, { namespace, name: pod, port: podPortOf(ready) }, flags.port)
    yield* printLines([urlFor(port, token)])
    host.stderr.write("Forwarding until Ctrl-C.\n")
    return yield* Effect.never
  }),
})
