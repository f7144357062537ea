/** How users run an application again: the change of its spec that starts another run, as `kubectl rollout restart` does for a Deployment. Pure. */

import { restartedAtAnnotation } from "../spark/Labels.ts"

/** A merge patch. With milliseconds: the same value twice would start one run. `now`: epoch milliseconds. */
export const runAgain = (now: number) => ({
  spec: { driver: { annotations: { [restartedAtAnnotation]: new Date(now).toISOString() } } },
})
