/**
 * The Spark properties that `spec.sparkConf` must not contain because a field of the resource or the operator sets them: the list of
 * kubeflow's admission webhook. The API server rejects them; `spark/Refusals` names the replacement of each.
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
    "the master, images, service accounts and tokens must not be set in sparkConf; use image, driver.image, executor.image, driver.serviceAccount, executor.serviceAccount and driver.kubernetesMaster",
  ),
)
