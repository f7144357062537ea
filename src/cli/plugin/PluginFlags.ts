/** The flags that commands on a cluster share, with the names that they have in kubectl. */

import { Option } from "effect"
import type { FlagValues } from "../../settings/Flag.ts"
import * as KubeSettings from "../../settings/KubeSettings.ts"
import { duration, durationOrNone, namespace, oneOf, toggle, type ValueKind } from "../../settings/ValueKind.ts"

/** `kind`, or undefined for no text. */
export const orNone = <A>({ allowed, parse }: ValueKind<A>): ValueKind<A | undefined> => ({
  allowed,
  parse: (text) => (text === "" ? Option.some(undefined) : parse(text)),
})

/** Which cluster, and where in it. Every command on a cluster has them. */
export const clusterFlags = {
  namespace: {
    kind: orNone(namespace),
    short: "n",
    default: "",
    description: "Namespace. Without it: that of the context, else default.",
  },
  context: KubeSettings.flags.context,
  kubeconfig: {
    ...KubeSettings.flags.kubeconfig,
    description: "Kubeconfig to connect with. Without it: $KUBECONFIG, then ~/.kube/config.",
  },
} as const
export type ClusterFlagValues = FlagValues<typeof clusterFlags>

export const allNamespaces = {
  kind: toggle,
  short: "A",
  default: "false",
  description: "All namespaces instead of one.",
} as const

export const outputs = ["table", "wide", "json", "yaml", "name"] as const
export type OutputFormat = (typeof outputs)[number]

export const output = {
  kind: oneOf(...outputs),
  short: "o",
  default: "table",
  description: "table; wide: with more columns; json or yaml: the objects; name: only their names.",
} as const

/** Of commands that start something. */
export const waitFlags = {
  wait: {
    kind: toggle,
    default: "false",
    description:
      "Wait for the end, and exit with 0 if it completed and with 1 if it failed. Ctrl-C ends the command, not the run.",
  },
  logs: {
    kind: toggle,
    default: "false",
    description: "Print the log of the driver while it runs. Implies --wait.",
  },
  timeout: {
    kind: durationOrNone,
    default: "0",
    description: "How long to wait at most; 0: forever. When it has passed, the exit code is 1, and the run continues.",
  },
} as const

/** Of commands that wait for an answer of the operator. */
export const answerTimeout = {
  kind: duration,
  default: "60s",
  description: "How long to wait for the operator.",
} as const
