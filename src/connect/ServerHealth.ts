/**
 * The operator's health checks for Connect servers: its default and its templates, over the preset `connect`. Its probe of readiness is what
 * "Ready" means for a server, so a default with another preset, which is meant for applications, or one that is disabled, does not replace it.
 */

import type { HealthChecks } from "../api/application/HealthChecks.ts"
import type { HealthDefaults } from "../spark/health/HealthDefaults.ts"

const preset = "connect"

/** A template that names a preset was chosen for it. */
const fromTemplate = (checks: HealthChecks): HealthChecks => ({ preset, ...checks })

/** A default is for all workloads, so of its presets none counts for the server itself. */
const fromDefault = ({ driver, ...checks }: HealthChecks): HealthChecks => {
  const { preset: _, ...probes } = driver ?? {}
  return { ...checks, preset, ...(driver === undefined ? {} : { driver: probes }) }
}

/** With `connect` where nothing that the SparkConnect names says otherwise. */
export const serverHealthDefaults = (defaults: HealthDefaults): HealthDefaults => ({
  ...defaults,
  byDefault: defaults.byDefault?.disabled === true ? { preset } : fromDefault(defaults.byDefault ?? {}),
  templates: new Map([...defaults.templates].map(([name, checks]) => [name, fromTemplate(checks)])),
})
