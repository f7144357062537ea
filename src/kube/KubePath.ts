/** Paths and queries of the Kubernetes API: where a resource, one object, or a subresource of it lives. Pure. */

import type { Resource } from "./Resource.ts"

/**
 * `/api/v1/namespaces/default/pods/driver`, `/apis/<group>/<version>/<plural>` and so on. Without a namespace (or
 * with the empty one): all namespaces, or objects outside of namespaces. Every segment is escaped.
 */
export const pathOf = (
  resource: Resource,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string => {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = namespace === undefined || namespace === "" ? [] : ["namespaces", namespace]
  const tail = [resource.plural, name, subresource].filter((it) => it !== undefined)
  return [root, ...[...scope, ...tail].map(encodeURIComponent)].join("/")
}

/** `?a=1&b=2` from the defined parameters; empty if there are none. */
export const queryOf = (parameters: Readonly<Record<string, string | number | boolean | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(key, String(value))
  }
  return query.size === 0 ? "" : `?${query}`
}

/** How a request is named in errors and logs: `get pods default/spark-pi-driver`. */
export const nameOf = (verb: string, resource: Resource, namespace: string | undefined, name?: string): string =>
  [verb, resource.plural, name === undefined ? namespace : `${namespace}/${name}`]
    .filter((it) => it !== undefined)
    .join(" ")
