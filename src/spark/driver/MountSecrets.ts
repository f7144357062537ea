/**
 * Spark's `MountSecretsFeatureStep` and `EnvSecretsFeatureStep`: Secrets as directories and as environment variables. The same for
 * drivers and executors.
 */

import type { EnvVar } from "kubernetes-types/core/v1"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import { secretVolume } from "../pod/VolumeFields.ts"
import type { Configured } from "./FeatureStep.ts"

type Role = "driver" | "executor"
type Step = { readonly configurePod: (pod: SparkPod) => SparkPod }

/** `spark.kubernetes.<role>.secrets.<secret>=<directory>`. */
export const mountSecrets =
  (role: Role) =>
  ({ read }: Configured): Step => {
    const secrets = read.prefixed(`spark.kubernetes.${role}.secrets.`)
    return {
      configurePod: (pod) =>
        secrets.reduce(
          (pod, { name, value }) =>
            mountVolume(pod, { name: secretVolume(name), secret: { secretName: name } }, { mountPath: value }),
          pod,
        ),
    }
  }

/** `spark.kubernetes.<role>.secretKeyRef.<VARIABLE>=<secret>:<key>`. */
export const envSecrets =
  (role: Role) =>
  ({ read }: Configured): Step => {
    const references = read.prefixed(`spark.kubernetes.${role}.secretKeyRef.`)
    const variables = references.map(({ name, value, field }): EnvVar => {
      const [secret = "", key = "", ...rest] = value.split(":")
      if (secret === "" || key === "" || rest.length > 0) {
        read.refuse(field, `${JSON.stringify(value)} does not name a key of a Secret; write <secret>:<key>`)
      }
      return { name, valueFrom: { secretKeyRef: { name: secret, key } } }
    })
    return { configurePod: (pod) => addEnv(pod, variables) }
  }
