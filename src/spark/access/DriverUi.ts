/** Where the driver serves its Spark UI and REST API, by Spark's own rules (`SparkUI.getUIPort`, `JettyUtils.startJettyServer`, `SSLOptions`). */

export interface DriverUi {
  readonly port: number
  /** HTTPS, as a rule with a certificate that nobody knows. */
  readonly secure: boolean
}

const defaultPort = 4040

/** A port of the UI, moved by so much, wraps round in the range above 1023 (`Utils.userPort`). */
const securePort = (port: number) => ((port + 400 - 1024) % (65536 - 1024)) + 1024

const portOf = (value: string | undefined): number | undefined => {
  const port = Number(value?.trim())
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined
}

const isTrue = (value: string | undefined) => value?.trim().toLowerCase() === "true"

/** From `spec.sparkConf`; undefined where there is no UI, or at a port that only the driver knows. `spark.ui.proxyBase` only shapes links. */
export const driverUi = (conf: Readonly<Record<string, string>> = {}): DriverUi | undefined => {
  if (conf["spark.ui.enabled"]?.trim().toLowerCase() === "false") return undefined
  const port = conf["spark.ui.port"] === undefined ? defaultPort : portOf(conf["spark.ui.port"])
  if (port === undefined) return undefined
  if (!isTrue(conf["spark.ssl.ui.enabled"] ?? conf["spark.ssl.enabled"])) return { port, secure: false }
  return { port: portOf(conf["spark.ssl.ui.port"]) ?? securePort(port), secure: true }
}
