/** A driver's answer as the browser gets it: its headers, where it redirects to, and its HTML below the console's path. Pure. */

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

/** HTML without what the API server's proxy has put in front of its links. */
export const rewriteHtml = (html: string, pod: PodPort): string =>
  prefixesOf(pod).reduce((text, prefix) => text.replaceAll(prefix, ""), html)

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
    pod,
    addresses,
    path,
  }: {
    readonly base: string
    readonly pod: PodPort
    readonly addresses: ReadonlyArray<string>
    /** Of the request, for relative redirects. */
    readonly path: string
  },
): string | undefined => {
  const url = URL.parse(location, `http://ui.invalid${path}`)
  if (url === null || !/^https?:$/.test(url.protocol) || !isOwnHost(url, pod, addresses)) return undefined
  const prefix = prefixesOf(pod).find((one) => url.pathname.startsWith(`${one}/`))
  const inside = prefix === undefined ? url.pathname : url.pathname.slice(prefix.length)
  const below = inside === base || inside.startsWith(`${base}/`) ? inside.slice(base.length) : inside
  return `${base}${below.startsWith("/") ? below : `/${below}`}${url.search}${url.hash}`
}
