/** Which applications a history server selects, and whether another one may select the same. Pure. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { titleOf } from "../objects/Names.ts"
import { commonLabels, selects } from "./Selector.ts"

/** An application or a server, as a selector sees it. */
export interface Selectable {
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
}

const everyNamespace = "*"

/**
 * The namespaces of the applications. A claim can be mounted in its own namespace only, so others are left out if applications are to write
 * to one.
 */
export const namespacesOf = ({ metadata, spec }: SparkHistoryServer): ReadonlyArray<string> => {
  const { namespaces = [metadata.namespace], inject } = spec.applications ?? { namespaces: [] }
  if (spec.logDirectories[0]?.claim === undefined || inject === false) return namespaces
  const own = namespaces.includes(everyNamespace) || namespaces.includes(metadata.namespace)
  return own ? [metadata.namespace] : []
}

export const isSelected = (server: SparkHistoryServer, { namespace, labels = {} }: Selectable): boolean => {
  const namespaces = namespacesOf(server)
  return (
    (namespaces.includes(namespace) || namespaces.includes(everyNamespace)) &&
    selects(server.spec.applications?.selector ?? {}, labels)
  )
}

const commonNamespace = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): string | undefined =>
  a.includes(everyNamespace) ? b[0] : a.find((namespace) => b.includes(namespace) || b.includes(everyNamespace))

/** The labels and the namespace of an application that both servers would select; undefined if there can be none. */
const common = (a: SparkHistoryServer, b: SparkHistoryServer): string | undefined => {
  const namespace = commonNamespace(namespacesOf(a), namespacesOf(b))
  const labels = namespace && commonLabels(a.spec.applications?.selector ?? {}, b.spec.applications?.selector ?? {})
  if (labels === undefined || labels === "") return undefined
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const whose = pairs.length === 0 ? "without labels" : `with the labels ${pairs.join(", ")}`
  return `an application ${whose} in ${namespace === everyNamespace ? "any namespace" : `namespace ${namespace}`}`
}

/** What is wrong with the selection of a server next to these others, in a sentence with the remedy; undefined if nothing is. */
export const selectionConflict = (
  server: SparkHistoryServer,
  others: ReadonlyArray<SparkHistoryServer>,
): string | undefined => {
  for (const other of others) {
    const both = common(server, other)
    if (both === undefined) continue
    return `${both} would be selected by ${titleOf(other)}, too, and then has no event log of either; change spec.applications of one of them so that they exclude each other, for instance by matchExpressions with NotIn`
  }
  return undefined
}
