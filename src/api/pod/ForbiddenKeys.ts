/**
 * The Spark properties that `spec.sparkConf` may not hold because a field of the resource, or the operator, decides about them: the list
 * of kubeflow's admission webhook. The API server refuses them; `spark/Refusals` says for each what to use instead.
 */

import { serverRule } from "../schema/Field.ts"
import { StringMap } from "../schema/Scalar.ts"

export const forbiddenKeys = [
  "spark.master",
  "spark.kubernetes.driver.master",
  "spark.kubernetes.container.image",
  "spark.kubernetes.driver.container.image",
  "spark.kubernetes.executor.container.image",
  "spark.kubernetes.authenticate.driver.serviceAccountName",
  "spark.kubernetes.authenticate.executor.serviceAccountName",
  "spark.kubernetes.authenticate.oauthToken",
  "spark.kubernetes.authenticate.oauthTokenFile",
  "spark.kubernetes.authenticate.driver.oauthToken",
  "spark.kubernetes.authenticate.driver.oauthTokenFile",
  "spark.kubernetes.authenticate.executor.oauthToken",
  "spark.kubernetes.authenticate.executor.oauthTokenFile",
] as const

/** Spark properties that a user may set. */
export const UserConf = StringMap.check(
  serverRule(
    forbiddenKeys.map((key) => `!('${key}' in self)`).join(" && "),
    "the master, images, service accounts and tokens are not set in sparkConf; use image, driver.image, executor.image, driver.serviceAccount, executor.serviceAccount and driver.kubernetesMaster",
  ),
)
