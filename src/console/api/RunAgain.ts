/**
 * A new application with the spec of one that has ended. An application that is final stays so until its spec is edited, and its status is the
 * record of the run; so it is not touched. Pure.
 */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import { scheduledAppName } from "../../spark/Labels.ts"

const longestName = 63
/** Seconds in base 36: six characters until the year 2038, seven afterwards. */
const suffix = (now: number) => Math.floor(now / 1000).toString(36)

/** Name of the copy: without the suffix of an earlier copy. */
const nameOf = (name: string, now: number): string => {
  const end = `-again-${suffix(now)}`
  const stem = name.replace(/-again-[0-9a-z]{6,7}$/, "").slice(0, longestName - end.length)
  return `${stem.replace(/-+$/, "")}${end}`
}

/** Labels and annotations are kept, except those by which a schedule counts its runs, and the copy of the manifest that kubectl keeps. */
export const copyOf = ({ apiVersion, kind, metadata, spec }: SparkApplication, now: number): SparkApplication => {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== scheduledAppName)
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith("kubectl.kubernetes.io/") && !key.startsWith("sparkoperator.k8s.io/"),
  )
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      name: nameOf(metadata.name, now),
      namespace: metadata.namespace,
      ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    } as SparkApplication["metadata"],
    spec,
  }
}
