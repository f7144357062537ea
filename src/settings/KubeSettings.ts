/** Settings of the connection to the Kubernetes API. */

import type { FlagValues } from "./Flag.ts"
import { duration, integer, optionalText } from "./ValueKind.ts"

export const flags = {
  kubeconfig: {
    kind: optionalText("the path of a kubeconfig file"),
    default: "",
    description:
      "Kubeconfig to connect with. Without it: $KUBECONFIG, then ~/.kube/config, then the pod's service account.",
  },
  context: {
    kind: optionalText("the name of a context"),
    default: "",
    description: "Context of the kubeconfig. Without it: its current context.",
  },
  kubeApiConcurrency: {
    kind: integer(1, 10_000),
    default: "64",
    description: "Requests to the Kubernetes API in flight at the same time, not counting watches.",
  },
  requestTimeout: {
    kind: duration,
    default: "30s",
    description: "Deadline of one request to the Kubernetes API.",
  },
} as const

/** Options of `KubeHttp.layer`. */
export interface KubeSettings {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  /** Requests in flight at the same time, not counting watches. */
  readonly concurrency: number
  /** Seconds for one request. */
  readonly deadlineSeconds: number
}

export const fromValues = (values: FlagValues<typeof flags>): KubeSettings => ({
  kubeconfig: values.kubeconfig,
  context: values.context,
  concurrency: values.kubeApiConcurrency,
  deadlineSeconds: values.requestTimeout,
})
