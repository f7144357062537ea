/** Spark's `MountSecretsFeatureStep` and `EnvSecretsFeatureStep`: Secrets as directories and as environment variables of the driver. */

import type { EnvVar } from "kubernetes-types/core/v1"
import { addEnv, mountVolume } from "../pod/SparkPod.ts"
import type { ReadStep } from "./FeatureStep.ts"

/** `spark.kubernetes.driver.secrets.<secret>=<directory>`. */
export const mountSecrets: ReadStep = ({ read }) => {
  const secrets = read.prefixed("spark.kubernetes.driver.secrets.")
  return {
    configurePod: (pod) =>
      secrets.reduce(
        (pod, { name, value }) =>
          mountVolume(pod, { name: `${name}-volume`, secret: { secretName: name } }, { mountPath: value }),
        pod,
      ),
  }
}

/** `spark.kubernetes.driver.secretKeyRef.<VARIABLE>=<secret>:<key>`. */
export const envSecrets: ReadStep = ({ read }) => {
  const variables = read.prefixed("spark.kubernetes.driver.secretKeyRef.").map(({ name, value, field }): EnvVar => {
    const [secret = "", key = "", ...rest] = value.split(":")
    if (secret === "" || key === "" || rest.length > 0) {
      read.refuse(field, `${JSON.stringify(value)} does not name a key of a Secret; write <secret>:<key>`)
    }
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } }
  })
  return { configurePod: (pod) => addEnv(pod, variables) }
}
