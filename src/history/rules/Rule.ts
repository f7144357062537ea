/** A rule on a SparkHistoryServer whose fields all have the right type. */

import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import type { Problem } from "../../api/Problem.ts"

export type Rule = (server: SparkHistoryServer) => ReadonlyArray<Problem>

/** `[major, minor]`; undefined for what is not a version. */
export const versionOf = ({ spec }: Pick<SparkHistoryServer, "spec">): readonly [number, number] | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(spec.sparkVersion) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}
