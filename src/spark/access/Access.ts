/**
 * A Service that leads to the driver, and an Ingress or an HTTPRoute that leads to that Service: what the UI and the further ports of a driver
 * have in common. Service and Ingress are as kubeflow's operator makes them.
 */

import type { Service } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { Ingress, IngressTLS } from "kubernetes-types/networking/v1"
import type { ParentReference } from "../../api/ParentReference.ts"
import type { Child } from "../Child.ts"
import { type ChildOptions, noChildOptions } from "../ChildOptions.ts"
import * as Labels from "../Labels.ts"
import type { Submission } from "../submit/Submission.ts"
import type { Ui } from "../Ui.ts"
import type { Workload } from "../Workload.ts"
import { httpRoute, httpRoutes } from "./HttpRoute.ts"
import type { IngressAddress } from "./IngressAddress.ts"

type StringMap = Readonly<Record<string, string>>

/** One submission of an application, and the operator's settings. */
export interface ChildContext {
  readonly workload: Workload
  readonly ui: Ui
  readonly submission: Submission
  readonly options: ChildOptions
}

/** The context of one submission of a plan. */
export const childContext = (
  { workload, ui }: Pick<ChildContext, "workload" | "ui">,
  submission: Submission,
  { children = noChildOptions }: { readonly children?: ChildOptions },
): ChildContext => ({ workload, ui, submission, options: children })

interface Own {
  readonly labels?: StringMap | undefined
  readonly annotations?: StringMap | undefined
}

/**
 * Metadata with the labels by which an operator finds its objects, which override the user's labels, and with the owner of the workload.
 */
export const childMetadata = ({ workload, submission }: ChildContext, name: string, own: Own = {}): ObjectMeta => ({
  name,
  namespace: workload.metadata.namespace,
  labels: {
    ...own.labels,
    [workload.identity.nameLabel]: workload.metadata.name,
    [Labels.submissionId]: submission.submissionId,
    [Labels.createdBy]: "true",
  },
  ...(Object.keys(own.annotations ?? {}).length === 0 ? {} : { annotations: { ...own.annotations } }),
  ownerReferences: [workload.owner],
})

/** Selects the driver of this workload, of any submission. */
export const driverSelector = ({ workload }: ChildContext): StringMap => ({
  [workload.identity.nameLabel]: workload.metadata.name,
  [Labels.sparkRole]: workload.identity.driverRole,
})

/** The user's settings for a Service and its Ingress or HTTPRoute. */
interface AccessFields {
  readonly serviceType?: string
  readonly serviceLabels?: StringMap
  readonly serviceAnnotations?: StringMap
  readonly ingressAnnotations?: StringMap
  readonly ingressTLS?: ReadonlyArray<IngressTLS>
  readonly parentRefs?: ReadonlyArray<ParentReference>
}

/** Names of what leads from an address to a Service: of one or the other. */
interface EdgeNames {
  readonly ingress: string
  readonly route: string
}

interface Backend {
  readonly service: string
  readonly port: number
  readonly secure: boolean
}

interface ServicePort {
  readonly name: string
  readonly port: number
  readonly targetPort: number
}

/** Service `name` from `port` to the driver's `targetPort`. */
export const serviceChild = (
  context: ChildContext,
  name: string,
  { name: portName, port, targetPort }: ServicePort,
  { serviceType, serviceLabels, serviceAnnotations }: AccessFields,
): Child => {
  const object: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: childMetadata(context, name, { labels: serviceLabels, annotations: serviceAnnotations }),
    spec: {
      type: serviceType || "ClusterIP",
      selector: { ...driverSelector(context) },
      ports: [{ name: portName, port, targetPort, protocol: "TCP" }],
    },
  }
  return { phase: "after", group: "", version: "v1", plural: "services", kind: "Service", object }
}

const rewriteTarget = "nginx.ingress.kubernetes.io/rewrite-target"
const backendProtocol = "nginx.ingress.kubernetes.io/backend-protocol"

/** Whether the address is served by an HTTPRoute instead of an Ingress: the resource names Gateways, or the operator is set to them. */
export const isRouted = ({ uiRoute }: ChildOptions, { parentRefs = [] }: Pick<AccessFields, "parentRefs">): boolean =>
  parentRefs.length > 0 || uiRoute === "gateway"

/** What leads from the address to a port of the Service. `at`: the field of the spec with these settings. */
export const edgeChild = (
  context: ChildContext,
  names: EdgeNames,
  address: IngressAddress,
  backend: Backend,
  fields: AccessFields,
  at: string,
): Child =>
  isRouted(context.options, fields)
    ? routeChild(context, names.route, address, backend, fields, at)
    : ingressChild(context, names.ingress, address, backend, fields)

/** The user's annotations, or else the operator's. */
const edgeAnnotations = ({ options }: ChildContext, { ingressAnnotations = {} }: AccessFields): StringMap | undefined =>
  Object.keys(ingressAnnotations).length > 0 ? ingressAnnotations : options.ingressAnnotations

const routeChild = (
  context: ChildContext,
  name: string,
  address: IngressAddress,
  backend: Backend,
  fields: AccessFields,
  at: string,
): Child => {
  const { parentRefs: own = [] } = fields
  const metadata = childMetadata(context, name, { annotations: edgeAnnotations(context, fields) })
  const parents = own.length > 0 ? own : (context.options.gatewayParents ?? [])
  return {
    phase: "after",
    ...httpRoutes,
    object: httpRoute(metadata, parents, { hostnames: [address.host], path: address.path }, backend),
    parentsFrom: own.length > 0 ? `${at}.parentRefs` : "--gateway-parent-refs",
  }
}

/**
 * An address with a path serves everything below it without that path, and a secure backend is reached by HTTPS. The Ingress API can express
 * neither, so annotations of ingress-nginx do; a user's own values win.
 */
const ingressChild = (
  context: ChildContext,
  name: string,
  { host, path }: IngressAddress,
  backend: Backend,
  fields: AccessFields,
): Child => {
  const { options } = context
  const { ingressTLS } = fields
  const annotations = {
    ...(path === "" ? {} : { [rewriteTarget]: "/$2" }),
    ...(backend.secure ? { [backendProtocol]: "HTTPS" } : {}),
    ...edgeAnnotations(context, fields),
  }
  const tls = ingressTLS && ingressTLS.length > 0 ? ingressTLS : options.ingressTls
  const object: Ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: childMetadata(context, name, { annotations }),
    spec: {
      ...(options.ingressClassName ? { ingressClassName: options.ingressClassName } : {}),
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: path === "" ? "/" : `${path}(/|$)(.*)`,
                pathType: "ImplementationSpecific",
                backend: { service: { name: backend.service, port: { number: backend.port } } },
              },
            ],
          },
        },
      ],
      ...(tls && tls.length > 0 ? { tls: [...tls] } : {}),
    },
  }
  return { phase: "after", group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress", object }
}
