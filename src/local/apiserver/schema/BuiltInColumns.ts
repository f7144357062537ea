/** The table columns of the built-in kinds, as `kubectl get` shows them (Kubernetes `pkg/printers/internalversion`). */

import { type ApiObject, at, fields, list, text } from "../ApiObject.ts"
import { humanDuration } from "../http/HumanDuration.ts"
import type { Column } from "../ResourceKind.ts"

const string = (name: string, cell: Column["cell"], priority = 0): Column => ({ name, type: "string", priority, cell })
const path = (name: string, where: string, missing: unknown = "<none>", priority = 0): Column =>
  string(name, (object) => at(object, where) ?? missing, priority)

const since = (time: unknown, now: number): string =>
  typeof time === "string" ? humanDuration(now - Date.parse(time)) : "<unknown>"

export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  cell: (object) => object.metadata.name,
}
export const ageColumn: Column = string("Age", (object, now) => since(object.metadata.creationTimestamp, now))

const podStatus = (pod: ApiObject): string => {
  const status = fields(pod["status"])
  const phase = text(status["reason"]) ?? text(status["phase"]) ?? "Unknown"
  const stateOf = (container: unknown) => fields(fields(container)["state"])
  const ended = (state: unknown): string | undefined => {
    const { reason, exitCode, signal } = fields(fields(state)["terminated"])
    if (exitCode === undefined) return undefined
    return text(reason) ?? (signal === undefined ? `ExitCode:${String(exitCode)}` : `Signal:${String(signal)}`)
  }
  const inits = list(status["initContainerStatuses"])
  const total = list(at(pod, "spec.initContainers")).length
  for (const [index, init] of inits.entries()) {
    const state = stateOf(init)
    const done = fields(state["terminated"])["exitCode"] === 0 || fields(init)["started"] === true
    if (done) continue
    const waiting = text(fields(state["waiting"])["reason"])
    const reason = ended(state) ?? (waiting === "PodInitializing" ? undefined : waiting)
    if (pod.metadata.deletionTimestamp === undefined)
      return reason === undefined ? `Init:${index}/${total}` : `Init:${reason}`
  }
  let shown = phase
  for (const container of list(status["containerStatuses"]).toReversed()) {
    const state = stateOf(container)
    shown = text(fields(state["waiting"])["reason"]) ?? ended(state) ?? shown
  }
  if (pod.metadata.deletionTimestamp === undefined) return shown
  return status["reason"] === "NodeLost"
    ? "Unknown"
    : phase === "Succeeded" || phase === "Failed"
      ? shown
      : "Terminating"
}

const ready = (pod: ApiObject): string => {
  const statuses = list(at(pod, "status.containerStatuses"))
  const count = statuses.filter((one) => fields(one)["ready"] === true).length
  return `${count}/${list(at(pod, "spec.containers")).length}`
}

const restarts = (pod: ApiObject): string =>
  String(
    list(at(pod, "status.containerStatuses")).reduce<number>(
      (sum, one) => sum + Number(fields(one)["restartCount"] ?? 0),
      0,
    ),
  )

const servicePorts = (service: ApiObject): string =>
  list(at(service, "spec.ports"))
    .map(fields)
    .map(
      ({ port, nodePort, protocol }) => `${String(port)}${nodePort ? `:${String(nodePort)}` : ""}/${String(protocol)}`,
    )
    .join(",") || "<none>"

const pairs = (value: unknown): string =>
  Object.entries(fields(value))
    .map(([key, one]) => `${key}=${String(one)}`)
    .join(",") || "<none>"

const size = (name: string, ...parts: ReadonlyArray<string>): Column => ({
  name,
  type: "string",
  cell: (object) => parts.reduce((sum, part) => sum + Object.keys(fields(object[part])).length, 0),
})

const eventTime = (event: ApiObject): unknown =>
  at(event, "series.lastObservedTime") ??
  event["lastTimestamp"] ??
  event["eventTime"] ??
  event.metadata.creationTimestamp

const first: Column = nameColumn
const plain: ReadonlyArray<Column> = [
  nameColumn,
  { name: "Created At", type: "date", cell: (object) => object.metadata.creationTimestamp },
]

/** By storage; all others show name and creation time. */
const columns: Readonly<Record<string, ReadonlyArray<Column>>> = {
  pods: [
    first,
    string("Ready", ready),
    string("Status", podStatus),
    string("Restarts", restarts),
    ageColumn,
    path("IP", "status.podIP", "<none>", 1),
    path("Node", "spec.nodeName", "<none>", 1),
    path("Nominated Node", "status.nominatedNodeName", "<none>", 1),
    string("Readiness Gates", () => "<none>", 1),
  ],
  services: [
    first,
    path("Type", "spec.type"),
    path("Cluster-IP", "spec.clusterIP"),
    string("External-IP", () => "<none>"),
    string("Port(s)", servicePorts),
    ageColumn,
    string("Selector", (service) => pairs(at(service, "spec.selector")), 1),
  ],
  configmaps: [first, size("Data", "data", "binaryData"), ageColumn],
  secrets: [first, path("Type", "type"), size("Data", "data"), ageColumn],
  serviceaccounts: [first, ageColumn],
  namespaces: [first, path("Status", "status.phase"), ageColumn],
  nodes: [
    first,
    string("Status", () => "Ready"),
    string("Roles", () => "control-plane"),
    ageColumn,
    path("Version", "status.nodeInfo.kubeletVersion"),
    string("Internal-IP", (node) => fields(list(at(node, "status.addresses"))[0])["address"] ?? "<none>", 1),
  ],
  events: [
    string("Last Seen", (event, now) => since(eventTime(event), now)),
    path("Type", "type", ""),
    path("Reason", "reason", ""),
    string(
      "Object",
      (event) =>
        `${String(at(event, "involvedObject.kind")).toLowerCase()}/${String(at(event, "involvedObject.name"))}`,
    ),
    path("Subobject", "involvedObject.fieldPath", "", 1),
    path("Source", "source.component", "", 1),
    path("Message", "message", ""),
    string("First Seen", (event, now) => since(event["firstTimestamp"] ?? eventTime(event), now), 1),
    string("Count", (event) => event["count"] ?? at(event, "series.count") ?? 0, 1),
    string("Name", (event) => event.metadata.name, 1),
  ],
  persistentvolumeclaims: [
    first,
    path("Status", "status.phase"),
    path("Volume", "spec.volumeName", ""),
    path("Capacity", "status.capacity.storage", ""),
    string("Access Modes", (claim) => list(at(claim, "spec.accessModes")).join(",")),
    path("StorageClass", "spec.storageClassName", ""),
    ageColumn,
  ],
  "leases.coordination.k8s.io": [first, path("Holder", "spec.holderIdentity", ""), ageColumn],
  "jobs.batch": [
    first,
    string("Status", (job) => {
      const held = list(at(job, "status.conditions"))
        .map(fields)
        .find(({ status }) => status === "True")
      return String(held?.["type"] ?? "Running")
    }),
    string(
      "Completions",
      (job) => `${String(at(job, "status.succeeded") ?? 0)}/${String(at(job, "spec.completions") ?? 1)}`,
    ),
    ageColumn,
  ],
  "deployments.apps": [
    first,
    string(
      "Ready",
      (deployment) =>
        `${String(at(deployment, "status.readyReplicas") ?? 0)}/${String(at(deployment, "spec.replicas") ?? 1)}`,
    ),
    string("Up-to-date", (deployment) => String(at(deployment, "status.updatedReplicas") ?? 0)),
    string("Available", (deployment) => String(at(deployment, "status.availableReplicas") ?? 0)),
    ageColumn,
  ],
  "poddisruptionbudgets.policy": [
    first,
    string("Min Available", (budget) => String(at(budget, "spec.minAvailable") ?? "N/A")),
    string("Max Unavailable", (budget) => String(at(budget, "spec.maxUnavailable") ?? "N/A")),
    path("Allowed Disruptions", "status.disruptionsAllowed", 0),
    ageColumn,
  ],
  "ingresses.networking.k8s.io": [
    first,
    path("Class", "spec.ingressClassName"),
    string("Hosts", (ingress) => {
      const hosts = list(at(ingress, "spec.rules")).map((rule) => fields(rule)["host"] ?? "*")
      return hosts.join(",") || "*"
    }),
    string("Address", () => ""),
    string("Ports", (ingress) => (at(ingress, "spec.tls") === undefined ? "80" : "80, 443")),
    ageColumn,
  ],
  "networkpolicies.networking.k8s.io": [
    first,
    string("Pod-Selector", (policy) => pairs(at(policy, "spec.podSelector.matchLabels"))),
    ageColumn,
  ],
  "rolebindings.rbac.authorization.k8s.io": [
    first,
    string("Role", (binding) => `${String(at(binding, "roleRef.kind"))}/${String(at(binding, "roleRef.name"))}`),
    ageColumn,
  ],
}

export const columnsOfStorage = (storage: string): ReadonlyArray<Column> => columns[storage] ?? plain
