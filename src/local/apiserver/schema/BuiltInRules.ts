/** What the API server does to objects of the built-in kinds: defaults on creation, validation, immutable fields. */

import { sameJson } from "../../../kube/json/SameJson.ts"
import { type FieldError, forbidden, invalidValue, required, unsupported } from "../ApiError.ts"
import { type ApiObject, type Fields, at, defined, fields, list, withMetadata, without } from "../ApiObject.ts"
import { crdProblems, establishedCrd } from "./CustomResources.ts"
import { defaultedDeployment, deploymentProblems, deploymentUpdateProblems } from "./DeploymentRules.ts"
import type { NameRule } from "./ObjectMetaRules.ts"
import { admitPod, defaultedPod, podProblems, podSpecProblems, podUpdateProblems } from "./PodRules.ts"

export interface AdmissionContext {
  readonly now: string
  readonly allocateClusterIP: () => string
}

export interface Rules {
  readonly name?: NameRule
  /** Whether `metadata.generation` counts changes of the spec. It always does for custom resources. */
  readonly generational?: boolean
  /** A field of the spec whose changes do not count all the same. */
  readonly uncounted?: string
  readonly admit?: (object: ApiObject, context: AdmissionContext) => ApiObject
  /** Defaults of an object that replaces another; absent: it is stored unchanged. */
  readonly readmit?: (object: ApiObject, before: ApiObject) => ApiObject
  /** Why the decoder refuses an object whose fields have the right JSON types. */
  readonly unreadable?: (object: ApiObject) => string | undefined
  readonly problems?: (object: ApiObject) => ReadonlyArray<FieldError>
  readonly updateProblems?: (object: ApiObject, before: ApiObject) => ReadonlyArray<FieldError>
}

const frozenWhenImmutable = (object: ApiObject, before: ApiObject): ReadonlyArray<FieldError> =>
  before["immutable"] === true
    ? ["immutable", "data", "binaryData"]
        .filter((field) => !sameJson(object[field], before[field]))
        .map((field) => forbidden(field, "field is immutable when `immutable` is set"))
    : []

const dataLimit = 1_048_576

const dataProblems = (object: ApiObject): ReadonlyArray<FieldError> => {
  const entries = [...Object.entries(fields(object["data"])), ...Object.entries(fields(object["binaryData"]))]
  const size = entries.reduce((sum, [, value]) => sum + Buffer.byteLength(String(value)), 0)
  return [
    ...entries
      .filter(([name]) => !/^[-._a-zA-Z0-9]{1,253}$/.test(name))
      .map(([name]) =>
        invalidValue(
          `data[${name}]`,
          name,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ),
      ),
    ...(size > dataLimit
      ? [
          {
            reason: "FieldValueTooLong",
            field: object.kind === "Secret" ? "data" : "[]",
            message: `Too long: may not be more than ${dataLimit} bytes`,
          } as const,
        ]
      : []),
  ]
}

const admitSecret = (secret: ApiObject): ApiObject => {
  const plain = Object.entries(fields(secret["stringData"]))
  const encoded = plain.map(([name, value]) => [name, Buffer.from(String(value)).toString("base64")])
  return {
    ...(without(secret, "stringData") as ApiObject),
    type: secret["type"] ?? "Opaque",
    ...(plain.length === 0 ? {} : { data: { ...fields(secret["data"]), ...Object.fromEntries(encoded) } }),
  }
}

/** Why the values of a Secret cannot be decoded; Go's decoder names the first byte that is not base64. */
const unreadableSecret = (secret: ApiObject): string | undefined => {
  for (const value of Object.values(fields(secret["data"]))) {
    const wrong = typeof value === "string" ? value.search(/[^A-Za-z0-9+/=\r\n]/) : -1
    if (wrong >= 0) return `illegal base64 data at input byte ${wrong}`
  }
  return undefined
}

const defaultedService = (service: ApiObject, allocate: () => unknown): ApiObject => {
  const spec = fields(service["spec"])
  const type = spec["type"] ?? "ClusterIP"
  const clusterIP = spec["clusterIP"] || (type === "ExternalName" ? undefined : allocate())
  const ports = list(spec["ports"]).map((port) => {
    const given = fields(port)
    return { protocol: "TCP", targetPort: given["port"], ...given }
  })
  return {
    ...service,
    spec: defined({
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ...spec,
      type,
      clusterIP,
      clusterIPs: clusterIP === undefined ? undefined : [clusterIP],
      ports: ports.length === 0 ? undefined : ports,
    }),
  }
}

const serviceProblems = (service: ApiObject): ReadonlyArray<FieldError> => {
  const spec = fields(service["spec"])
  const ports = list(spec["ports"])
  const needsPorts = spec["type"] !== "ExternalName" && spec["clusterIP"] !== "None"
  return [
    ...(needsPorts && ports.length === 0 ? [required("spec.ports")] : []),
    ...ports.flatMap((port, index): ReadonlyArray<FieldError> => {
      const { port: number, name } = fields(port)
      const here = `spec.ports[${index}]`
      const valid = typeof number === "number" && number >= 1 && number <= 65535
      return [
        ...(ports.length > 1 && !name ? [required(`${here}.name`)] : []),
        ...(valid ? [] : [invalidValue(`${here}.port`, number ?? 0, "must be between 1 and 65535, inclusive")]),
      ]
    }),
  ]
}

const admitEvent = (event: ApiObject): ApiObject => ({
  reportingComponent: "",
  reportingInstance: "",
  ...event,
})

const eventProblems = (event: ApiObject): ReadonlyArray<FieldError> => {
  const namespace = at(event, "involvedObject.namespace") ?? "default"
  return namespace === event.metadata.namespace
    ? []
    : [invalidValue("involvedObject.namespace", namespace, "does not match event.namespace")]
}

/** A new Job with its defaults, and the labels by which it selects its pods (`pkg/registry/batch/job/strategy.go`). */
const admitJob = (job: ApiObject): ApiObject => {
  const spec = fields(job["spec"])
  const template = fields(spec["template"])
  const metadata = fields(template["metadata"])
  const controller = { "batch.kubernetes.io/controller-uid": job.metadata.uid }
  const labels = {
    ...controller,
    "batch.kubernetes.io/job-name": job.metadata.name,
    "controller-uid": job.metadata.uid,
    "job-name": job.metadata.name,
  }
  const own = Object.keys(job.metadata.labels ?? {}).length === 0 ? fields(metadata["labels"]) : job.metadata.labels
  return {
    ...withMetadata(job, { labels: { ...labels, ...own } }),
    spec: {
      backoffLimit: 6,
      completionMode: "NonIndexed",
      completions: 1,
      manualSelector: false,
      parallelism: 1,
      podReplacementPolicy: "TerminatingOrFailed",
      selector: { matchLabels: controller },
      suspend: false,
      ...spec,
      template: { ...template, metadata: { ...metadata, labels: { ...labels, ...fields(metadata["labels"]) } } },
    },
    status: {},
  }
}

const jobProblems = (job: ApiObject): ReadonlyArray<FieldError> => {
  const field = "spec.template.spec.restartPolicy"
  const policy = at(job, field)
  if (job["spec"] === undefined) return [required("spec")]
  const template = podSpecProblems(fields(at(job, "spec.template.spec")), "spec.template.spec")
  if (policy === undefined || policy === "") {
    return [...template, required(field, 'valid values: "OnFailure", "Never"')]
  }
  return policy === "OnFailure" || policy === "Never"
    ? template
    : [...template, unsupported(field, policy, ["OnFailure", "Never"])]
}

const jobUpdateProblems = (job: ApiObject, before: ApiObject): ReadonlyArray<FieldError> =>
  sameJson(at(job, "spec.template"), at(before, "spec.template"))
    ? []
    : [invalidValue("spec.template", at(job, "spec.template"), "field is immutable")]

const leaseProblems = (lease: ApiObject): ReadonlyArray<FieldError> => {
  const seconds = at(lease, "spec.leaseDurationSeconds")
  return typeof seconds === "number" && seconds <= 0
    ? [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")]
    : []
}

const hasSpec = (object: Fields) => (object["spec"] === undefined ? [required("spec")] : [])

/** By storage. Names of kinds that are not listed are DNS subdomains; they have no other rules. */
export const builtInRules: Readonly<Record<string, Rules>> = {
  pods: {
    generational: true,
    // A scheduler binds a pod past the rules of updates.
    uncounted: "nodeName",
    admit: admitPod,
    readmit: defaultedPod,
    problems: podProblems,
    updateProblems: podUpdateProblems,
  },
  services: {
    name: "label1035",
    admit: (service, { allocateClusterIP }) => ({
      ...defaultedService(service, allocateClusterIP),
      status: { loadBalancer: {} },
    }),
    readmit: (service, before) => defaultedService(service, () => at(before, "spec.clusterIP")),
    problems: serviceProblems,
    updateProblems: (service, before) =>
      sameJson(at(service, "spec.clusterIP"), at(before, "spec.clusterIP"))
        ? []
        : [invalidValue("spec.clusterIPs[0]", at(service, "spec.clusterIP"), "may not change once set")],
  },
  configmaps: { problems: dataProblems, updateProblems: frozenWhenImmutable },
  secrets: {
    admit: admitSecret,
    readmit: admitSecret,
    unreadable: unreadableSecret,
    problems: dataProblems,
    updateProblems: frozenWhenImmutable,
  },
  events: { admit: admitEvent, problems: eventProblems },
  namespaces: {
    name: "label",
    admit: (namespace) => ({
      ...withMetadata(namespace, {
        labels: { ...namespace.metadata.labels, "kubernetes.io/metadata.name": namespace.metadata.name },
      }),
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    }),
  },
  persistentvolumeclaims: {
    admit: (claim) => ({
      ...claim,
      spec: { volumeMode: "Filesystem", ...fields(claim["spec"]) },
      status: { phase: "Pending" },
    }),
    problems: (claim) => (list(at(claim, "spec.accessModes")).length > 0 ? [] : [required("spec.accessModes")]),
  },
  "roles.rbac.authorization.k8s.io": { name: "path" },
  "rolebindings.rbac.authorization.k8s.io": { name: "path" },
  "clusterroles.rbac.authorization.k8s.io": { name: "path" },
  "clusterrolebindings.rbac.authorization.k8s.io": { name: "path" },
  "jobs.batch": { generational: true, admit: admitJob, problems: jobProblems, updateProblems: jobUpdateProblems },
  "deployments.apps": {
    generational: true,
    admit: (deployment) => ({ ...defaultedDeployment(deployment), status: {} }),
    readmit: defaultedDeployment,
    problems: deploymentProblems,
    updateProblems: deploymentUpdateProblems,
  },
  "leases.coordination.k8s.io": { problems: leaseProblems },
  "poddisruptionbudgets.policy": { generational: true },
  "ingresses.networking.k8s.io": { generational: true, problems: hasSpec },
  "networkpolicies.networking.k8s.io": { generational: true },
  "customresourcedefinitions.apiextensions.k8s.io": {
    generational: true,
    admit: establishedCrd,
    problems: crdProblems,
  },
}
