/** Problems that would prevent the telemetry of a run from arriving, or the JVM from starting. */

import type { Problem } from "../../api/Problem.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { sendsOtlp } from "./OpenTelemetry.ts"

const field = "spec.telemetry.otlp"
const variable = "OTEL_EXPORTER_OTLP_ENDPOINT"

const isUrl = (text: string) => /^https?:\/\/[^\s/]+/.test(text)

/** Whether the user configures the endpoint by other means, so that the field is not needed. */
const namesEndpoint = ({ driver, sparkConf }: WorkloadSpec): boolean =>
  driver.envVars?.[variable] !== undefined ||
  driver.env?.some(({ name }) => name.startsWith("OTEL_EXPORTER_OTLP_")) === true ||
  (driver.envFrom?.length ?? 0) > 0 ||
  sparkConf?.[`spark.kubernetes.driverEnv.${variable}`] !== undefined

/** Problems in `spec.telemetry`. */
export const telemetryProblems = (spec: WorkloadSpec): ReadonlyArray<Problem> => {
  if (!sendsOtlp(spec)) return []
  const { endpoint, javaAgent } = spec.telemetry?.otlp ?? {}
  const problems: Array<Problem> = []
  if (!endpoint && !namesEndpoint(spec)) {
    const message = `mode ${spec.telemetry?.mode} needs the address of a collector, such as http://collector.observability:4318`
    problems.push({ field: `${field}.endpoint`, message })
  }
  if (endpoint && !isUrl(endpoint)) {
    const message = `${JSON.stringify(endpoint)} is not the address of a collector; use one such as http://collector.observability:4318`
    problems.push({ field: `${field}.endpoint`, message })
  }
  if (javaAgent !== undefined && !javaAgent.image && !javaAgent.jar) {
    const message = "give the path of the jar in the application's image (jar), or an image to copy it from (image)"
    problems.push({ field: `${field}.javaAgent`, message })
  }
  if (javaAgent?.jar && !/^\/\S+$/.test(javaAgent.jar)) {
    const message = `${JSON.stringify(javaAgent.jar)} is not the path of a jar in an image; use one such as /opt/opentelemetry-javaagent.jar`
    problems.push({ field: `${field}.javaAgent.jar`, message })
  }
  return problems
}

/** Options of a mode that is not enabled. */
export const telemetryWarnings = (spec: WorkloadSpec): ReadonlyArray<Problem> =>
  spec.telemetry?.otlp !== undefined && !sendsOtlp(spec)
    ? [{ field, message: `has no effect with mode ${spec.telemetry.mode ?? "none"}; use mode otlp or both` }]
    : []
