/** Which changes of a spec need another server: all except those that concern when it runs and how it is reached. */

import type { SparkConnectSpec } from "../api/connect/SparkConnectSpec.ts"
import { fingerprint } from "../spark/Fingerprint.ts"

/** 16 hexadecimal digits; equal for specs that make the same server. */
export const revisionOf = (spec: SparkConnectSpec): string => {
  const { suspend: _suspend, updateStrategy: _strategy, restart: _restart, idle: _idle, server, ...shaping } = spec
  const { service: _service, ingress: _ingress, grpcRoute: _route, ...pod } = server
  return fingerprint({ ...shaping, server: pod })
}
