/**
 * The token of a request: in the header `Authorization`, which an authenticating proxy sets, or in the cookie that the login form has set. Scripts
 * cannot read the cookie, and browsers send it with requests of the console's own pages only. Pure.
 */

import { isLoopback } from "../http/RequestGuard.ts"

/** Browsers drop longer cookies silently. */
export const longestToken = 3800

/** With TLS the name makes browsers refuse a cookie that another host, or an unencrypted page, has set. */
const secureCookie = "__Host-firesteel-token"
const plainCookie = "firesteel-token"

export const cookieName = (host: string | undefined): string => (isLoopback(host) ? plainCookie : secureCookie)

/** `Set-Cookie`: until the browser is closed; without a token: the cookie is removed. */
export const setCookie = (host: string | undefined, token: string | undefined): string =>
  [
    `${cookieName(host)}=${token ?? ""}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
    ...(isLoopback(host) ? [] : ["Secure"]),
    ...(token === undefined ? ["Max-Age=0"] : []),
  ].join("; ")

/** Characters of bearer tokens (RFC 6750). */
export const isToken = (text: string): boolean => /^[A-Za-z0-9\-._~+/]+=*$/.test(text)

/** The token that the request brings; the header wins over the cookie. */
export const tokenOf = (
  headers: Readonly<Record<string, string | undefined>>,
  cookies: Readonly<Record<string, string>>,
): string | undefined => {
  const [, bearer] = /^bearer +(\S+)$/i.exec(headers["authorization"]?.trim() ?? "") ?? []
  const token = bearer ?? cookies[cookieName(headers["host"])]
  return token !== undefined && token.length > 0 && isToken(token) ? token : undefined
}
