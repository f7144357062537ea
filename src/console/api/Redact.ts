/**
 * Objects and texts without their secrets, for display and for bug reports: values of Spark properties, environment variables, arguments and
 * Java options whose name says that they are secret, by Spark's own rule (`spark.redaction.regex`) and a few more words; credentials in URLs;
 * tokens and private keys; and the annotation that has a second copy of all of it. Pure.
 */

const words =
  "secret|password|passwd|token|access[._-]?key|credential|private[._-]?key|api[._-]?key|connection[._-]?string|sasl[._-]jaas"
const secretName = new RegExp(words, "i")
const secretFlag = new RegExp(`^--?[\\w.-]*(?:${words})[\\w.-]*$`, "i")

export const redacted = "(redacted)"

export interface Redaction {
  /** Every value of an environment variable is a secret: programs get their secrets by them, under any name. */
  readonly allVariables?: boolean
}

/** Names of fields that refer to a Secret, or say how one is used, without containing any of it. */
const references: ReadonlySet<string> = new Set([
  "secretKeyRef",
  "secretRef",
  "secretName",
  "secrets",
  "envSecretKeyRefs",
  "imagePullSecrets",
  "tokenSecretName",
  "automountServiceAccountToken",
  "serviceAccountToken",
  "tokenExpirationSeconds",
  "secret",
])

/** Repeat the object, or say who wrote it. */
const copies: ReadonlySet<string> = new Set(["kubectl.kubernetes.io/last-applied-configuration", "managedFields"])

/** Lists and maps of environment variables. */
const variables: ReadonlySet<string> = new Set(["env", "envVars"])
/** Properties that set them. */
const variableKey = "spark\\.(?:kubernetes\\.driverEnv|executorEnv)\\."
const setsVariable = new RegExp(`^${variableKey}`)

/** In files of properties, colons and equals signs are written with a backslash; JSON in JSON has it before quotes. */
const inText: ReadonlyArray<readonly [pattern: RegExp, by: string]> = [
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*\\?:\/\/)[^\s/@:\\]*\\?:[^\s/@]+@/gi, `$1${redacted}@`],
  // name=value, name: "value", "name": "value"
  [
    new RegExp(
      `((?:${words})[\\w.-]*\\\\?["']?\\s*\\\\?[=:]\\s*)(\\\\"[^"\\\\]*\\\\"|"[^"]*"|'[^']*'|[^\\s"',;&]+)`,
      "gi",
    ),
    `$1${redacted}`,
  ],
  // --name value
  [new RegExp(`(--[\\w.-]*(?:${words})[\\w.-]*\\s+)(?!-)\\S+`, "gi"), `$1${redacted}`],
  [/\b(Bearer|Basic)\s+[\w.~+/-]{8,}=*/gi, `$1 ${redacted}`],
  // JSON web tokens, key ids of AWS, PEM
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, redacted],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, redacted],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
]
const variableInText = new RegExp(`\\b(${variableKey}[^\\s=:]+(?:\\s*[=:]\\s*|\\s+))[^\\n]+`, "g")

/** The text without the secrets that can be recognized in it. */
export const redactText = (text: string, { allVariables = false }: Redaction = {}): string => {
  const rest = allVariables ? text.replace(variableInText, `$1${redacted}`) : text
  return inText.reduce((left, [pattern, by]) => left.replace(pattern, by), rest)
}

/** Conditions, attempts and the like with the secrets of their messages replaced. */
export const redactMessages = <A extends { readonly message?: string | undefined }>(
  items: ReadonlyArray<A> | undefined,
): ReadonlyArray<A> =>
  (items ?? []).map((item) => (item.message === undefined ? item : { ...item, message: redactText(item.message) }))

/** `--password value` as two arguments. */
const redactList = (list: ReadonlyArray<unknown>, options: Redaction, parent: string): ReadonlyArray<unknown> =>
  list.map((item, index) => {
    const before = list[index - 1]
    const isValue = typeof item === "string" && typeof before === "string" && secretFlag.test(before)
    return isValue && !item.startsWith("-") ? redacted : redactIn(item, options, parent)
  })

const isScalar = (value: unknown) => typeof value === "string" || typeof value === "number"

/** Whether the field `key` of an object below `parent` is secret because of its name, or that of the variable. */
const isSecret = (
  fields: Readonly<Record<string, unknown>>,
  key: string,
  { allVariables }: Redaction,
  parent: string,
) => {
  if (!isScalar(fields[key])) return false
  if (secretName.test(key)) return true
  const isNamedValue = typeof fields["name"] === "string" && key === "value"
  if (isNamedValue && secretName.test(String(fields["name"]))) return true
  if (allVariables !== true) return false
  return setsVariable.test(key) || (variables.has(parent) && (isNamedValue || parent === "envVars"))
}

const redactIn = (value: unknown, options: Redaction, parent: string): unknown => {
  if (typeof value === "string") return redactText(value, options)
  if (Array.isArray(value)) return redactList(value, options, parent)
  if (typeof value !== "object" || value === null) return value
  const fields = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, field]) => {
      if (copies.has(key)) return []
      if (references.has(key)) return [[key, field]]
      return [[key, isSecret(fields, key, options, parent) ? redacted : redactIn(field, options, key)]]
    }),
  )
}

/** The value without secrets; what is not JSON must not be in it. */
export const redact = (value: unknown, options: Redaction = {}): unknown => redactIn(value, options, "")
