/** The address of a run in a history server, made from a format such as `https://history.example.com/history/{{appId}}/`. */

export interface HistoryUrlTokens {
  /** Spark's application id. */
  readonly appId: string
  readonly appName: string
  readonly appNamespace: string
}

/** With a dollar sign, as in the address of an Ingress, they mean the same. */
const token = /\{\{\s*\$?(appId|appName|appNamespace)\s*\}\}/g

/** The address for these tokens. */
export const historyUrl = (format: string, tokens: HistoryUrlTokens): string =>
  format.trim().replace(token, (_, name: keyof HistoryUrlTokens) => tokens[name])

/** What a format must be. */
export const wantedHistoryUrlFormat =
  "an http or https address with {{appId}}, {{appName}} or {{appNamespace}}, such as https://history.example.com/history/{{appId}}/"

/** Whether this format gives an address for every application, and not the same one for all. */
export const isHistoryUrlFormat = (format: string): boolean => {
  const url = historyUrl(format, { appId: "spark-0", appName: "pi", appNamespace: "default" })
  return url !== format.trim() && !/[{}\s]/.test(url) && /^https?:\/\/[^/]/.test(url) && URL.canParse(url)
}
