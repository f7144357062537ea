/**
 * The custom resources of Spark: group, version, kind and plural of each, written here and nowhere else. Group and names are those of
 * kubeflow's operator, so that its manifests, and the tools that know them, work unchanged; what kubeflow does not have is in a group of our
 * own.
 */

import { type Resource, resource } from "../kube/Resource.ts"
import type { SparkApplication } from "./application/SparkApplication.ts"
import type { SparkConnect } from "./connect/SparkConnect.ts"
import type { SparkHistoryServer } from "./history/SparkHistoryServer.ts"
import type { ScheduledSparkApplication } from "./schedule/ScheduledSparkApplication.ts"

export const group = "sparkoperator.k8s.io"

/** Apart from the resource, because the schema of SparkApplication describes its own fields with it. */
export const sparkApplicationType = { apiVersion: `${group}/v1beta2`, kind: "SparkApplication" } as const

export const sparkApplications: Resource<SparkApplication> = resource(
  group,
  "v1beta2",
  "sparkapplications",
  sparkApplicationType.kind,
)

export const scheduledSparkApplications: Resource<ScheduledSparkApplication> = resource(
  group,
  "v1beta2",
  "scheduledsparkapplications",
  "ScheduledSparkApplication",
)

export const sparkConnects: Resource<SparkConnect> = resource(group, "v1alpha1", "sparkconnects", "SparkConnect")

/** Of the kinds that are not kubeflow's. */
export const ownGroup = "firesteel.dev"

export const sparkHistoryServers: Resource<SparkHistoryServer> = resource(
  ownGroup,
  "v1alpha1",
  "sparkhistoryservers",
  "SparkHistoryServer",
)
