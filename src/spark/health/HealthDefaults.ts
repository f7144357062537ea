/**
 * Where health checks come from: the application, over a template that it names or the operator's default. The upper layer overrides a
 * probe value by value; its handler or target replaces any other.
 */

import type { HealthChecks, ProbeOptions } from "../../api/application/HealthChecks.ts"
import { probeHandlers } from "../../api/application/HealthChecks.ts"
import type { Problem } from "../../api/Problem.ts"

/** The operator's settings for health checks. */
export interface HealthDefaults {
  /** The ConfigMap of the templates, as `namespace/name`; undefined when the operator has none. */
  readonly source: string | undefined
  /** For applications without health checks. */
  readonly byDefault: HealthChecks | undefined
  readonly templates: ReadonlyMap<string, HealthChecks>
  /** Templates that cannot be used, and why. */
  readonly unusable: ReadonlyMap<string, string>
}

export const noHealthDefaults: HealthDefaults = {
  source: undefined,
  byDefault: undefined,
  templates: new Map(),
  unusable: new Map(),
}

/** The health checks of one application. */
export interface Chosen {
  readonly checks: HealthChecks
  /** The application itself requests them, so an impossible one is a problem of the application; otherwise it is a warning. */
  readonly asked: boolean
}

const ways = ["target", ...probeHandlers] as const

const overProbe = (base: ProbeOptions | undefined, own: ProbeOptions | undefined): ProbeOptions | undefined => {
  if (base === undefined || own === undefined) return own ?? base
  const replaced = ways.some((way) => own[way] !== undefined)
  const kept = Object.fromEntries(
    Object.entries(base).filter(([key]) => !replaced || !(ways as ReadonlyArray<string>).includes(key)),
  )
  // Naming a probe enables it.
  return { ...kept, disabled: false, ...own }
}

const overRole = <A extends HealthChecks["driver"] & object>(
  base: A | undefined,
  own: A | undefined,
): A | undefined => {
  if (base === undefined || own === undefined) return own ?? base
  const probes = (["startup", "readiness", "liveness"] as const).flatMap((kind) => {
    const probe = overProbe(base[kind], own[kind])
    return probe === undefined ? [] : [[kind, probe] as const]
  })
  return { ...base, ...own, ...Object.fromEntries(probes) }
}

const overExecutor = (base: HealthChecks["executor"], own: HealthChecks["executor"]): HealthChecks["executor"] => {
  const executor = overRole(base, own)
  return base?.heartbeat && own?.heartbeat
    ? { ...executor, heartbeat: { ...base.heartbeat, ...own.heartbeat } }
    : executor
}

/** One layer over another. */
export const overHealthChecks = (base: HealthChecks | undefined, own: HealthChecks): HealthChecks => {
  if (base === undefined) return own
  const driver = overRole(base.driver, own.driver)
  const executor = overExecutor(base.executor, own.executor)
  const watchdog = base.watchdog && own.watchdog ? { ...base.watchdog, ...own.watchdog } : undefined
  return {
    ...base,
    ...own,
    ...(driver ? { driver } : {}),
    ...(executor ? { executor } : {}),
    ...(watchdog ? { watchdog } : {}),
  }
}

const field = "spec.healthChecks.template"

const templateOf = (name: string, defaults: HealthDefaults, report: (problem: Problem) => void) => {
  const template = defaults.templates.get(name)
  if (template !== undefined) return template
  const { source, unusable } = defaults
  const why = unusable.get(name)
  const known = [...defaults.templates.keys()].toSorted().join(", ")
  report({
    field,
    message:
      source === undefined
        ? `the operator has no templates of health checks (--health-checks-config), so ${JSON.stringify(name)} is not known; use preset instead`
        : why !== undefined
          ? `${JSON.stringify(name)} in ConfigMap ${source} cannot be used: ${why}`
          : `ConfigMap ${source} has no template ${JSON.stringify(name)}; ${known ? `use one of ${known}, or preset` : "use preset"}`,
  })
  return undefined
}

/** The health checks that count; undefined when there are none. Problems go to `report`. */
export const chooseHealthChecks = (
  own: HealthChecks | undefined,
  defaults: HealthDefaults,
  report: (problem: Problem) => void,
): Chosen | undefined => {
  if (own?.disabled === true) return undefined
  const base = own?.template === undefined ? defaults.byDefault : templateOf(own.template, defaults, report)
  if (own === undefined)
    return base === undefined || base.disabled === true ? undefined : { checks: base, asked: false }
  // An application with health checks of its own enables them, also where the default disables them.
  return { checks: { ...overHealthChecks(base, own), disabled: false }, asked: true }
}
