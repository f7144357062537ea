/** Why a request to the console is not answered as asked: one error for all handlers, and what a `KubeError` means for the viewer. */

import { Schema } from "effect"
import type { KubeError } from "../../kube/KubeError.ts"

export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  /** HTTP status. */
  status: Schema.Int,
  /** A sentence for the viewer. */
  message: Schema.String,
}) {}

export const notFound = (what = "This page") => new Refused({ status: 404, message: `${what} does not exist` })
export const forbidden = (message: string) => new Refused({ status: 403, message })
export const badRequest = (message: string) => new Refused({ status: 400, message })

/** The API server's answer to a request in the name of the viewer. */
export const fromKube = ({ reason, message, status }: KubeError): Refused => {
  switch (reason) {
    case "NotFound":
      return new Refused({ status: 404, message })
    case "Forbidden":
      return new Refused({ status: status === 401 ? 401 : 403, message })
    case "AlreadyExists":
    case "Conflict":
      return new Refused({ status: 409, message })
    case "Invalid":
      return new Refused({ status: 422, message })
    case "Throttled":
      return new Refused({ status: 503, message })
    default:
      return new Refused({ status: 502, message })
  }
}
