/** What the API server does to pods: defaults, validation, and the few fields that may change later. */

import { type FieldError, forbidden, invalidValue, required, unsupported } from "../ApiError.ts"
import {
  type ApiObject,
  type Fields,
  at,
  defined,
  fields,
  list,
  sameJson,
  text,
  withMetadata,
  without,
} from "../ApiObject.ts"
import { nameProblems } from "./ObjectMetaRules.ts"

const containerDefaults = (container: unknown): Fields => {
  const given = fields(container)
  const image = text(given["image"]) ?? ""
  const tag = /:([^:/@]+)$/.exec(image)?.[1]
  const latest = !image.includes("@") && (tag === undefined || tag === "latest")
  const ports = list(given["ports"]).map((port) => ({ protocol: "TCP", ...fields(port) }))
  return defined({
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: latest ? "Always" : "IfNotPresent",
    ...given,
    ...(ports.length === 0 ? {} : { ports }),
  })
}

const volumeDefaults = (volume: unknown): unknown => {
  const given = fields(volume)
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

/** The pod with the defaults of the API server. */
export const defaultedPod = (pod: ApiObject): ApiObject => {
  const spec = fields(pod["spec"])
  const serviceAccount = text(spec["serviceAccountName"]) || text(spec["serviceAccount"]) || "default"
  return {
    ...pod,
    spec: defined({
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      securityContext: {},
      schedulerName: "default-scheduler",
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

const quantity = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/

/** The error for a quantity that cannot be parsed. In Kubernetes it comes from the decoder, since quantities are a type there. */
export const unreadablePod = (pod: ApiObject): string | undefined => {
  const containers = [...list(at(pod, "spec.containers")), ...list(at(pod, "spec.initContainers"))]
  const amounts = containers.flatMap((container) =>
    ["requests", "limits"].flatMap((part) => Object.values(fields(at(container, `resources.${part}`)))),
  )
  return amounts.every((amount) => quantity.test(String(amount)))
    ? undefined
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
}

const containerProblems = (
  container: Fields,
  path: string,
  volumes: ReadonlySet<unknown>,
  seen: Set<string>,
): ReadonlyArray<FieldError> => {
  const found: Array<FieldError> = []
  const name = text(container["name"]) ?? ""
  if (name === "") found.push(required(`${path}.name`))
  else found.push(...nameProblems(name, "label").map((message) => invalidValue(`${path}.name`, name, message)))
  if (seen.has(name)) {
    found.push({ reason: "FieldValueDuplicate", field: `${path}.name`, message: `Duplicate value: "${name}"` })
  }
  seen.add(name)
  if (!text(container["image"])) found.push(required(`${path}.image`))
  list(container["ports"]).forEach((port, index) => {
    const number = fields(port)["containerPort"]
    if (typeof number !== "number" || number === 0) found.push(required(`${path}.ports[${index}].containerPort`))
    else if (number < 1 || number > 65535) {
      const message = "must be between 1 and 65535, inclusive"
      found.push(invalidValue(`${path}.ports[${index}].containerPort`, number, message))
    }
  })
  list(container["env"]).forEach((variable, index) => {
    if (!fields(variable)["name"]) found.push(required(`${path}.env[${index}].name`))
  })
  list(container["volumeMounts"]).forEach((mount, index) => {
    const { name, mountPath } = fields(mount)
    const here = `${path}.volumeMounts[${index}]`
    if (!volumes.has(name)) {
      found.push({ reason: "FieldValueNotFound", field: `${here}.name`, message: `Not found: ${JSON.stringify(name)}` })
    }
    if (!mountPath) found.push(required(`${here}.mountPath`))
  })
  return found
}

const restartPolicies = ["Always", "OnFailure", "Never"]

/** Problems of a pod: the checks that users and generated pods are likely to fail. */
export const podProblems = (pod: ApiObject): ReadonlyArray<FieldError> => {
  const spec = fields(pod["spec"])
  const seen = new Set<string>()
  const names = list(spec["volumes"]).map((volume) => fields(volume)["name"])
  const volumes = new Set(names)
  const containers = (part: "containers" | "initContainers") =>
    list(spec[part]).flatMap((one, index) => containerProblems(fields(one), `spec.${part}[${index}]`, volumes, seen))
  return [
    ...names.flatMap((name, index): ReadonlyArray<FieldError> => {
      const field = `spec.volumes[${index}].name`
      if (!text(name)) return [required(field)]
      if (names.indexOf(name) < index) {
        return [{ reason: "FieldValueDuplicate", field, message: `Duplicate value: ${JSON.stringify(name)}` }]
      }
      return nameProblems(String(name), "label").map((message) => invalidValue(field, name, message))
    }),
    ...(list(spec["containers"]).length === 0 ? [required("spec.containers")] : []),
    ...containers("initContainers"),
    ...containers("containers"),
    ...(restartPolicies.includes(String(spec["restartPolicy"]))
      ? []
      : [unsupported("spec.restartPolicy", spec["restartPolicy"], restartPolicies)]),
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
