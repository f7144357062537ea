/**
 * Spark's `ExecutorKubernetesCredentialsFeatureStep`: an account in the template stays, but only under its old name, `serviceAccount`,
 * which is the one that the driver looks at. Without one, executors get the account of the executors, or that of the driver.
 */

import { withSpec } from "../pod/SparkPod.ts"
import type { ReadExecutorStep } from "./ExecutorStep.ts"

const key = (role: "driver" | "executor") => `spark.kubernetes.authenticate.${role}.serviceAccountName`

export const executorAccount: ReadExecutorStep = ({ read }) => {
  const serviceAccount = read.text(key("executor")) ?? read.text(key("driver"))
  return {
    configurePod: (pod) =>
      serviceAccount === undefined || pod.spec.serviceAccount
        ? pod
        : withSpec(pod, { serviceAccount, serviceAccountName: serviceAccount }),
  }
}
