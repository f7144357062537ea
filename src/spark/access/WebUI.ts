/**
 * The Service and the Ingress or HTTPRoute of the Spark UI. They live as long as the run: unlike those of kubeflow's operator they are deleted when the
 * run has ended, because nothing answers there any longer and thousands of Services burden a namespace.
 */

import type { Service } from "kubernetes-types/core/v1"
import type { Child, ChildObject } from "../Child.ts"
import { uiIngressName, uiRouteName, uiServiceName } from "../ChildNames.ts"
import { sparkAppId } from "../submit/Submission.ts"
import { defaultUiPort } from "../Ui.ts"
import { type ChildContext, edgeChild, serviceChild } from "./Access.ts"
import { type AddressTokens, type IngressAddress, ingressAddress } from "./IngressAddress.ts"

/** The values of the tokens in an address. */
export const addressTokens = ({ workload, submission }: ChildContext): AddressTokens => ({
  appName: workload.metadata.name,
  appNamespace: workload.metadata.namespace,
  appId: sparkAppId(submission.submissionId),
})

/** The address of the UI outside of the cluster; undefined where it has none. */
export const uiAddress = (context: ChildContext): IngressAddress | undefined => {
  const { uiService, ingressUrlFormat } = context.options
  return uiService && ingressUrlFormat && context.ui.endpoint !== undefined
    ? ingressAddress(ingressUrlFormat, addressTokens(context))
    : undefined
}

/** Service `<app>-ui-svc`, and Ingress `<app>-ui-ingress` or HTTPRoute `<app>-ui-route` where the operator has a format for addresses. */
export const webUI = (context: ChildContext): ReadonlyArray<Child> => {
  const { workload, ui, options } = context
  if (!options.uiService || ui.endpoint === undefined) return []
  const { port: targetPort, secure } = ui.endpoint
  const fields = workload.spec.sparkUIOptions
  const port = fields === undefined ? targetPort : (fields.servicePort ?? (secure ? targetPort : defaultUiPort))
  const service = uiServiceName(workload.metadata.name)
  const portName = fields?.servicePortName || "spark-driver-ui-port"
  const address = uiAddress(context)
  const names = { ingress: uiIngressName(workload.metadata.name), route: uiRouteName(workload.metadata.name) }
  return [
    serviceChild(context, service, { name: portName, port, targetPort }, fields ?? {}),
    ...(address === undefined
      ? []
      : [edgeChild(context, names, address, { service, port, secure }, fields ?? {}, "spec.sparkUIOptions")]),
  ]
}

/** The keys of `status.driverInfo` about the UI. */
export interface WebUIInfo {
  readonly webUIServiceName?: string
  readonly webUIPort?: number
  readonly webUIAddress?: string
  readonly webUIIngressName?: string
  readonly webUIIngressAddress?: string
}

/** From the objects of the UI that exist now. */
export const webUIInfo = (context: ChildContext, existing: ReadonlyArray<ChildObject>): WebUIInfo => {
  const { name } = context.workload.metadata
  const find = (wanted: string, kind: string) =>
    existing.find((object) => object.kind === kind && object.metadata?.name === wanted)
  const service = find(uiServiceName(name), "Service") as Service | undefined
  const edge = find(uiIngressName(name), "Ingress") ?? find(uiRouteName(name), "HTTPRoute")
  const { clusterIP, ports } = service?.spec ?? {}
  const port = ports?.[0]?.port
  const address = edge && uiAddress(context)
  return {
    ...(service === undefined ? {} : { webUIServiceName: uiServiceName(name) }),
    ...(port === undefined ? {} : { webUIPort: port }),
    ...(clusterIP && clusterIP !== "None" && port !== undefined ? { webUIAddress: `${clusterIP}:${port}` } : {}),
    ...(address ? { webUIIngressName: edge.metadata?.name ?? "", webUIIngressAddress: address.url } : {}),
  }
}
