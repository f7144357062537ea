/**
 * The objects of a submission, as spark-submit would make them. This is all that other folders need to submit a workload: validate
 * it, record the submission, build, create.
 */

import type { Submission } from "../submit/Submission.ts"
import type { Valid } from "../Validate.ts"
import { driverObjects, type DriverObjects } from "./DriverObjects.ts"
import type { BuildOptions } from "./FeatureStep.ts"

export type { DriverObjects } from "./DriverObjects.ts"
export type { BuildOptions } from "./FeatureStep.ts"

/** The address of the API server inside the cluster. */
export const defaultMaster = "k8s://https://kubernetes.default.svc:443"

/**
 * Driver pod, headless Service and ConfigMaps of one submission. Total and pure: equal input gives equal JSON text, so creating the
 * objects again after a crash changes nothing. Create ConfigMaps and Service before the pod.
 */
export const build = (valid: Valid, submission: Submission, options: BuildOptions): DriverObjects =>
  driverObjects(valid, submission, options)
