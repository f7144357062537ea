/**
 * The Spark properties that `spec.sparkConf` must not contain because a field of the resource or the operator sets them: the list of
 * kubeflow's admission webhook. The API server rejects them; `spark/conf/ForbiddenConf` names the replacement of each.
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

/** As a list in CEL. */
const listed = `[${forbiddenKeys.map((key) => `'${key}'`).join(",")}]`

/** Spark properties that a user may set. */
export const UserConf = StringMap.check(
  serverRule(`${listed}.all(k, !(k in self))`, {
    expression: `${listed}.filter(k, k in self)[0] + ' is not allowed in sparkConf; use image, driver.image, executor.image, driver.serviceAccount, executor.serviceAccount or driver.kubernetesMaster, and no tokens'`,
  }),
)
