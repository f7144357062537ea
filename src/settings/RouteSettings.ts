/** Settings for the Gateway API: what leads to the UIs of drivers, and the Gateways of routes that name none. */

import type { Problem } from "../api/Problem.ts"
import type { FlagValues } from "./Flag.ts"
import { parentReferences } from "./IngressValues.ts"
import { oneOf } from "./ValueKind.ts"

export const flags = {
  uiRoute: {
    kind: oneOf("ingress", "gateway"),
    default: "ingress",
    description:
      "What leads from an address (--ingress-url-format) to a driver: an Ingress, or an HTTPRoute of the Gateway API, see docs/access.md. Applications that name Gateways (parentRefs) get an HTTPRoute in any case.",
  },
  gatewayParentRefs: {
    kind: parentReferences,
    default: "",
    description: "Gateways of HTTPRoutes and of GRPCRoutes of SparkConnects that name none (parentRefs), as JSON.",
  },
} as const

type Values = FlagValues<typeof flags>

/** An HTTPRoute without a Gateway leads nowhere. */
export const problems = (values: Partial<Values>): ReadonlyArray<Problem> =>
  values.uiRoute === "gateway" && "gatewayParentRefs" in values && values.gatewayParentRefs === undefined
    ? [
        {
          field: "--gateway-parent-refs",
          message: 'is required with --ui-route=gateway; use JSON such as [{"name":"public","namespace":"gateways"}]',
        },
      ]
    : []
