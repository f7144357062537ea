/**
 * The operator's ConfigMap of health checks: each key holds a HealthChecks as YAML; `default` is for applications without health
 * checks, every other key is a template that applications name. A key with an invalid value keeps its last valid one.
 */

import { Result } from "effect"
import { readHealthChecks } from "../../api/application/Decode.ts"
import type { HealthChecks } from "../../api/application/HealthChecks.ts"
import type { Problem } from "../../api/Problem.ts"
import { readYaml } from "../../kube/yaml/Yaml.ts"
import { type HealthDefaults, noHealthDefaults } from "./HealthDefaults.ts"

/** The key of the default. */
export const defaultKey = "default"

export interface HealthConfig {
  readonly defaults: HealthDefaults
  /** Problems, with fields such as `data["nightly"].driver.liveness`. */
  readonly problems: ReadonlyArray<Problem>
}

type Read = { readonly checks: HealthChecks } | { readonly problems: ReadonlyArray<Problem> }

/** The name of a preset alone is short for one without changes. */
const readKey = (key: string, text: string): Read => {
  const field = `data[${JSON.stringify(key)}]`
  const wrong = (message: string): Read => ({ problems: [{ field, message }] })
  const [document, more] = readYaml(text)
  if (more !== undefined) return wrong("is not valid YAML: it has more than one document")
  const content = document?.content ?? Result.succeed(null)
  if (Result.isFailure(content)) {
    return wrong(`is not valid YAML: line ${content.failure.line}: ${content.failure.message}`)
  }
  const value = content.success
  const { checks, problems } = readHealthChecks(typeof value === "string" ? { preset: value } : value)
  if (checks === undefined) {
    return {
      problems: problems.map(({ field: path, message }) => ({ field: path ? `${field}.${path}` : field, message })),
    }
  }
  return checks.template === undefined
    ? { checks }
    : wrong("names a template itself, which only an application can do; remove template")
}

/** The settings from the content of the ConfigMap and the previous settings `before`; `source` is `namespace/name`. Pure. */
export const readHealthConfig = (
  source: string,
  data: Readonly<Record<string, string>>,
  before: HealthDefaults = noHealthDefaults,
): HealthConfig => {
  const problems: Array<Problem> = []
  const templates = new Map<string, HealthChecks>()
  const unusable = new Map<string, string>()
  let byDefault = data[defaultKey] === undefined ? undefined : before.byDefault
  for (const [key, text] of Object.entries(data)) {
    const read = readKey(key, text)
    if ("problems" in read) problems.push(...read.problems)
    const last = before.templates.get(key)
    const checks = "checks" in read ? read.checks : last
    if (key === defaultKey) byDefault = "checks" in read ? read.checks : byDefault
    else if (checks !== undefined) templates.set(key, checks)
    else if ("problems" in read) {
      unusable.set(key, read.problems.map(({ field, message }) => `${field}: ${message}`).join("; "))
    }
  }
  return { defaults: { source, byDefault, templates, unusable }, problems }
}
