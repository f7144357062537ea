/**
 * What the API server refuses of containers, in its words: the rules of Kubernetes 1.36 (`pkg/apis/core/validation/validation.go`, from
 * `validateContainerCommon` on) that users and generated pods are likely to break.
 */

import { parseQuantity } from "../../../kube/Quantity.ts"
import { type FieldError, forbidden, invalidValue, required, unsupported } from "../ApiError.ts"
import { type Fields, at, fields, list, text } from "../ApiObject.ts"
import { nameProblems } from "./ObjectMetaRules.ts"

export const duplicate = (field: string, value: unknown): FieldError => ({
  reason: "FieldValueDuplicate",
  field,
  message: `Duplicate value: ${JSON.stringify(value)}`,
})

/** `IsValidPortName` of apimachinery. */
const portNameProblems = (name: string): ReadonlyArray<string> => [
  ...(name.length > 15 ? ["must be no more than 15 bytes"] : []),
  ...(/^[-a-z0-9]+$/.test(name) ? [] : ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]),
  ...(/[a-z]/.test(name) ? [] : ["must contain at least one letter (a-z)"]),
  ...(name.includes("--") ? ["must not contain consecutive hyphens"] : []),
  ...(/^-|-$/.test(name) ? ["must not begin or end with a hyphen"] : []),
]

const isPort = (number: unknown): boolean => typeof number === "number" && number >= 1 && number <= 65535

const protocols = ["SCTP", "TCP", "UDP"]

const portProblems = (ports: ReadonlyArray<unknown>, path: string): ReadonlyArray<FieldError> => {
  const names = new Set<string>()
  return ports.flatMap((port, index) => {
    const { containerPort, hostPort, protocol = "TCP" } = fields(port)
    const name = text(fields(port)["name"]) ?? ""
    const here = `${path}[${index}]`
    const found: Array<FieldError> = []
    const wrong = name === "" ? [] : portNameProblems(name)
    found.push(...wrong.map((message) => invalidValue(`${here}.name`, name, message)))
    if (names.has(name)) found.push(duplicate(`${here}.name`, name))
    if (name !== "" && wrong.length === 0) names.add(name)
    const range = "must be between 1 and 65535, inclusive"
    if (!containerPort) found.push(required(`${here}.containerPort`))
    else if (!isPort(containerPort)) found.push(invalidValue(`${here}.containerPort`, containerPort, range))
    if (hostPort && !isPort(hostPort)) found.push(invalidValue(`${here}.hostPort`, hostPort, range))
    if (!protocols.includes(String(protocol))) found.push(unsupported(`${here}.protocol`, protocol, protocols))
    return found
  })
}

/** `validateLocalDescendingPath`. Kubernetes names the field without the index of the mount. */
const descendingProblems = (path: unknown, field: string): ReadonlyArray<FieldError> => {
  if (typeof path !== "string" || path === "") return []
  return [
    ...(path.startsWith("/") ? [invalidValue(field, path, "must be a relative path")] : []),
    ...(path.split("/").includes("..") ? [invalidValue(field, path, "must not contain '..'")] : []),
  ]
}

const propagations = ["Bidirectional", "HostToContainer", "None"]

/** `ValidateVolumeMounts`; `volumes` are the names of valid volumes. */
const mountProblems = (container: Fields, path: string, volumes: ReadonlySet<unknown>): ReadonlyArray<FieldError> => {
  const paths = new Set<unknown>()
  return list(container["volumeMounts"]).flatMap((mount, index) => {
    const { name, mountPath = "", subPath, subPathExpr, mountPropagation } = fields(mount)
    const here = `${path}[${index}]`
    const found: Array<FieldError> = []
    if (!name) found.push(required(`${here}.name`))
    if (!volumes.has(name)) {
      const message = `Not found: ${JSON.stringify(name ?? "")}`
      found.push({ reason: "FieldValueNotFound", field: `${here}.name`, message })
    }
    if (!mountPath) found.push(required(`${here}.mountPath`))
    if (paths.has(mountPath)) found.push(invalidValue(`${here}.mountPath`, mountPath, "must be unique"))
    paths.add(mountPath)
    found.push(...descendingProblems(subPath, `${path}.subPath`))
    if (subPath && subPathExpr) {
      const message = "subPathExpr and subPath are mutually exclusive"
      found.push(invalidValue(`${here}.subPathExpr`, subPathExpr, message))
    }
    found.push(...descendingProblems(subPathExpr, `${path}.subPathExpr`))
    if (mountPropagation !== undefined && !propagations.includes(String(mountPropagation))) {
      found.push(unsupported(`${path}.mountPropagation`, mountPropagation, propagations))
    }
    if (mountPropagation === "Bidirectional" && at(container, "securityContext.privileged") !== true) {
      const message = "Bidirectional mount propagation is available only to privileged containers"
      found.push(forbidden(`${path}.mountPropagation`, message))
    }
    return found
  })
}

/** `IsOvercommitAllowed`: devices and huge pages are not shared, so a container gets exactly what it requests. */
const sharable = (resource: string): boolean =>
  !resource.startsWith("hugepages-") && (!resource.includes("/") || resource.includes("kubernetes.io/"))

/** `validateResourceRequirements` */
const resourceProblems = (resources: Fields, path: string): ReadonlyArray<FieldError> => {
  const limits = fields(resources["limits"])
  const requests = fields(resources["requests"])
  const negative = (part: string, amounts: Fields) =>
    Object.entries(amounts)
      .filter(([, amount]) => (parseQuantity(String(amount)) ?? 0) < 0)
      .map(([name, amount]) =>
        invalidValue(`${path}.${part}[${name}]`, String(amount), "must be greater than or equal to 0"),
      )
  const compared = Object.entries(requests).flatMap(([name, request]): ReadonlyArray<FieldError> => {
    const limit = limits[name]
    if (limit === undefined) {
      return sharable(name) ? [] : [required(`${path}.limits`, "Limit must be set for non overcommitable resources")]
    }
    const excess = (parseQuantity(String(request)) ?? 0) / (parseQuantity(String(limit)) ?? 0) - 1
    const field = `${path}.requests`
    if (!sharable(name) && Math.abs(excess) > 1e-9) {
      return [invalidValue(field, String(request), `must be equal to ${name} limit of ${String(limit)}`)]
    }
    return excess > 1e-9
      ? [invalidValue(field, String(request), `must be less than or equal to ${name} limit of ${String(limit)}`)]
      : []
  })
  return [...negative("limits", limits), ...negative("requests", requests), ...compared]
}

/** `validateContainerCommon`, without what only some kinds of containers have. */
export const containerProblems = (
  container: Fields,
  path: string,
  volumes: ReadonlySet<unknown>,
): ReadonlyArray<FieldError> => {
  const name = text(container["name"]) ?? ""
  return [
    ...(name === ""
      ? [required(`${path}.name`)]
      : nameProblems(name, "label").map((message) => invalidValue(`${path}.name`, name, message))),
    ...(text(container["image"]) ? [] : [required(`${path}.image`)]),
    ...portProblems(list(container["ports"]), `${path}.ports`),
    ...list(container["env"]).flatMap((variable, index) =>
      fields(variable)["name"] ? [] : [required(`${path}.env[${index}].name`)],
    ),
    ...mountProblems(container, `${path}.volumeMounts`, volumes),
    ...resourceProblems(fields(container["resources"]), `${path}.resources`),
  ]
}

const onlyForSidecars = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]

/** `validateInitContainers`: what init containers must not have unless they keep running. */
export const initContainerProblems = (container: Fields, path: string): ReadonlyArray<FieldError> =>
  container["restartPolicy"] === "Always"
    ? []
    : onlyForSidecars
        .filter((name) => container[name] !== undefined)
        .map((name) => forbidden(`${path}.${name}`, "may not be set for init containers without restartPolicy=Always"))
