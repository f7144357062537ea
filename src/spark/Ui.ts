/**
 * Where the Spark UI and REST API of a driver listen, by Spark's rules (`SparkUI.getUIPort`, `JettyUtils.startJettyServer`,
 * `SSLOptions.parse`). A plan reads it once (`Plan.ui`), and probes, Services, Ingresses and annotations for Prometheus take it from
 * there; the progress reader, which has no plan, reads it by the same rules.
 */

import { type ConfReader, confReader } from "./conf/ConfReader.ts"
import { keyOf, type SparkConf, sparkConf } from "./conf/SparkConf.ts"
import type { WorkloadSpec } from "./Workload.ts"

/** Where the UI answers. */
export interface UiEndpoint {
  readonly port: number
  /** HTTPS, usually with a certificate that no client can verify. */
  readonly secure: boolean
}

export interface Ui {
  /** `spark.ui.port`, which Spark writes into the driver pod and its Service in any case. With TLS it only redirects to the endpoint. */
  readonly plainPort: number
  /** Undefined where there is no UI, or at a port that only the driver knows. */
  readonly endpoint: UiEndpoint | undefined
  /** A filter, or TLS with client certificates, rejects requests of the kubelet: it can only open a connection. */
  readonly guarded: boolean
}

export const defaultUiPort = 4040

/** Distance of the TLS port from `spark.ui.port`; ports wrap round in the range above 1023 (`Utils.userPort`). */
const tlsOffset = 400
const userPort = (base: number, offset: number) => ((base + offset - 1024) % (65536 - 1024)) + 1024

const isEnabled = (read: ConfReader) => !read.has("spark.ui.enabled") || read.flag("spark.ui.enabled")

/** A flag of the UI's TLS, else that of all TLS. */
const tlsFlag = (read: ConfReader, name: string) =>
  read.has(`spark.ssl.ui.${name}`) ? read.flag(`spark.ssl.ui.${name}`) : read.flag(`spark.ssl.${name}`)

const tlsPort = (read: ConfReader, plain: number) =>
  read.has("spark.ssl.ui.port") ? read.port("spark.ssl.ui.port") : userPort(plain, tlsOffset)

/** Reads the UI from a configuration; values that Spark could not read go to the reader. `spark.ui.proxyBase` only shapes links. */
export const readUi = (read: ConfReader): Ui => {
  const plain = read.has("spark.ui.port") ? read.port("spark.ui.port") : defaultUiPort
  const secure = tlsFlag(read, "enabled")
  const port = secure && plain !== undefined ? tlsPort(read, plain) : plain
  return {
    plainPort: plain ?? defaultUiPort,
    endpoint: isEnabled(read) && port !== undefined ? { port, secure } : undefined,
    guarded: read.list("spark.ui.filters").length > 0 || (secure && tlsFlag(read, "needClientAuth")),
  }
}

/** The UI by a configuration whose problems were reported before. */
export const uiOf = (conf: SparkConf): Ui => readUi(confReader(conf, () => {}))

/**
 * The UI by a spec alone, valid or not, as for a driver that runs while its spec has become invalid. It equals `Plan.ui`, because neither a
 * field nor the operator sets these properties.
 */
export const uiOfSpec = ({ sparkConf: properties = {} }: Pick<WorkloadSpec, "sparkConf">): Ui =>
  uiOf(
    sparkConf(Object.entries(properties).map(([key, value]) => ({ key, value, field: keyOf("spec.sparkConf", key) }))),
  )
