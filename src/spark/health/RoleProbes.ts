/**
 * The probes of one role: those of the preset, with the changes of the application, as Kubernetes' probes for the Spark container. A probe
 * in the user's template is never changed; one whose target cannot be reached is left out with a warning.
 */

import type { Container, Probe } from "kubernetes-types/core/v1"
import type { HealthChecks, HealthPreset, ProbeOptions } from "../../api/application/HealthChecks.ts"
import { probeHandlers } from "../../api/application/HealthChecks.ts"
import { type Endpoint, type EndpointContext, endpointOf, type NoEndpoint } from "./Endpoints.ts"
import {
  delayWithoutStartup,
  type ProbeKind,
  probeKinds,
  type ProbePreset,
  presets,
  type Role,
  type RolePreset,
  usualPreset,
} from "./Presets.ts"

export type ContainerProbes = Partial<Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe">>

export interface RoleProbes {
  readonly preset: HealthPreset
  readonly probes: ContainerProbes
  /** Properties that pin the ports of the probes. */
  readonly pins: Readonly<Record<string, string>>
  readonly graceSeconds: number | undefined
}

export const noProbes: RoleProbes = { preset: usualPreset, probes: {}, pins: {}, graceSeconds: undefined }

/** The input of rendering. */
export interface RoleContext {
  readonly role: Role
  readonly checks: HealthChecks
  readonly context: EndpointContext
  /** The Spark container as the template and the fields have it. */
  readonly container: Container
  /** The pod uses the network of its node, where a port may belong to another pod. */
  readonly hostNetwork: boolean
  /** How many times longer than usual an answer may take. */
  readonly patience: number
  /** Reports a probe that is impossible: a problem if the application requested it, else a warning. */
  readonly refuse: (field: string, message: string) => void
  readonly warn: (field: string, message: string) => void
}

const longestTimeoutSeconds = 60

const keyOf: Readonly<Record<ProbeKind, keyof ContainerProbes>> = {
  startup: "startupProbe",
  readiness: "readinessProbe",
  liveness: "livenessProbe",
}

const ownHandler = (options: ProbeOptions) => {
  const name = probeHandlers.find((handler) => options[handler] !== undefined)
  return name && ({ [name]: options[name] } as Endpoint["handler"])
}

const isMissing = (found: Endpoint | NoEndpoint): found is NoEndpoint => "missing" in found

/** Whether a probe of this kind is made: by the preset, or because the spec names it. */
const isWanted = (preset: ProbePreset, options: ProbeOptions | undefined) =>
  options === undefined ? preset.offered !== true : options.disabled !== true

/** The endpoint of a probe; undefined leaves it out. A startup or readiness probe of the preset without one falls back to the RPC port. */
const endpointFor = (
  context: RoleContext,
  kind: ProbeKind,
  preset: ProbePreset,
  options: ProbeOptions,
): Endpoint | undefined => {
  const field = `spec.healthChecks.${context.role}.${kind}`
  const handler = ownHandler(options)
  if (handler !== undefined) return { handler, pins: {} }
  if (context.hostNetwork) {
    context.warn(
      field,
      `is left out: the pod uses the network of its node, where another pod may have Spark's ports; use a handler of your own`,
    )
    return undefined
  }
  const target = options.target ?? preset.target
  const found = endpointOf(target, context.context, context.role)
  if (!isMissing(found)) return found
  if (options.target !== undefined || target === "application") {
    context.refuse(
      target === "application" ? `spec.healthChecks.${context.role}.port` : `${field}.target`,
      found.missing,
    )
    return undefined
  }
  const instead = kind === "liveness" ? undefined : endpointOf("rpc", context.context, context.role)
  context.warn(
    field,
    `${instead === undefined ? "is left out" : "uses the driver's RPC port instead"}: ${found.missing}`,
  )
  return instead === undefined || isMissing(instead) ? undefined : instead
}

const numbers = [
  "initialDelaySeconds",
  "periodSeconds",
  "timeoutSeconds",
  "successThreshold",
  "failureThreshold",
] as const

/** The parameters: those of the application, else those of the preset. */
const paced = (preset: ProbePreset, options: ProbeOptions, patience: number, delay: number | undefined) => {
  const timeoutSeconds = Math.max(
    preset.timeoutSeconds,
    Math.min(longestTimeoutSeconds, Math.ceil(preset.timeoutSeconds * patience)),
  )
  const own = Object.fromEntries(
    [...numbers, "terminationGracePeriodSeconds" as const].flatMap((name) =>
      options[name] === undefined ? [] : [[name, options[name]]],
    ),
  )
  return {
    ...(delay === undefined ? {} : { initialDelaySeconds: delay }),
    periodSeconds: Math.max(preset.periodSeconds, options.timeoutSeconds ?? timeoutSeconds),
    timeoutSeconds,
    failureThreshold: preset.failureThreshold,
    ...own,
  }
}

/** Which probes are made; a liveness probe always comes with a startup probe, unless that is disabled. */
const wantedKinds = ({ checks, role, container }: RoleContext, preset: RolePreset): ReadonlyArray<ProbeKind> => {
  const options = checks[role]
  const free = probeKinds.filter((kind) => container[keyOf[kind]] === undefined)
  const wanted = free.filter((kind) => isWanted(preset[kind], options?.[kind]))
  const startup = wanted.includes("liveness") && options?.startup?.disabled !== true
  return free.filter((kind) => wanted.includes(kind) || (kind === "startup" && startup))
}

/** The probes of this role, without those that the container has. */
export const roleProbes = (context: RoleContext): RoleProbes => {
  const { checks, role, container, patience } = context
  const own = checks[role]
  if (own?.disabled === true) return noProbes
  const name = own?.preset ?? checks.preset ?? usualPreset
  const preset: RolePreset = presets[name][role]
  const planned = wantedKinds(context, preset).flatMap((kind) => {
    const options = own?.[kind] ?? {}
    const found = endpointFor(context, kind, preset[kind], options)
    return found === undefined ? [] : [{ kind, options, found }]
  })
  const hasStartup = container.startupProbe !== undefined || planned.some(({ kind }) => kind === "startup")
  const probes = planned.map(({ kind, options, found }): readonly [string, Probe] => {
    const delay = hasStartup || kind === "startup" ? undefined : delayWithoutStartup
    if (kind === "liveness" && delay !== undefined && (options.initialDelaySeconds ?? delay) < delay) {
      context.warn(
        `spec.healthChecks.${role}.liveness.initialDelaySeconds`,
        `kills drivers that take longer to start; use at least ${delay}, or a startup probe`,
      )
    }
    return [keyOf[kind], { ...found.handler, ...paced(preset[kind], options, patience, delay) }]
  })
  return {
    preset: name,
    probes: Object.fromEntries(probes),
    pins: Object.assign({}, ...planned.map(({ found }) => found.pins)),
    graceSeconds: preset.graceSeconds,
  }
}
