/** Who looks at the console. */

import type { KubeApi } from "../../kube/Kube.ts"

/** What a TokenReview says of a user, as a SubjectAccessReview takes it. */
export interface UserInfo {
  readonly username?: string
  readonly uid?: string
  readonly groups?: Array<string>
  readonly extra?: { [key: string]: Array<string> }
}

/** The user of a bearer token. `kube` sends requests with this token and with nothing else. */
export interface TokenViewer {
  readonly _tag: "Token"
  readonly user: UserInfo
  readonly kube: KubeApi
  readonly decisions: Map<string, Decision>
}

export type Viewer =
  /** The one who runs the operator on this machine: may do what the operator may. */
  { readonly _tag: "Operator"; readonly kube: KubeApi } | TokenViewer

/** An answer about a right, of a time in epoch milliseconds. */
export interface Decision {
  readonly allowed: boolean
  readonly at: number
}

/** How the page calls the viewer. */
export const nameOf = (viewer: Viewer): string =>
  viewer._tag === "Operator" ? "local user" : (viewer.user.username ?? "unknown user")
