/**
 * Spark's `KerberosConfDriverFeatureStep` for what is already in the cluster: `krb5.conf` from a ConfigMap and delegation tokens
 * from a Secret. Key tabs and tickets of a submitting machine are refused.
 */

import type { ConfReader } from "../conf/ConfReader.ts"
import { addEnv, mountVolume, type SparkPod } from "../pod/SparkPod.ts"
import type { ReadStep } from "./FeatureStep.ts"
import { uriScheme } from "./MainResource.ts"

const tokenDirectory = "/mnt/secrets/hadoop-credentials"

const refuseSubmitterFiles = (read: ConfReader) => {
  const path = "spark.kubernetes.kerberos.krb5.path"
  if (read.has(path)) {
    read.refuseNative(
      read.fieldOf(path),
      "a file of the submitting machine does not exist here; put it into a ConfigMap and use spark.kubernetes.kerberos.krb5.configMapName",
    )
  }
  for (const key of ["spark.kerberos.keytab", "spark.yarn.keytab"]) {
    const keytab = read.text(key)
    if (keytab !== undefined && uriScheme(keytab) !== "local") {
      read.refuseNative(
        read.fieldOf(key),
        "a key tab of the submitting machine does not exist here; mount it from a Secret and name it with local://",
      )
    }
  }
}

/** The values of two keys that need each other; undefined unless both are set. */
const readPair = (read: ConfReader, first: string, second: string) => {
  const [a, b] = [read.text(first), read.text(second)]
  if (a !== undefined && b === undefined) read.refuse(read.fieldOf(first), `Spark also needs ${second}`)
  if (a === undefined && b !== undefined) read.refuse(read.fieldOf(second), `Spark also needs ${first}`)
  return a === undefined || b === undefined ? undefined : ([a, b] as const)
}

export const kerberosConf: ReadStep = ({ read }) => {
  refuseSubmitterFiles(read)
  readPair(read, "spark.kerberos.keytab", "spark.kerberos.principal")
  const krb5 = read.text("spark.kubernetes.kerberos.krb5.configMapName")
  const tokens = readPair(
    read,
    "spark.kubernetes.kerberos.tokenSecret.name",
    "spark.kubernetes.kerberos.tokenSecret.itemKey",
  )

  const mountKrb5 = (pod: SparkPod) =>
    krb5 === undefined
      ? pod
      : mountVolume(
          pod,
          { name: "krb5-file", configMap: { name: krb5 } },
          { mountPath: "/etc/krb5.conf", subPath: "krb5.conf" },
        )
  const mountTokens = (pod: SparkPod) => {
    if (tokens === undefined) return pod
    const [secretName, itemKey] = tokens
    const mounted = mountVolume(pod, { name: "hadoop-secret", secret: { secretName } }, { mountPath: tokenDirectory })
    return addEnv(mounted, [{ name: "HADOOP_TOKEN_FILE_LOCATION", value: `${tokenDirectory}/${itemKey}` }])
  }
  return { configurePod: (pod) => mountTokens(mountKrb5(pod)) }
}
