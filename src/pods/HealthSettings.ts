/** The operator's ConfigMap of health checks (`--health-checks-config`): a change of it counts for the next submission, without a restart. */

import type { Effect, Scope } from "effect"
import type { EventRecorder } from "../kube/EventRecorder.ts"
import type { Kube } from "../kube/Kube.ts"
import type { WatchMetrics } from "../kube/Reflector.ts"
import { readHealthConfig } from "../spark/health/HealthConfig.ts"
import { type HealthDefaults, noHealthDefaults } from "../spark/health/HealthDefaults.ts"
import { follow, type FollowedConfigMap } from "./FollowedConfigMap.ts"

export type HealthSettings = FollowedConfigMap<HealthDefaults>

/**
 * Follows the ConfigMap `source`, which is `namespace/name`, in the scope; undefined: there is none. An invalid entry keeps its last valid
 * value.
 */
export const make = (
  source: string | undefined,
  recorder: EventRecorder,
  metrics: WatchMetrics,
): Effect.Effect<HealthSettings, never, Kube | Scope.Scope> =>
  follow<HealthDefaults>(
    source,
    {
      absent: { ...noHealthDefaults, source },
      parse: (data, before) => {
        const { defaults, problems } = readHealthConfig(source ?? "", data, before)
        return { value: defaults, problems }
      },
      reason: "InvalidHealthChecks",
      lines: {
        read: "the health checks of the operator were read",
        invalid: "some health checks of the operator are invalid; their last valid values still apply",
        absent: "the ConfigMap of health checks does not exist: there are no defaults and no templates",
        unreadable: "the ConfigMap of health checks cannot be read yet; applications are run without it",
      },
      annotations: ({ byDefault, templates }) => ({
        default: byDefault?.preset ?? (byDefault === undefined ? "none" : "batch"),
        templates: [...templates.keys()].join(", "),
      }),
    },
    recorder,
    metrics,
  )
