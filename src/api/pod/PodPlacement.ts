/** Where Kubernetes puts a pod, and how the pod finds others: affinity, tolerations, name resolution. */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Int32, Int64, Strings } from "../schema/Scalar.ts"

const NodeSelectorTerm = anyObject<core.NodeSelectorTerm>()

const NodeAffinity = embedded<core.NodeAffinity>()({
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    embedded<core.NodeSelector>()({
      nodeSelectorTerms: required(Schema.Array(NodeSelectorTerm), "A node must satisfy one of these."),
    }),
    "What a node must have.",
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(
      embedded<core.PreferredSchedulingTerm>()({
        weight: required(Int32, "How much this counts, from 1 to 100."),
        preference: required(NodeSelectorTerm, "What the node should have."),
      }),
    ),
    "What a node should have, weighted.",
  ),
})

const PodAffinityTerm = anyObject<core.PodAffinityTerm>()
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(PodAffinityTerm),
    "What must hold for the pods that run nearby.",
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(
      embedded<core.WeightedPodAffinityTerm>()({
        weight: required(Int32, "How much this counts, from 1 to 100."),
        podAffinityTerm: required(PodAffinityTerm, "Which pods, and how near."),
      }),
    ),
    "What should hold for the pods that run nearby, weighted.",
  ),
}

/** `core/v1` Affinity. */
export const Affinity = embedded<core.Affinity>()({
  nodeAffinity: optional(NodeAffinity, "Which nodes to choose."),
  podAffinity: optional(embedded<core.PodAffinity>()(podAffinity), "Which pods to be near to."),
  podAntiAffinity: optional(embedded<core.PodAntiAffinity>()(podAffinity), "Which pods to keep away from."),
})

/** `core/v1` Toleration. */
export const Toleration = embedded<core.Toleration>()({
  key: optional(Schema.String, "The taint's key; every key when left out."),
  operator: optional(Schema.String, "Exists or Equal; Equal when left out."),
  value: optional(Schema.String, "The taint's value, for Equal."),
  effect: optional(Schema.String, "NoSchedule, PreferNoSchedule or NoExecute; every effect when left out."),
  tolerationSeconds: optional(Int64, "How long a NoExecute taint is tolerated."),
})

/** `core/v1` HostAlias. */
export const HostAlias = embedded<core.HostAlias>()({
  ip: optional(Schema.String, "The address."),
  hostnames: optional(Strings, "The names that stand for it."),
})

/** `core/v1` PodDNSConfig. */
export const PodDNSConfig = embedded<core.PodDNSConfig>()({
  nameservers: optional(Strings, "Addresses of name servers."),
  searches: optional(Strings, "Domains to search."),
  options: optional(
    Schema.Array(
      embedded<core.PodDNSConfigOption>()({
        name: optional(Schema.String, "The name of the resolver option."),
        value: optional(Schema.String, "Its value."),
      }),
    ),
    "Options of the resolver.",
  ),
})
