/** Problems of the Services and Ingresses of a driver that otherwise only the API server, or a running driver, would reveal. */

import type { DriverIngressOptions, SparkUIOptions } from "../../api/application/DriverAccess.ts"
import type { Problem } from "../../api/Problem.ts"
import type { ChildOptions } from "../ChildOptions.ts"
import { keyOf } from "../conf/SparkConf.ts"
import { annotationError, isDnsLabel, labelError } from "../pod/MetadataRules.ts"
import type { Submitter } from "../submit/Submitter.ts"
import type { Workload } from "../Workload.ts"
import { ingressAddress, wantedFormat } from "./IngressAddress.ts"

type Fields = SparkUIOptions | DriverIngressOptions

const serviceTypes = ["ClusterIP", "NodePort", "LoadBalancer"]

const mapProblems = (
  map: Readonly<Record<string, string>> | undefined,
  field: string,
  error: (key: string, value: string) => string | undefined,
): ReadonlyArray<Problem> =>
  Object.entries(map ?? {}).flatMap(([key, value]) => {
    const message = error(key, value)
    return message === undefined ? [] : [{ field: keyOf(field, key), message }]
  })

const sharedProblems = (fields: Fields, at: string): ReadonlyArray<Problem> => {
  const { servicePort, servicePortName, serviceType } = fields
  const problems: Array<Problem> = []
  if (servicePort !== undefined && (servicePort < 1 || servicePort > 65535)) {
    problems.push({ field: `${at}.servicePort`, message: `${servicePort} is not a port; use a number from 1 to 65535` })
  }
  if (servicePortName && !isDnsLabel(servicePortName)) {
    const message = `${JSON.stringify(servicePortName)} is not a valid name of a port; use at most 63 lower-case letters, digits and -`
    problems.push({ field: `${at}.servicePortName`, message })
  }
  if (serviceType && !serviceTypes.includes(serviceType)) {
    const message = `a Service of type ${JSON.stringify(serviceType)} cannot lead to a driver; use ${serviceTypes.join(", ")}`
    problems.push({ field: `${at}.serviceType`, message })
  }
  return [
    ...problems,
    ...mapProblems(fields.serviceLabels, `${at}.serviceLabels`, labelError),
    ...mapProblems(fields.serviceAnnotations, `${at}.serviceAnnotations`, annotationError),
    ...mapProblems(fields.ingressAnnotations, `${at}.ingressAnnotations`, annotationError),
  ]
}

/** Problems in `spec.sparkUIOptions` and `spec.driverIngressOptions`. */
export const accessProblems = ({ metadata, spec }: Workload): ReadonlyArray<Problem> => {
  const entries = spec.driverIngressOptions ?? []
  const tokens = { appName: metadata.name, appNamespace: metadata.namespace, appId: "spark-0" }
  const addressOf = (format: string) => ingressAddress(format, tokens)
  const addresses = entries.map(({ ingressURLFormat }) => {
    const address = ingressURLFormat ? addressOf(ingressURLFormat) : undefined
    return address && `${address.host}${address.path}`
  })
  return [
    ...(spec.sparkUIOptions === undefined ? [] : sharedProblems(spec.sparkUIOptions, "spec.sparkUIOptions")),
    ...entries.flatMap((entry, index) => {
      const at = `spec.driverIngressOptions[${index}]`
      const { servicePort, ingressURLFormat } = entry
      const twice = entries.findIndex((other) => other.servicePort === servicePort) < index
      const address = addresses[index]
      const taken = address !== undefined && addresses.indexOf(address) < index
      return [
        ...sharedProblems(entry, at),
        ...(twice
          ? [{ field: `${at}.servicePort`, message: `port ${servicePort} is used twice; give each entry its own` }]
          : []),
        ...(ingressURLFormat && address === undefined
          ? [{ field: `${at}.ingressURLFormat`, message: `${JSON.stringify(ingressURLFormat)} is not ${wantedFormat}` }]
          : []),
        ...(taken
          ? [{ field: `${at}.ingressURLFormat`, message: `${address} is used twice; give each entry its own address` }]
          : []),
      ]
    }),
  ]
}

/** What a spec requests but this operator, or the Job that submits, cannot provide. */
export const accessWarnings = (
  { spec }: Workload,
  options: ChildOptions,
  submittedBy: Submitter["by"],
): ReadonlyArray<Problem> => {
  const { sparkUIOptions = {} } = spec
  const urlFormats = [options.ingressUrlFormat, ...(spec.driverIngressOptions ?? []).map((it) => it.ingressURLFormat)]
  const ingressFields = (["ingressTLS", "ingressAnnotations"] as const).filter((name) => sparkUIOptions[name])
  return [
    ...(spec.driverPodDisruptionBudget === true && !options.driverPodDisruptionBudget
      ? [
          {
            field: "spec.driverPodDisruptionBudget",
            message: "has no effect: the operator runs without --enable-driver-pdb",
          },
        ]
      : []),
    ...(Object.keys(sparkUIOptions).length > 0 && !options.uiService
      ? [{ field: "spec.sparkUIOptions", message: "has no effect: the operator runs with --enable-ui-service=false" }]
      : []),
    ...(options.uiService && !options.ingressUrlFormat
      ? ingressFields.map((name) => ({
          field: `spec.sparkUIOptions.${name}`,
          message: "has no effect: the operator runs without --ingress-url-format",
        }))
      : []),
    ...(submittedBy === "job" && urlFormats.some((format) => format?.includes("$appId"))
      ? [
          {
            field: "spec.submission.submitter",
            message:
              "spark-submit generates its own application id in the Job, so {{$appId}} in an ingress URL would be another one; use {{$appName}}",
          },
        ]
      : []),
  ]
}
