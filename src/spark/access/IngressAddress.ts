/**
 * The address of an Ingress, made from a format such as `https://spark.example.com/{{$appNamespace}}/{{$appName}}`.
 * The format and its tokens are kubeflow's; unlike there, the id of the application is known when the driver is submitted.
 */

import { isHostName } from "../../kube/names/ObjectName.ts"

export interface AddressTokens {
  readonly appName: string
  readonly appNamespace: string
  /** Spark's application id. */
  readonly appId: string
}

export interface IngressAddress {
  /** The whole address, with its scheme. */
  readonly url: string
  readonly host: string
  /** Without a slash at the end; empty when the address is that of a host alone. */
  readonly path: string
}

const token = /\{\{\s*\$(appName|appNamespace|appId)\s*\}\}/g

/** The address for these tokens, with `http` where the format has no scheme; undefined when an Ingress cannot serve it. */
export const ingressAddress = (format: string, tokens: AddressTokens): IngressAddress | undefined => {
  const text = format.trim().replace(token, (_, name: keyof AddressTokens) => tokens[name])
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  if (/[{}\s]/.test(text) || !URL.canParse(withScheme)) return undefined
  const { protocol, hostname, pathname, search, hash, username } = new URL(withScheme)
  const served = (protocol === "http:" || protocol === "https:") && search + hash + username === ""
  if (!served || !isHostName(hostname) || /^[\d.]+$/.test(hostname)) return undefined
  return { url: withScheme, host: hostname, path: pathname.replace(/\/+$/, "") }
}

/** What a format must be; completes the sentence "… is not". */
export const wantedFormat =
  "the address of an Ingress; use one such as https://spark.example.com/{{$appNamespace}}/{{$appName}}"

/** Whether this format gives a usable address for every application. */
export const isIngressUrlFormat = (format: string): boolean =>
  ingressAddress(format, { appName: "pi", appNamespace: "default", appId: "spark-0" }) !== undefined
