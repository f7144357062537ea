/**
 * The custom resources of Spark: group, version, kind and plural of each, written here and nowhere else. Group and names are those of
 * kubeflow's operator, so that its manifests, and the tools that know them, work unchanged.
 */

import { resource } from "../kube/Resource.ts"
import type { SparkApplication } from "./application/SparkApplication.ts"

export const group = "sparkoperator.k8s.io"

export const sparkApplications = resource<SparkApplication>(group, "v1beta2", "sparkapplications", "SparkApplication")
