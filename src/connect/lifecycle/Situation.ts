/** Everything that a decision about a SparkConnect depends on, in one value: what is desired, what was recorded, what is observed, and the time. */

import type { IdlePolicy, RestartBackoff, UpdateStrategy } from "../../api/connect/ServerPolicies.ts"
import type { ConnectionLine, SparkConnectStatus } from "../../api/connect/SparkConnectStatus.ts"
import type { Problem } from "../../api/Problem.ts"
import type { Observed } from "./Observed.ts"

/** The fields that control the life of a server and shape none of its pods. They count for a spec with problems, too. */
export interface Desired {
  readonly suspend: boolean
  readonly updateStrategy: UpdateStrategy
  readonly restart: RestartBackoff
  readonly idle: IdlePolicy | undefined
}

/** How the server is reached, by the spec and the Service as it is now. */
export interface Reachable {
  readonly serviceName: string
  readonly endpoint: string
  readonly connections: ReadonlyArray<ConnectionLine>
  readonly tokenSecretName: string | undefined
  /** Hash by access object, as in `status.access`. */
  readonly access: Readonly<Record<string, string>>
}

export interface Situation {
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly deleting: boolean
  /** The value of the annotation by which an idle server is started again. */
  readonly wake: string | undefined
  readonly desired: Desired
  readonly problems: ReadonlyArray<Problem>
  readonly warnings: ReadonlyArray<Problem>
  readonly revision: string
  /** Undefined while the spec has problems. */
  readonly reachable: Reachable | undefined
  /** Seconds until the route is to be looked at again, whether Gateways accept it; undefined: no longer, or there is none. */
  readonly routeDue: number | undefined
  /** Where a server of this spec with this Spark application id can be seen in a history server; undefined: nowhere. */
  readonly historyUrlOf: (sparkApplicationId: string) => string | undefined
  readonly status: SparkConnectStatus
  readonly observed: Observed
  /** Whether the activity of servers is read. */
  readonly followsActivity: boolean
  /** Epoch milliseconds. */
  readonly now: number
}
