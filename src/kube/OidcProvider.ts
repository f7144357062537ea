/**
 * The auth-provider `oidc` of a kubeconfig: an id-token that client-node renews with the refresh-token once it has expired. The renewed
 * tokens are kept in memory; the kubeconfig is not written. Around it: checks with messages, and what version 2.0.1 gets wrong.
 */

import { Result } from "effect"
import type { User } from "./ClientNode.ts"

/** `users[].user.auth-provider.config`. */
export type Config = Readonly<Record<string, unknown>>

/**
 * The user with a configuration that client-node can work with, or what is wrong with it. `config` is copied, because client-node
 * stores the renewed tokens in it.
 */
export const prepared = (user: User, config: Config): Result.Result<User, string> => {
  if (!config["id-token"]) {
    return Result.fail("auth-provider oidc has no id-token; log in first, or use an exec plugin such as kubelogin")
  }
  if (config["idp-certificate-authority"] || config["idp-certificate-authority-data"]) {
    // client-node fails with it in every case: openid-client refuses the answers that it is given.
    return Result.fail(
      "idp-certificate-authority of auth-provider oidc is not supported; name that certificate in NODE_EXTRA_CA_CERTS instead",
    )
  }
  const issuer = config["idp-issuer-url"] ? String(config["idp-issuer-url"]) : undefined
  if (issuer !== undefined && !URL.canParse(issuer)) {
    return Result.fail(`idp-issuer-url ${issuer} of auth-provider oidc is not a URL`)
  }
  // openid-client needs a URL, and client-node passes on what is in the file.
  const url = issuer === undefined ? {} : { "idp-issuer-url": new URL(issuer) }
  return Result.succeed({ ...user, authProvider: { name: "oidc", config: { ...config, ...url } } })
}

const configOf = (user: User): Record<string, unknown> | undefined =>
  user.authProvider?.name === "oidc" ? user.authProvider.config : undefined

/** The tokens of `user`; the returned function puts those back that an issuer did not renew: few rotate the refresh-token. */
export const keepTokens = (user: User): (() => void) => {
  const config = configOf(user)
  const before = { ...config }
  return () => {
    for (const key of ["id-token", "refresh-token"]) if (config !== undefined) config[key] ??= before[key]
  }
}

/** When the current id-token expires, as milliseconds since the epoch; infinity for another kind of user, or if it does not say. */
export const expiry = (user: User): number => {
  const payload = String(configOf(user)?.["id-token"] ?? "").split(".")[1]
  try {
    const { exp } = JSON.parse(Buffer.from(payload ?? "", "base64url").toString())
    return typeof exp === "number" ? exp * 1000 : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Why `user` has no valid id-token, when client-node sent none. */
export const failure = (user: User): string => {
  const missing = ["refresh-token", "client-id", "idp-issuer-url"].filter((key) => !configOf(user)?.[key])
  return missing.length === 0
    ? "the issuer returned no id-token"
    : `its id-token has expired and cannot be renewed without ${missing.join(", ")}; log in again`
}
