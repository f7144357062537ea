/**
 * The probes of one role: what the preset has and the application changes of it, as Kubernetes' probes for the Spark container.
 * A probe that the user's template has is never touched; what cannot be looked at is left out, with a word about it.
 */

import type { Container, Probe } from "kubernetes-types/core/v1"
import type { HealthChecks, HealthPreset, ProbeOptions } from "../../api/application/HealthChecks.ts"
import { probeHandlers } from "../../api/application/HealthChecks.ts"
import { find, type Found, type Missing, type EndpointContext } from "./Endpoints.ts"
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
  /** Properties that the probes rely on. */
  readonly pins: Readonly<Record<string, string>>
  readonly graceSeconds: number | undefined
}

export const noProbes: RoleProbes = { preset: usualPreset, probes: {}, pins: {}, graceSeconds: undefined }

/** What rendering looks at. */
export interface RoleContext {
  readonly role: Role
  readonly checks: HealthChecks
  readonly context: EndpointContext
  /** The Spark container as the template and the fields have it. */
  readonly container: Container
  /** The pod has the network of its node, where a port may be another pod's. */
  readonly hostNetwork: boolean
  /** How many times longer than usual an answer may take. */
  readonly patience: number
  /** The application asked for what cannot be. */
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
  return name && ({ [name]: options[name] } as Found["handler"])
}

const isMissing = (found: Found | Missing): found is Missing => "missing" in found

/** Whether a probe of this kind is made: by the preset, or because it was asked for by name. */
const isWanted = (preset: ProbePreset, options: ProbeOptions | undefined) =>
  options === undefined ? preset.offered !== true : options.disabled !== true

/** How a probe looks; undefined leaves it out. A preset's that is not to be had gives way, if only readiness or startup is at stake. */
const look = (context: RoleContext, kind: ProbeKind, preset: ProbePreset, options: ProbeOptions): Found | undefined => {
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
  const found = find(target, context.context, context.role)
  if (!isMissing(found)) return found
  if (options.target !== undefined || target === "application") {
    context.refuse(
      target === "application" ? `spec.healthChecks.${context.role}.port` : `${field}.target`,
      found.missing,
    )
    return undefined
  }
  const instead = kind === "liveness" ? undefined : find("rpc", context.context, context.role)
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

/** Which probes are made; a startup probe always goes before liveness, unless it was switched off. */
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
  const looks = wantedKinds(context, preset).flatMap((kind) => {
    const options = own?.[kind] ?? {}
    const found = look(context, kind, preset[kind], options)
    return found === undefined ? [] : [{ kind, options, found }]
  })
  const hasStartup = container.startupProbe !== undefined || looks.some(({ kind }) => kind === "startup")
  const probes = looks.map(({ kind, options, found }): readonly [string, Probe] => {
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
    pins: Object.assign({}, ...looks.map(({ found }) => found.pins)),
    graceSeconds: preset.graceSeconds,
  }
}
