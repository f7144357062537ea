/** A driver's answer as the browser gets it: its headers, where it redirects to, and its HTML below the console's path. Pure. */

import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { PodPort } from "../../kube/Kube.ts"

/** Headers that are passed to the driver: what is needed to answer, and nothing that identifies the viewer. */
const asked = ["accept", "accept-language", "if-none-match", "if-modified-since", "range"]
/** Headers that are passed to the browser. */
const answered = [
  "content-type",
  "etag",
  "last-modified",
  "cache-control",
  "content-disposition",
  "content-range",
  "accept-ranges",
]

const only = (names: ReadonlyArray<string>, headers: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

/** `base`: the console's path of this UI, from which Spark makes its links. */
export const headersToDriver = (
  headers: Readonly<Record<string, string | undefined>>,
  base: string,
): Readonly<Record<string, string>> => ({
  ...only(asked, headers),
  "Accept-Encoding": "identity",
  "X-Forwarded-Context": base,
})

export const headersToBrowser = (
  headers: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> => only(answered, headers)

export const isHtml = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers["content-type"] ?? "")

/** The prefixes that the API server puts in front of absolute paths in HTML and `Location`. */
const prefixesOf = ({ namespace, name, port, secure }: PodPort): ReadonlyArray<string> => {
  const target = `${secure ? "https:" : ""}${name}:${port}`
  return [target, encodeURIComponent(target)].map((one) => `/api/v1/namespaces/${namespace}/pods/${one}/proxy`)
}

/**
 * The path that the driver puts in front of its links instead of that of the header, because its configuration says so (`spark.ui.proxyBase`, set
 * by the user, or by the operator for an address with a path); empty: none. Without a slash at the end.
 */
export const ownBaseOf = ({ spec, status }: SparkApplication): string => {
  const set = spec?.sparkConf?.["spark.ui.proxyBase"]
  const address = status?.driverInfo?.webUIIngressAddress
  const path = set ?? (address === undefined ? "" : (URL.parse(address)?.pathname ?? ""))
  return path.startsWith("/") ? path.replace(/\/+$/, "") : ""
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/**
 * HTML without what the API server's proxy has put in front of its links, and with the console's path instead of the driver's own: in attributes,
 * and in the scripts that tell Spark's own where the UI is.
 */
export const rewriteHtml = (html: string, pod: PodPort, ownBase: string, base: string): string => {
  const direct = prefixesOf(pod).reduce((text, prefix) => text.replaceAll(prefix, ""), html)
  if (ownBase === "") return direct
  return direct.replaceAll(
    new RegExp(`(["'])${escaped(ownBase)}(?=["'/?#])`, "g"),
    (_, quote: string) => `${quote}${base}`,
  )
}

/** Hosts that a driver may call itself. */
const isOwnHost = (url: URL, pod: PodPort, addresses: ReadonlyArray<string>): boolean => {
  const names = ["ui.invalid", pod.name, ...addresses].map((name) => name.toLowerCase())
  return names.includes(url.hostname.replace(/^\[|\]$/g, "")) && ["", `${pod.port}`, "80", "443"].includes(url.port)
}

/**
 * Where a redirect of the driver leads below `base`; undefined if it leads elsewhere, which the console does not follow and does not pass on.
 * `addresses`: names and addresses under which the request reached the driver.
 */
export const rewriteLocation = (
  location: string,
  {
    base,
    ownBase,
    pod,
    addresses,
    path,
  }: {
    readonly base: string
    /** Of the driver's configuration; empty: none. */
    readonly ownBase: string
    readonly pod: PodPort
    readonly addresses: ReadonlyArray<string>
    /** Of the request, for relative redirects. */
    readonly path: string
  },
): string | undefined => {
  const url = URL.parse(location, `http://ui.invalid${path}`)
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  const prefix = prefixesOf(pod).find((one) => url.pathname.startsWith(`${one}/`))
  // The API server puts its prefix only in front of paths of its own host, under any of its names, and only the path is used here.
  if (prefix === undefined && !isOwnHost(url, pod, addresses)) return undefined
  const inside = prefix === undefined ? url.pathname : url.pathname.slice(prefix.length)
  const known = [base, ownBase].find((one) => one !== "" && (inside === one || inside.startsWith(`${one}/`)))
  const below = known === undefined ? inside : inside.slice(known.length)
  return `${base}${below.startsWith("/") ? below : `/${below}`}${url.search}${url.hash}`
}
