/** Everything through which a server is reached, as its spec requests it; and what an earlier spec may have left. */

import type { Service } from "kubernetes-types/core/v1"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { Plan } from "../../spark/Plan.ts"
import { routeName } from "../Names.ts"
import type { AccessObject } from "./AccessObject.ts"
import { grpcRoutes, ingresses, serverIngress, serverRoute } from "./Routes.ts"
import { connectPort, connectPortName, serverService } from "./ServerService.ts"

/** The port of the Service for clients; the Service may have another than the server. */
export const clientPort = (service: Service | undefined, plan: Pick<Plan, "conf">): number =>
  service?.spec?.ports?.find(({ name }) => name === connectPortName)?.port ?? connectPort(plan)

/** The Service first, to which the others lead. The Secret with the token is not among them: it is made once and never changed. */
export const accessObjects = (connect: SparkConnect, plan: Pick<Plan, "conf" | "ui">): ReadonlyArray<AccessObject> => {
  const service = serverService(connect, plan)
  return [service, ...serverIngress(connect), ...serverRoute(connect, clientPort(service.object as Service, plan))]
}

/** What the spec does not request and may exist from before. */
export const unwantedAccess = (connect: SparkConnect): ReadonlyArray<Pick<AccessObject, "resource" | "name">> => {
  const { ingress, grpcRoute } = connect.spec.server
  const name = routeName(connect)
  return [
    ...(ingress === undefined ? [{ resource: ingresses, name }] : []),
    ...(grpcRoute === undefined ? [{ resource: grpcRoutes, name }] : []),
  ]
}
