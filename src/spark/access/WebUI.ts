/**
 * The Service and the Ingress of the Spark UI. They live as long as the run: unlike kubeflow's they are taken away when the application
 * has ended, because nobody answers there any more and thousands of Services burden a namespace.
 */

import type { Service } from "kubernetes-types/core/v1"
import type { SparkApplicationStatus } from "../../api/application/SparkApplicationStatus.ts"
import type { Child, ChildObject } from "../Child.ts"
import { uiIngressName, uiServiceName } from "../ChildNames.ts"
import type { SparkConf } from "../conf/SparkConf.ts"
import { sparkAppId } from "../submit/Submission.ts"
import { type ChildContext, ingressChild, serviceChild } from "./Access.ts"
import { type AddressTokens, type IngressAddress, ingressAddress } from "./IngressAddress.ts"

const defaultPort = 4040

/** The port at which the driver's UI listens; one that cannot be read is another check's business. */
export const uiPort = (conf: SparkConf): number => Number(conf.get("spark.ui.port")?.value) || defaultPort

/** Whether there is a UI that a Service could lead to. */
const hasUi = (conf: SparkConf) => conf.get("spark.ui.enabled")?.value.trim().toLowerCase() !== "false"

/** What the tokens of an address stand for. */
export const addressTokens = ({ application, submission }: ChildContext): AddressTokens => ({
  appName: application.metadata.name,
  appNamespace: application.metadata.namespace,
  appId: sparkAppId(submission.submissionId),
})

/** Where the UI answers outside of the cluster; undefined when it does not. */
export const uiAddress = (context: ChildContext, conf: SparkConf): IngressAddress | undefined => {
  const { uiService, ingressUrlFormat } = context.options
  return uiService && ingressUrlFormat && hasUi(conf)
    ? ingressAddress(ingressUrlFormat, addressTokens(context))
    : undefined
}

/** Service `<app>-ui-svc`, and Ingress `<app>-ui-ingress` where the operator has a format for addresses. */
export const webUI = (context: ChildContext, conf: SparkConf): ReadonlyArray<Child> => {
  const { application, options } = context
  if (!options.uiService || !hasUi(conf)) return []
  const fields = application.spec.sparkUIOptions
  const targetPort = uiPort(conf)
  const port = fields === undefined ? targetPort : (fields.servicePort ?? defaultPort)
  const service = uiServiceName(application.metadata.name)
  const portName = fields?.servicePortName || "spark-driver-ui-port"
  const address = uiAddress(context, conf)
  const ingress = uiIngressName(application.metadata.name)
  return [
    serviceChild(context, service, { name: portName, port, targetPort }, fields ?? {}),
    ...(address === undefined ? [] : [ingressChild(context, ingress, address, { service, port }, fields ?? {})]),
  ]
}

/** The keys of `status.driverInfo` about the UI, from those of its objects that exist now. */
export const webUIInfo = (
  context: ChildContext,
  conf: SparkConf,
  existing: ReadonlyArray<ChildObject>,
): Partial<SparkApplicationStatus["driverInfo"]> => {
  const { name } = context.application.metadata
  const find = (wanted: string, kind: string) =>
    existing.find((object) => object.kind === kind && object.metadata?.name === wanted)
  const service = find(uiServiceName(name), "Service") as Service | undefined
  const ingress = find(uiIngressName(name), "Ingress")
  const { clusterIP, ports } = service?.spec ?? {}
  const port = ports?.[0]?.port
  const address = ingress && uiAddress(context, conf)
  return {
    ...(service === undefined ? {} : { webUIServiceName: uiServiceName(name) }),
    ...(port === undefined ? {} : { webUIPort: port }),
    ...(clusterIP && clusterIP !== "None" && port !== undefined ? { webUIAddress: `${clusterIP}:${port}` } : {}),
    ...(address ? { webUIIngressName: uiIngressName(name), webUIIngressAddress: address.url } : {}),
  }
}
