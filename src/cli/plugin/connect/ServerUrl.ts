/** Where a Connect server listens in its pod, and what a client on this machine is given. Pure. */

import type { SparkConnect } from "../../../api/connect/SparkConnect.ts"
import { portKey } from "../../../connect/Workload.ts"
import { defaultPorts } from "../../../spark/driver/BasicDriver.ts"

/** That of the configuration, else Spark's. */
export const podPortOf = ({ spec }: Pick<SparkConnect, "spec">): number => {
  const port = Number(spec.sparkConf?.[portKey])
  return Number.isInteger(port) && port > 0 ? port : defaultPorts.connect
}

/** Clients speak no TLS to `localhost`, so the token can be given as such. */
export const urlFor = (localPort: number, token: string | undefined): string =>
  `sc://localhost:${localPort}${token === undefined ? "" : `/;token=${encodeURIComponent(token)}`}`
