/**
 * Which attributes distinguish applications: the namespace, and the Kubernetes labels that the settings name. Never a name
 * or a uid. The legacy names carry only the labels, as earlier operators did.
 */

import { AttributeLimit } from "../../telemetry/meter/AttributeLimit.ts"
import { type Attributes, namespaceAttribute } from "../../telemetry/meter/Attributes.ts"
import { validName } from "../../telemetry/prometheus/MetricName.ts"

export interface Identity {
  readonly attributes: Attributes
  /** The namespace alone. */
  readonly namespace: { readonly [namespaceAttribute]: string }
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

/**
 * From a namespace and label sets (the first that has a label wins) to the attributes, all within their limits.
 * Equal attributes are one object, so what is derived from them can be remembered by it.
 */
export type Identify = (namespace: string, ...labels: ReadonlyArray<Labels>) => Identity

/** `names` are those of the labels, as `labelNames` returns them. */
export const makeIdentify = (names: ReadonlyArray<string>, limit: AttributeLimit): Identify => {
  const identities = new Map<string, Identity>()
  return (namespace, ...labels) => {
    const place = limit.limit(namespaceAttribute, namespace)
    const values = names.map((name) => limit.limit(name, labelValue(name, namespace, ...labels)))
    const key = [place, ...values].join("\0")
    const known = identities.get(key)
    if (known !== undefined) return known
    const labelled = Object.fromEntries(names.map((name, index) => [name, values[index] ?? "Unknown"]))
    const namespaced = { [namespaceAttribute]: place }
    const made = { attributes: { ...namespaced, ...labelled }, namespace: namespaced }
    identities.set(key, made)
    return made
  }
}
