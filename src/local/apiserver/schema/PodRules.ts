/** What the API server does to pods: defaults, validation, and the few fields that may change later. */

import { sameJson } from "../../../kube/json/SameJson.ts"
import { type FieldError, forbidden, required, unsupported } from "../ApiError.ts"
import { type ApiObject, type Fields, at, defined, fields, list, text, withMetadata, without } from "../ApiObject.ts"
import { containerProblems, duplicate, initContainerProblems } from "./ContainerRules.ts"
import { checkVolumes } from "./VolumeRules.ts"

/** A limit without a request is also the request (`SetDefaults_Pod`). */
const resourceDefaults = (resources: Fields): Fields => {
  const { limits, requests } = resources
  return limits === undefined ? resources : { ...resources, requests: { ...fields(limits), ...fields(requests) } }
}

const containerDefaults = (container: unknown): Fields => {
  const given = fields(container)
  const image = text(given["image"]) ?? ""
  const tag = /:([^:/@]+)$/.exec(image)?.[1]
  const latest = !image.includes("@") && (tag === undefined || tag === "latest")
  const ports = list(given["ports"]).map((port) => ({ protocol: "TCP", ...fields(port) }))
  return defined({
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: latest ? "Always" : "IfNotPresent",
    ...given,
    resources: resourceDefaults(fields(given["resources"])),
    ...(ports.length === 0 ? {} : { ports }),
  })
}

/** `SetDefaults_Volume` and those of its sources. */
const volumeDefaults = (volume: unknown): unknown => {
  const given = fields(volume)
  if (Object.keys(given).every((field) => field === "name")) return { ...given, emptyDir: {} }
  if (given["hostPath"] !== undefined) return { ...given, hostPath: { type: "", ...fields(given["hostPath"]) } }
  for (const source of ["configMap", "secret", "projected", "downwardAPI"]) {
    if (given[source] !== undefined) return { ...given, [source]: { defaultMode: 420, ...fields(given[source]) } }
  }
  return given
}

const qosClass = (containers: ReadonlyArray<unknown>): string => {
  const resources = containers.map((container) => fields(fields(container)["resources"]))
  const names = ["cpu", "memory"]
  const guaranteed = resources.every((one) => {
    const limits = fields(one["limits"])
    const requests = { ...limits, ...fields(one["requests"]) }
    return names.every((name) => limits[name] !== undefined && sameJson(limits[name], requests[name]))
  })
  if (guaranteed) return "Guaranteed"
  const bare = resources.every((one) => one["limits"] === undefined && one["requests"] === undefined)
  return bare ? "BestEffort" : "Burstable"
}

/** Of every pod, and of every template of one. */
const specDefaults = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: {},
  schedulerName: "default-scheduler",
}

/** The template of pods in another object, with the defaults of the API server; limits do not become requests there. */
export const defaultedTemplate = (template: Fields): Fields => {
  const spec = fields(template["spec"])
  const container = (one: unknown) => ({ ...containerDefaults(one), resources: fields(fields(one)["resources"]) })
  return {
    ...template,
    spec: defined({
      ...specDefaults,
      ...spec,
      containers: list(spec["containers"]).map(container),
      initContainers: spec["initContainers"] === undefined ? undefined : list(spec["initContainers"]).map(container),
      volumes: spec["volumes"] === undefined ? undefined : list(spec["volumes"]).map(volumeDefaults),
    }),
  }
}

/** The pod with the defaults of the API server. */
export const defaultedPod = (pod: ApiObject): ApiObject => {
  const spec = fields(pod["spec"])
  const serviceAccount = text(spec["serviceAccountName"]) || text(spec["serviceAccount"]) || "default"
  return {
    ...pod,
    spec: defined({
      ...specDefaults,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
      priority: 0,
      ...spec,
      serviceAccountName: serviceAccount,
      serviceAccount,
      containers: list(spec["containers"]).map(containerDefaults),
      initContainers:
        spec["initContainers"] === undefined ? undefined : list(spec["initContainers"]).map(containerDefaults),
      volumes: spec["volumes"] === undefined ? undefined : list(spec["volumes"]).map(volumeDefaults),
    }),
  }
}

/** A new pod as the API server stores it: defaults filled in, `Pending`, not scheduled. */
export const admitPod = (pod: ApiObject): ApiObject => ({
  ...withMetadata(defaultedPod(pod), { generation: 1 }),
  status: { phase: "Pending", qosClass: qosClass(list(at(pod, "spec.containers"))) },
})

/** Every container's name is unique in the pod; a repeated one is reported on the init container, if one of the two is. */
const nameDuplicates = (containers: ReadonlyArray<Fields>, inits: ReadonlyArray<Fields>, path: string) => {
  const seen = new Set<unknown>()
  const repeated =
    (part: string) =>
    (one: Fields, index: number): ReadonlyArray<FieldError> => {
      const { name } = one
      if (seen.has(name)) return [duplicate(`${path}.${part}[${index}].name`, name ?? "")]
      seen.add(name)
      return []
    }
  return [...containers.flatMap(repeated("containers")), ...inits.flatMap(repeated("initContainers"))]
}

/** Problems of the volumes and containers of a pod, or of a pod template, at `path`. */
export const podSpecProblems = (spec: Fields, path: string): ReadonlyArray<FieldError> => {
  const volumes = checkVolumes(list(spec["volumes"]), `${path}.volumes`)
  const containers = list(spec["containers"]).map(fields)
  const inits = list(spec["initContainers"]).map(fields)
  return [
    ...volumes.problems,
    ...(containers.length === 0 ? [required(`${path}.containers`)] : []),
    ...containers.flatMap((one, index) => containerProblems(one, `${path}.containers[${index}]`, volumes.usable)),
    ...inits.flatMap((one, index) => [
      ...containerProblems(one, `${path}.initContainers[${index}]`, volumes.usable),
      ...initContainerProblems(one, `${path}.initContainers[${index}]`),
    ]),
    ...nameDuplicates(containers, inits, path),
  ]
}

const restartPolicies = ["Always", "OnFailure", "Never"]

/** Problems of a pod: the checks that users and generated pods are likely to fail. */
export const podProblems = (pod: ApiObject): ReadonlyArray<FieldError> => {
  const policy = at(pod, "spec.restartPolicy")
  return [
    ...podSpecProblems(fields(pod["spec"]), "spec"),
    ...(restartPolicies.includes(String(policy)) ? [] : [unsupported("spec.restartPolicy", policy, restartPolicies)]),
  ]
}

/** The spec without the fields that an update may change. `nodeName` may be set once: the kubelet of local mode binds pods this way. */
const frozen = (pod: ApiObject, before: ApiObject): unknown => {
  const spec = fields(pod["spec"])
  const images = (part: string) =>
    spec[part] === undefined ? {} : { [part]: list(spec[part]).map((one) => without(fields(one), "image")) }
  return {
    ...without(spec, "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"),
    ...images("containers"),
    ...images("initContainers"),
    nodeName: at(before, "spec.nodeName") === undefined ? undefined : spec["nodeName"],
  }
}

export const podUpdateProblems = (pod: ApiObject, before: ApiObject): ReadonlyArray<FieldError> =>
  sameJson(frozen(pod, before), frozen(before, before))
    ? []
    : [
        forbidden(
          "spec",
          "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        ),
      ]

/** Whether the pod ended or never started. Then it is deleted immediately, since no kubelet has to stop anything. */
export const needsNoKubelet = (pod: ApiObject): boolean => {
  const phase = at(pod, "status.phase")
  const begun = at(pod, "spec.nodeName") !== undefined || at(pod, "status.startTime") !== undefined
  return phase === "Succeeded" || phase === "Failed" || !begun
}
