/** Flags of leader election; they have the names that Kubernetes' own components give them. */

import { duration, oneOf, optionalText } from "./ValueKind.ts"

export const leaderElectionFlags = {
  leaderElect: {
    kind: { ...oneOf("auto", "true", "false"), switch: true },
    default: "auto",
    description:
      "Whether only the replica that holds a Lease runs applications. auto: in a pod yes, with a kubeconfig no; see install.md.",
  },
  leaderElectResourceName: {
    kind: optionalText("the name of a Lease"),
    default: "firesteel",
    description: "Name of the Lease. Operators with different names do not know of each other.",
  },
  leaderElectResourceNamespace: {
    kind: optionalText("the name of a namespace"),
    default: "",
    description: "Namespace of the Lease. Empty: that of the pod, from $POD_NAMESPACE.",
  },
  leaderElectLeaseDuration: {
    kind: duration,
    default: "15s",
    description: "How long others wait after the last renewal of a leader that did not stop cleanly.",
  },
  leaderElectRenewDeadline: {
    kind: duration,
    default: "10s",
    description:
      "How long a leader that cannot renew its Lease goes on; then it stands still. Shorter than the lease duration.",
  },
  leaderElectRetryPeriod: {
    kind: duration,
    default: "2s",
    description: "Time between two tries to get or renew the Lease. Less than half of the renew deadline.",
  },
} as const
