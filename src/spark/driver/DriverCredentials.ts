/**
 * Spark's `DriverKubernetesCredentialsFeatureStep` without the parts that need files of a submitting machine: the service account of the
 * driver. Tokens in the configuration are redacted in the properties, as Spark does.
 */

import { withSpec } from "../pod/SparkPod.ts"
import type { ReadStep } from "./FeatureStep.ts"

const prefix = "spark.kubernetes.authenticate.driver."
const submitterFiles = ["oauthToken", "caCertFile", "clientKeyFile", "clientCertFile"]

export const driverCredentials: ReadStep = ({ read }) => {
  for (const key of submitterFiles.map((name) => `${prefix}${name}`)) {
    if (read.has(key)) {
      read.refuseNative(
        read.fieldOf(key),
        "credentials of a submitting machine are not supported; give the driver a service account instead",
      )
    }
  }
  const serviceAccount = read.text(`${prefix}serviceAccountName`)
  const tokens = [...read.conf.keys()].filter((key) => key.endsWith("oauthToken"))

  return {
    // Spark writes the deprecated alias too.
    configurePod: (pod) =>
      serviceAccount === undefined ? pod : withSpec(pod, { serviceAccount, serviceAccountName: serviceAccount }),
    properties: () => Object.fromEntries(tokens.map((key) => [key, "<present_but_redacted>"])),
  }
}
