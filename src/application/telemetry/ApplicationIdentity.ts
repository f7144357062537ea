/**
 * Which attributes distinguish applications: the namespace, and the Kubernetes labels that the settings name. Never a name
 * or a uid. The legacy names carry only the labels, as earlier operators did.
 */

import { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import { validName } from "../../telemetry/prometheus/MetricName.ts"

/** By the identity of an instrument. */
export interface Identity {
  readonly application: Attributes
  readonly namespace: InNamespace
  readonly labels: Attributes
  readonly operator: Attributes
}

export interface InNamespace extends Attributes {
  readonly [namespaceAttribute]: string
}

export type Labels = Readonly<Record<string, string>> | undefined

/**
 * The value of a configured label, by the rule of earlier operators: the label whose key is the same after `-` and other
 * characters became `_`; else for the key `namespace` the namespace; else `Unknown`. `key` is a valid name already.
 */
export const labelValue = (key: string, namespace: string, ...labels: ReadonlyArray<Labels>): string => {
  for (const candidates of labels) {
    for (const candidate in candidates) {
      const value = candidates[candidate]
      if (value !== undefined && (candidate === key || validName(candidate) === key)) return value
    }
  }
  return key === "namespace" ? namespace : "Unknown"
}

/**
 * Valid and different names for the configured keys, also after the serializer of `/metrics` made one `_` of several; the attribute of the
 * namespace is not repeated.
 */
export const labelNames = (labelKeys: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = new Map(labelKeys.map((key) => [validName(key).replace(/_{2,}/g, "_"), validName(key)]))
  return [...names.values()].filter((name) => name !== validName(namespaceAttribute))
}

/** All within their limits. Equal attributes are one object, so what is derived from them can be remembered by it. */
export interface Identities {
  /** From a namespace and label sets; the first that has a label wins. */
  readonly of: (namespace: string, ...labels: ReadonlyArray<Labels>) => Identity
  readonly inNamespace: (namespace: string) => InNamespace
}

/** `names` are those of the labels, as `labelNames` returns them. */
export const make = (names: ReadonlyArray<string>, limit: AttributeLimit): Identities => {
  const identities = new Map<string, Identity>()
  const namespaces = new Map<string, InNamespace>()

  const inNamespace = (namespace: string): InNamespace => {
    const value = limit.limit(namespaceAttribute, namespace)
    const known = namespaces.get(value)
    if (known !== undefined) return known
    const made = { [namespaceAttribute]: value }
    namespaces.set(value, made)
    return made
  }

  return {
    inNamespace,
    of: (name, ...given) => {
      const namespace = inNamespace(name)
      const values = names.map((label) => limit.limit(label, labelValue(label, name, ...given)))
      const key = [namespace[namespaceAttribute], ...values].join("\0")
      const known = identities.get(key)
      if (known !== undefined) return known
      const labels = Object.fromEntries(names.map((label, index) => [label, values[index] ?? "Unknown"]))
      const made = { application: { ...namespace, ...labels }, namespace, labels, operator: {} }
      identities.set(key, made)
      return made
    },
  }
}
