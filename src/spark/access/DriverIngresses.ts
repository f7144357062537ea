/** `spec.driverIngressOptions`: a Service, and where an address is given an Ingress or HTTPRoute, for each further port of the driver. */

import type { Child } from "../Child.ts"
import { driverIngressName, driverRouteName, driverServiceName } from "../ChildNames.ts"
import { type ChildContext, edgeChild, serviceChild } from "./Access.ts"
import { ingressAddress } from "./IngressAddress.ts"
import { addressTokens } from "./WebUI.ts"

/** Service `<app>-driver-<port>`, and Ingress `<app>-ing-<port>` or HTTPRoute `<app>-route-<port>`, of every entry. */
export const driverIngresses = (context: ChildContext): ReadonlyArray<Child> => {
  const { metadata, spec } = context.workload
  return (spec.driverIngressOptions ?? []).flatMap((fields, index) => {
    const port = fields.servicePort
    const service = driverServiceName(metadata.name, port)
    const portName = fields.servicePortName || `driver-ing-${port}`
    const address = fields.ingressURLFormat && ingressAddress(fields.ingressURLFormat, addressTokens(context))
    return [
      serviceChild(context, service, { name: portName, port, targetPort: port }, fields),
      ...(address
        ? [
            edgeChild(
              context,
              { ingress: driverIngressName(metadata.name, port), route: driverRouteName(metadata.name, port) },
              address,
              { service, port, secure: false },
              fields,
              `spec.driverIngressOptions[${index}]`,
            ),
          ]
        : []),
    ]
  })
}
