/**
 * Which requests the console answers at all, before it looks at the path: those that name it as their host (a name that an attacker's DNS points
 * here is another), and changes only from its own pages. Pure.
 */

export interface GuardedRequest {
  readonly method: string
  /** Headers by name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface GuardOptions {
  /** Names, in lower case and without port, under which the console is reached besides the loopback addresses; `*` for any. */
  readonly allowedHosts: ReadonlyArray<string>
}

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])

/** The name in a `Host` header, without its port and in lower case; undefined if it is not one. */
export const hostName = (host: string | undefined): string | undefined =>
  /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host?.toLowerCase() ?? "")?.[1]

/** Whether the browser reached the console on its own machine, where cookies need no TLS. */
export const isLoopback = (host: string | undefined): boolean => loopback.has(hostName(host) ?? "")

const isAllowedHost = (host: string | undefined, { allowedHosts }: GuardOptions): boolean => {
  const name = hostName(host)
  if (name === undefined) return false
  return loopback.has(name) || allowedHosts.includes("*") || allowedHosts.includes(name)
}

/** The host of an `Origin`, with its port; undefined for `null` and anything else. */
const hostOfOrigin = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1]

/** Why the request is not answered; undefined: it is. */
export const refusalOf = ({ method, headers }: GuardedRequest, options: GuardOptions): string | undefined => {
  const { host, origin } = headers
  if (!isAllowedHost(host, options)) {
    return `The console is not reached as ${JSON.stringify(host ?? "")}. If that is its name, add it to --console-allowed-hosts`
  }
  // OPTIONS asks whether a script may send a request, and changes nothing.
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return undefined
  // Browsers send Origin with every request that may change something; a client that is not a browser has no cookie to abuse.
  if (origin !== undefined && hostOfOrigin(origin) !== host?.toLowerCase())
    return "The request comes from another origin"
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return "The request comes from another site"
  return origin === undefined && headers["authorization"] === undefined ? "The request has no Origin" : undefined
}

/** Whether a script of another origin asks for data; a page that is opened, by a link for example, is not data. */
export const isForeignRead = ({ headers }: GuardedRequest): boolean => {
  const site = headers["sec-fetch-site"]
  return site === "cross-site" || site === "same-site" || headers["origin"] === "null"
}
