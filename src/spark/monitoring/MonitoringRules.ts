/** Problems that would prevent the JMX exporter, and with it the whole driver, from starting. */

import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"

const portName = /^(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?!-)){0,13}[a-z0-9]$|^[a-z]$/
const field = "spec.monitoring"

const filePath = (path: string | undefined, at: string): ReadonlyArray<Problem> =>
  !path || path.startsWith("/")
    ? []
    : [{ field: at, message: `${JSON.stringify(path)} is not the path of a file in the image; begin it with /` }]

/** Problems in `spec.monitoring`. */
export const monitoringProblems = ({ monitoring, ...spec }: WorkloadSpec): ReadonlyArray<Problem> => {
  if (monitoring === undefined) return []
  const { prometheus, exposeDriverMetrics, exposeExecutorMetrics } = monitoring
  const file = filePath(monitoring.metricsPropertiesFile, `${field}.metricsPropertiesFile`)
  if (prometheus === undefined) return file
  const at = `${field}.prometheus`
  const { jmxExporterJar, port = 8090, portName: name } = prometheus
  const exposed = [...(exposeDriverMetrics ? [spec.driver] : []), ...(exposeExecutorMetrics ? [spec.executor] : [])]
  const taken = exposed.some(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port))
  return [
    ...file,
    ...filePath(prometheus.configFile, `${at}.configFile`),
    ...(/^\/\S+$/.test(jmxExporterJar)
      ? []
      : [
          {
            field: `${at}.jmxExporterJar`,
            message: `${JSON.stringify(jmxExporterJar)} is not the path of a jar in the image; use one such as /prometheus/jmx_prometheus_javaagent.jar`,
          },
        ]),
    ...(name && !portName.test(name)
      ? [
          {
            field: `${at}.portName`,
            message: `${JSON.stringify(name)} is not a valid name of a container port; use at most 15 lower-case letters, digits and -`,
          },
        ]
      : []),
    ...(taken ? [{ field: `${at}.port`, message: `port ${port} is also in the ports of a role; use another` }] : []),
  ]
}
