/** Problems of the Services, Ingresses and HTTPRoutes of a driver that otherwise only the API server, or a running driver, would reveal. */

import type { DriverIngressOptions, SparkUIOptions } from "../../api/application/DriverAccess.ts"
import { ParentReference } from "../../api/ParentReference.ts"
import type { Problem } from "../../api/Problem.ts"
import { reader } from "../../api/schema/Decode.ts"
import { isDnsLabel } from "../../kube/names/ObjectName.ts"
import type { ChildOptions } from "../ChildOptions.ts"
import { keyOf } from "../conf/SparkConf.ts"
import { annotationError, labelError } from "../pod/MetadataRules.ts"
import type { Valid } from "../Validate.ts"
import type { Workload } from "../Workload.ts"
import { isRouted } from "./Access.ts"
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

const readParent = reader(ParentReference)

const parentProblems = (parents: ReadonlyArray<unknown>, at: string): ReadonlyArray<Problem> =>
  parents.flatMap((parent, index) =>
    readParent(parent).problems.map(({ field, message }) => ({ field: `${at}[${index}].${field}`, message })),
  )

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
    ...parentProblems(fields.parentRefs ?? [], `${at}.parentRefs`),
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

/** Where an HTTPRoute cannot do what an Ingress with annotations can. `at`: the field with these settings. */
const routeWarnings = (fields: Fields, options: ChildOptions, secure: boolean, at: string): ReadonlyArray<Problem> => {
  if (!isRouted(options, fields)) return []
  return [
    ...((fields.ingressTLS ?? []).length > 0
      ? [
          {
            field: `${at}.ingressTLS`,
            message: "has no effect on an HTTPRoute: TLS ends at the listener of the Gateway",
          },
        ]
      : []),
    ...(secure
      ? [
          {
            field: at,
            message:
              "an HTTPRoute cannot request TLS to the Spark UI, which listens with TLS; add a BackendTLSPolicy for its Service, or turn off spark.ssl.ui.enabled",
          },
        ]
      : []),
  ]
}

/** What a spec requests but this operator, or the Job that submits, cannot provide. */
export const accessWarnings = (
  { workload: { spec }, ui, submitter }: Pick<Valid, "workload" | "ui" | "submitter">,
  options: ChildOptions,
): ReadonlyArray<Problem> => {
  const { sparkUIOptions = {}, driverIngressOptions = [] } = spec
  const urlFormats = [options.ingressUrlFormat, ...driverIngressOptions.map((it) => it.ingressURLFormat)]
  const edgeFields = (["ingressTLS", "ingressAnnotations", "parentRefs"] as const).filter(
    (name) => sparkUIOptions[name],
  )
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
      ? edgeFields.map((name) => ({
          field: `spec.sparkUIOptions.${name}`,
          message: "has no effect: the operator runs without --ingress-url-format",
        }))
      : []),
    ...(options.uiService && options.ingressUrlFormat && ui.endpoint !== undefined
      ? routeWarnings(sparkUIOptions, options, ui.endpoint.secure, "spec.sparkUIOptions")
      : []),
    ...driverIngressOptions.flatMap((entry, index) => {
      const at = `spec.driverIngressOptions[${index}]`
      if (entry.ingressURLFormat) return routeWarnings(entry, options, false, at)
      return entry.parentRefs === undefined
        ? []
        : [{ field: `${at}.parentRefs`, message: "has no effect without ingressURLFormat, the address of the route" }]
    }),
    ...(submitter.by === "job" && urlFormats.some((format) => format?.includes("$appId"))
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
