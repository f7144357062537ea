/** Names of the objects of a Connect server: kubeflow's where it has them. They follow from the resource alone, except for executors. */

import type { SparkConnect } from "../api/connect/SparkConnect.ts"
import { fingerprint } from "../spark/Fingerprint.ts"

/** The pod, of every attempt. */
export const serverPodName = ({ metadata }: Pick<SparkConnect, "metadata">): string => `${metadata.name}-server`

/** The Service for clients, which stays while servers come and go. */
export const serviceName = ({ metadata, spec }: Pick<SparkConnect, "metadata" | "spec">): string =>
  spec.server.service?.metadata?.name ?? `${metadata.name}-server`

/** The Secret with the token; undefined without one. */
export const tokenSecretName = ({ metadata, spec }: Pick<SparkConnect, "metadata" | "spec">): string | undefined =>
  spec.auth?.mode === "Token" ? (spec.auth.secretName ?? `${metadata.name}-token`) : undefined

/** The Ingress and the GRPCRoute. */
export const routeName = ({ metadata }: Pick<SparkConnect, "metadata">): string => `${metadata.name}-server`

/** Spark appends `-exec-<number>` to the prefix and needs room for it in a host name. */
const longestPrefix = 47

/**
 * The prefix of the executors of an attempt. The first has kubeflow's names, `<name>-exec-<number>`; later ones have others, because executors
 * of the attempt before may still be ending. A long name is shortened, with a hash that keeps it apart from others.
 */
export const executorPrefix = ({ metadata: { name } }: Pick<SparkConnect, "metadata">, attempt: number): string => {
  const suffix = attempt === 1 ? "" : `-${attempt}`
  if (name.length + suffix.length <= longestPrefix) return `${name}${suffix}`
  const end = `-${fingerprint(name).slice(0, 8)}${suffix}`
  return `${name.slice(0, longestPrefix - end.length)}${end}`
}
