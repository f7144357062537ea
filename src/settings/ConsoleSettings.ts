/** Settings of the web console: where it is served, under which names, and whether it changes anything. */

import { Option } from "effect"
import type { Problem } from "../api/Problem.ts"
import { isLinkFormat, wantedLinkFormat } from "../console/api/LinkFormat.ts"
import type { ConsoleOptions } from "../console/Console.ts"
import { type FlagValues, flagName } from "./Flag.ts"
import { bindAddress, hostNameOrAny, listOf, optionalText, toggle, type ValueKind } from "./ValueKind.ts"

const linkFormat: ValueKind<string | undefined> = {
  allowed: `${wantedLinkFormat}; or empty for none`,
  parse: (text) => (text === "" || isLinkFormat(text) ? Option.some(text || undefined) : Option.none()),
}

export const flags = {
  consoleBindAddress: {
    kind: bindAddress,
    default: "0",
    description: "Address that serves the web console, such as :8082. 0: no console.",
  },
  consoleAllowedHosts: {
    kind: listOf(hostNameOrAny, "names of hosts separated by commas, or *"),
    default: "",
    description:
      "Names under which browsers reach the console, such as spark.example.org, besides localhost; requests for other hosts are refused. *: any name, which gives up the protection against DNS rebinding.",
  },
  consoleActions: {
    kind: toggle,
    default: "false",
    description:
      "Whether the console has buttons to suspend, resume, run again, trigger and delete. Each request has the token of the viewer, so it needs the viewer's rights.",
  },
  consoleTraceUrlFormat: {
    kind: linkFormat,
    default: "",
    description:
      "Address of the trace of a run, shown on the page of its application, such as https://traces.example.com/trace/{{traceId}}. Empty: no link.",
  },
  consoleDashboardUrlFormat: {
    kind: linkFormat,
    default: "",
    description:
      "Address of a dashboard for an application, with {{appId}}, {{appName}}, {{appNamespace}}, {{traceId}}, and {{from}} and {{to}} in epoch milliseconds. Empty: no link.",
  },
  consoleTlsCertFile: {
    kind: optionalText("the path of a PEM file"),
    default: "",
    description:
      "Certificate for serving the console over TLS, with --console-tls-key-file; read again when it changes. Empty: plain HTTP, for a route that ends TLS in front of it.",
  },
  consoleTlsKeyFile: {
    kind: optionalText("the path of a PEM file"),
    default: "",
    description: "Private key of the certificate in --console-tls-cert-file.",
  },
} as const

type Values = FlagValues<typeof flags>

export interface ConsoleSettings extends Omit<ConsoleOptions, "version"> {}

/** A certificate without its key, or a key without its certificate. */
export const problems = ({ consoleTlsCertFile, consoleTlsKeyFile }: Partial<Values>): ReadonlyArray<Problem> => {
  const [cert, key] = [flagName("consoleTlsCertFile"), flagName("consoleTlsKeyFile")]
  if (consoleTlsCertFile !== undefined && consoleTlsKeyFile === undefined)
    return [{ field: cert, message: `needs ${key}, the key of the certificate` }]
  if (consoleTlsCertFile === undefined && consoleTlsKeyFile !== undefined)
    return [{ field: key, message: `needs ${cert}, the certificate of the key` }]
  return []
}

export const fromValues = (values: Values): ConsoleSettings => ({
  bindAddress: values.consoleBindAddress,
  tls:
    values.consoleTlsCertFile === undefined || values.consoleTlsKeyFile === undefined
      ? undefined
      : { certFile: values.consoleTlsCertFile, keyFile: values.consoleTlsKeyFile },
  allowedHosts: values.consoleAllowedHosts,
  actions: values.consoleActions,
  links: { trace: values.consoleTraceUrlFormat, dashboard: values.consoleDashboardUrlFormat },
  access: "token",
})
