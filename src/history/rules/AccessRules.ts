/** Rules on how browsers reach a server, and on the applications that it selects. */

import { Predicate } from "effect"
import type { LabelSelector } from "../../api/history/SelectedApplications.ts"
import type { Problem } from "../../api/Problem.ts"
import { isDnsLabel, isHostName } from "../../kube/names/ObjectName.ts"
import { isLabelKey, isLabelValue } from "../../kube/selector/LabelSelector.ts"
import { keyOf } from "../../spark/conf/SparkConf.ts"
import { parseUrl, publicUrl } from "../objects/Addresses.ts"
import { proxyBaseKey } from "../objects/ServerConf.ts"
import type { Rule } from "./Rule.ts"

const host = (field: string, name: string): ReadonlyArray<Problem> =>
  isHostName(name)
    ? []
    : [
        {
          field,
          message: `${JSON.stringify(name)} is not a host name; use one such as history.example.com, without scheme, port and path`,
        },
      ]

const ingress: Rule = ({ spec }) => (spec.ingress === undefined ? [] : host("spec.ingress.host", spec.ingress.host))

const httpRoute: Rule = ({ spec: { httpRoute } }) => {
  if (httpRoute === undefined) return []
  const { parentRefs, hostnames } = httpRoute
  return [
    ...(parentRefs.length > 0
      ? []
      : [{ field: "spec.httpRoute.parentRefs", message: "is empty; name the Gateway to which the route is attached" }]),
    ...(hostnames.length > 0 ? [] : [{ field: "spec.httpRoute.hostnames", message: "is empty; add a host name" }]),
    ...hostnames.flatMap((name, index) => host(`spec.httpRoute.hostnames[${index}]`, name)),
  ]
}

const isMap = (value: unknown) => value === undefined || (Predicate.isObject(value) && !Array.isArray(value))

const service: Rule = ({ metadata, spec }) => {
  const problem = (path: string, message: string): Problem => ({ field: `spec.service${path}`, message })
  const { metadata: own, spec: fields } = (spec.service ?? {}) as {
    readonly metadata?: Readonly<Record<string, unknown>>
    readonly spec?: Readonly<Record<string, unknown>>
  }
  if (!isMap(own) || !isMap(own?.["labels"]) || !isMap(own?.["annotations"])) {
    return [problem(".metadata", "must have maps of labels and annotations, as in a Service")]
  }
  const ports = fields?.["ports"]
  if (!isMap(fields) || (ports !== undefined && !(Array.isArray(ports) && ports.every(Predicate.isObject)))) {
    return [problem(".spec", "must be an object with a list of ports, as in a Service")]
  }
  return [
    ...(own?.["name"] === undefined || own["name"] === metadata.name
      ? []
      : [problem(".metadata.name", `the Service has the name of the server; remove it, or use ${metadata.name}`)]),
    ...(fields?.["type"] === "ExternalName"
      ? [problem(".spec.type", "ExternalName leads away from the server; use ClusterIP, NodePort or LoadBalancer")]
      : []),
  ]
}

const url: Rule = ({ spec }) =>
  spec.url === undefined || parseUrl(spec.url) !== undefined
    ? []
    : [
        {
          field: "spec.url",
          message: `${JSON.stringify(spec.url)} is not an address for browsers; use one such as https://history.example.com, without ? and #`,
        },
      ]

/** Links would begin with one path, and the proxy would take another. */
const proxyBase: Rule = (server) => {
  const path = publicUrl(server)?.pathname.replace(/\/+$/, "") ?? ""
  const own = server.spec.sparkConf?.[proxyBaseKey]
  return own === undefined || path === "" || own === path
    ? []
    : [
        {
          field: keyOf("spec.sparkConf", proxyBaseKey),
          message: `is ${own}, but spec.url has the path ${path}; remove this key`,
        },
      ]
}

const labels = (selector: LabelSelector, field: string): ReadonlyArray<Problem> => [
  ...Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) =>
    isLabelKey(key) && isLabelValue(value)
      ? []
      : [
          {
            field: `${field}.matchLabels[${JSON.stringify(key)}]`,
            message: `${key}=${value} is not a label; nothing could have it`,
          },
        ],
  ),
  ...(selector.matchExpressions ?? []).flatMap(({ key, operator, values = [] }, index): ReadonlyArray<Problem> => {
    const at = `${field}.matchExpressions[${index}]`
    const needsValues = operator === "In" || operator === "NotIn"
    if (!isLabelKey(key)) return [{ field: `${at}.key`, message: `${JSON.stringify(key)} is not the key of a label` }]
    if (needsValues && values.length === 0) {
      return [
        {
          field: `${at}.values`,
          message: `${operator} needs at least one value; use Exists or DoesNotExist without values`,
        },
      ]
    }
    return !needsValues && values.length > 0
      ? [{ field: `${at}.values`, message: `${operator} has no values; remove them, or use In or NotIn` }]
      : []
  }),
]

const applications: Rule = ({ spec: { applications } }) => [
  ...labels(applications?.selector ?? {}, "spec.applications.selector"),
  ...(applications?.namespaces ?? []).flatMap((name, index) =>
    name === "*" || isDnsLabel(name)
      ? []
      : [
          {
            field: `spec.applications.namespaces[${index}]`,
            message: `${JSON.stringify(name)} is not a namespace; use a name, or "*" for all`,
          },
        ],
  ),
  ...(applications?.namespaces?.length === 0
    ? [
        {
          field: "spec.applications.namespaces",
          message: 'is empty; remove it for the namespace of the server, or use "*" for all',
        },
      ]
    : []),
]

export const accessRules: ReadonlyArray<Rule> = [ingress, httpRoute, service, url, proxyBase, applications]
