/** Which names Kubernetes allows (`apimachinery/pkg/util/validation`). */

const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
const longestLabel = 63
const longestSubdomain = 253

const labelSyntax = new RegExp(`^${label}$`)

/** As in the schemas of resources, whose limits of length are fields of their own. */
export const subdomainSyntax = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
export const serviceNameSyntax = /^[a-z]([-a-z0-9]*[a-z0-9])?$/

/** A label of RFC 1123: names of namespaces and containers. */
export const isDnsLabel = (name: string): boolean => name.length <= longestLabel && labelSyntax.test(name)

/** A subdomain of RFC 1123: names of most objects, and of hosts. */
export const isDnsSubdomain = (name: string): boolean => name.length <= longestSubdomain && subdomainSyntax.test(name)

/** A label of RFC 1035: names of Services. */
export const isServiceName = (name: string): boolean => name.length <= longestLabel && serviceNameSyntax.test(name)

/** The host of an Ingress or a route: a subdomain, whose first label may be `*`. */
export const isHostName = (name: string): boolean => isDnsSubdomain(name.replace(/^\*\./, ""))
