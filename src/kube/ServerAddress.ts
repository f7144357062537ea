/** Where the API server of a kubeconfig is and how it is reached: what may be plain HTTP, and which proxies there are. Pure. */

import { Result } from "effect"
import type { Cluster } from "./ClientNode.ts"

/** `localhost`, `127.0.0.1`, `[::1]`: local mode and `kubectl proxy`. */
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/
const proxies = ["http:", "https:", "socks:", "socks4:", "socks4a:", "socks5:", "socks5h:"]

/** The cluster as client-node can use it, or what is wrong with its `server` or `proxy-url`. */
export const checked = (cluster: Cluster): Result.Result<Cluster, string> => {
  const { caData, caFile, proxyUrl, ...rest } = cluster
  const server = cluster.server.replace(/\/+$/, "")
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    return Result.fail(`server ${server} of cluster ${cluster.name} is not an http:// or https:// URL`)
  }
  const plain = url.protocol === "http:"
  if (plain && !loopback.test(url.hostname) && !cluster.skipTLSVerify) {
    return Result.fail(
      `server ${server} is not encrypted, which is allowed only on loopback; use https, or set insecure-skip-tls-verify`,
    )
  }
  // A proxy-url may contain a password, so it is not shown.
  if (proxyUrl && !(URL.canParse(proxyUrl) && proxies.includes(new URL(proxyUrl).protocol))) {
    return Result.fail(`proxy-url of cluster ${cluster.name} is not an http://, https:// or socks5:// URL`)
  }
  return Result.succeed({
    ...rest,
    server,
    // client-node's condition for plain HTTP.
    skipTLSVerify: plain || cluster.skipTLSVerify,
    // Inline data are preferred, as in client-go; client-node prefers the file.
    ...(caData ? { caData } : caFile ? { caFile } : {}),
    // As in kubectl, the proxy resolves the name of the server; client-node resolves it here unless the scheme is socks5h.
    ...(proxyUrl ? { proxyUrl: proxyUrl.replace(/^socks5:/, "socks5h:") } : {}),
  })
}
