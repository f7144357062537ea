/** `spec.driverIngressOptions`: a Service, and where an address is given an Ingress, for each further port of the driver. */

import type { Child } from "../Child.ts"
import { driverIngressName, driverServiceName } from "../ChildNames.ts"
import { type ChildContext, ingressChild, serviceChild } from "./Access.ts"
import { ingressAddress } from "./IngressAddress.ts"
import { addressTokens } from "./WebUI.ts"

/** Service `<app>-driver-<port>` and Ingress `<app>-ing-<port>` of every entry. */
export const driverIngresses = (context: ChildContext): ReadonlyArray<Child> => {
  const { metadata, spec } = context.workload
  return (spec.driverIngressOptions ?? []).flatMap((fields) => {
    const port = fields.servicePort
    const service = driverServiceName(metadata.name, port)
    const portName = fields.servicePortName || `driver-ing-${port}`
    const address = fields.ingressURLFormat && ingressAddress(fields.ingressURLFormat, addressTokens(context))
    return [
      serviceChild(context, service, { name: portName, port, targetPort: port }, fields),
      ...(address
        ? [
            ingressChild(
              context,
              driverIngressName(metadata.name, port),
              address,
              { service, port, secure: false },
              fields,
            ),
          ]
        : []),
    ]
  })
}
