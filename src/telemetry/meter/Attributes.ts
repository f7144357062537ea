/** Attribute sets of measurements. */

export type Attributes = Readonly<Record<string, string>>

/** The namespace of the object that something is about, as OpenTelemetry's semantic conventions name it. */
export const namespaceAttribute = "k8s.namespace.name"

const keys = new WeakMap<Attributes, string>()

/** One text per attribute set, whatever the order of its keys. Remembered per object, so attributes must not be changed. */
export const attributeKey = (attributes: Attributes): string => {
  const known = keys.get(attributes)
  if (known !== undefined) return known
  const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  keys.set(attributes, key)
  return key
}
