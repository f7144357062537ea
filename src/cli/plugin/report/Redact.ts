/**
 * Takes out of objects and logs what must not be in a bug report: values of environment variables, properties whose names say that they are
 * secret (Spark's own rule, `spark.redaction.regex`, and a little more), user names and passwords in URLs, and tokens. Pure.
 */

/** Instead of what was taken out. */
export const redacted = "*********(redacted)"

const secretWords =
  "secret|password|passwd|token|access[._-]?key|credential|private[._-]?key|api[._-]?key|connection[._-]?string"
const secretName = new RegExp(secretWords, "i")
/** Properties that set environment variables. */
const environmentKey = /^spark\.(?:kubernetes\.driverEnv|executorEnv)\./

/** Maps whose values are configuration. */
const configurations = new Set(["sparkConf", "hadoopConf", "annotations", "labels", "data", "stringData"])
/** Maps of environment variables: every value is taken out, because programs get their secrets by them. */
const environments = new Set(["envVars"])

/** In property files a colon and an equals sign are written with a backslash. */
const inText: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(spark\.(?:kubernetes\.driverEnv|executorEnv)\.[^\s=:]+)(\s*[=:]\s*|\s+)[^\n]+/g, `$1$2${redacted}`],
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*\\?:\/\/)[^\s/@:\\]+\\?:[^\s/@]+@/gi, `$1${redacted}@`],
  // name=value, "name": "value"
  [
    new RegExp(`\\b([\\w.-]*(?:${secretWords})[\\w.-]*)(["']?\\s*\\\\?[=:]\\s*["']?)([^\\s"',;&]+)`, "gi"),
    `$1$2${redacted}`,
  ],
  // --name value
  [new RegExp(`(--[\\w.-]*(?:${secretWords})[\\w.-]*)(\\s+)(\\S+)`, "gi"), `$1$2${redacted}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${redacted}`],
  // JSON web tokens, keys of AWS, PEM
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, redacted],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, redacted],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
]

/** A text without the secrets that can be recognized in it. */
export const redactText = (text: string): string =>
  inText.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Written by kubectl apply and by the API server: repeats the whole object. */
const leftOut = new Set(["managedFields", "kubectl.kubernetes.io/last-applied-configuration"])

const redactField = (key: string, value: unknown, parent: string): unknown => {
  if (parent === "env" && key === "value" && typeof value === "string") return redacted
  if (environments.has(parent) && typeof value === "string") return redacted
  const isSecret = secretName.test(key) || environmentKey.test(key)
  if (configurations.has(parent) && typeof value === "string" && isSecret) return redacted
  return redactValue(value, key)
}

const redactValue = (value: unknown, key: string): unknown => {
  if (typeof value === "string") return redactText(value)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !leftOut.has(name))
      .map(([name, item]) => [name, redactField(name, item, key)]),
  )
}

/** The object without secrets; its shape stays. */
export const redactObject = (object: unknown): unknown => redactValue(object, "")
