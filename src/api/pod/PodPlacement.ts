/** Placement and name resolution of a pod: affinity, tolerations, host aliases and DNS. */

import { Schema } from "effect"
import type * as core from "kubernetes-types/core/v1"
import { anyObject, embedded, optional, required } from "../schema/Field.ts"
import { Int32, Int64, Strings } from "../schema/Scalar.ts"

const NodeSelectorTerm = anyObject<core.NodeSelectorTerm>()

const NodeAffinity = embedded<core.NodeAffinity>()({
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    embedded<core.NodeSelector>()({
      nodeSelectorTerms: required(Schema.Array(NodeSelectorTerm), "A node must match at least one of these."),
    }),
    "Requirements that a node must meet.",
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(
      embedded<core.PreferredSchedulingTerm>()({
        weight: required(Int32, "The weight, from 1 to 100."),
        preference: required(NodeSelectorTerm, "Requirements that a node should meet."),
      }),
    ),
    "Weighted preferences for nodes.",
  ),
})

const PodAffinityTerm = anyObject<core.PodAffinityTerm>()
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(PodAffinityTerm),
    "Requirements for the pods that run nearby.",
  ),
  preferredDuringSchedulingIgnoredDuringExecution: optional(
    Schema.Array(
      embedded<core.WeightedPodAffinityTerm>()({
        weight: required(Int32, "The weight, from 1 to 100."),
        podAffinityTerm: required(PodAffinityTerm, "The pods, and the topology within which they count as near."),
      }),
    ),
    "Weighted preferences for the pods that run nearby.",
  ),
}

/** `core/v1` Affinity. */
export const Affinity = embedded<core.Affinity>()({
  nodeAffinity: optional(NodeAffinity, "Rules for the choice of nodes."),
  podAffinity: optional(embedded<core.PodAffinity>()(podAffinity), "Rules for placing the pod near other pods."),
  podAntiAffinity: optional(
    embedded<core.PodAntiAffinity>()(podAffinity),
    "Rules for placing the pod away from other pods.",
  ),
})

/** `core/v1` Toleration. */
export const Toleration = embedded<core.Toleration>()({
  key: optional(Schema.String, "The key of the taint. If unset, all keys match."),
  operator: optional(Schema.String, "Exists or Equal. Defaults to Equal."),
  value: optional(Schema.String, "The value of the taint, for Equal."),
  effect: optional(Schema.String, "NoSchedule, PreferNoSchedule or NoExecute. If unset, all effects match."),
  tolerationSeconds: optional(Int64, "Seconds for which a NoExecute taint is tolerated. If unset, forever."),
})

/** `core/v1` HostAlias. */
export const HostAlias = embedded<core.HostAlias>()({
  ip: optional(Schema.String, "The IP address."),
  hostnames: optional(Strings, "The host names of that address."),
})

/** `core/v1` PodDNSConfig. */
export const PodDNSConfig = embedded<core.PodDNSConfig>()({
  nameservers: optional(Strings, "IP addresses of name servers."),
  searches: optional(Strings, "Search domains."),
  options: optional(
    Schema.Array(
      embedded<core.PodDNSConfigOption>()({
        name: optional(Schema.String, "The name of the resolver option."),
        value: optional(Schema.String, "The value of the option."),
      }),
    ),
    "Options of the resolver.",
  ),
})
