/**
 * Objects without their secrets, for display: values of Spark properties, environment variables, arguments and Java options whose name says that
 * they are secret, by Spark's own rule (`spark.redaction.regex`) and a few more words; credentials in URLs; and the annotation that has a second
 * copy of all of it. Pure.
 */

const secretName =
  /secret|password|passwd|token|access[._-]?key|credential|private[._-]?key|api[._-]?key|sasl[._-]jaas/i
const secretFlag = /^--?[\w.-]*(?:secret|password|passwd|token|access[._-]?key|credential|api[._-]?key)[\w.-]*$/i

export const redacted = "(redacted)"

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

/** Annotations that repeat the object. */
const copies: ReadonlySet<string> = new Set(["kubectl.kubernetes.io/last-applied-configuration"])

const assignment =
  /((?:^|[\s"'(,;&?])(?:-D)?[\w.-]*(?:secret|password|passwd|token|access[._-]?key|credential|api[._-]?key)[\w.-]*\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s"',;&]+)/gi
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*):[^/\s@]+@/gi
const authorization = /\b(bearer|basic)\s+[A-Za-z0-9\-._~+/]{8,}=*/gi

/** Text with the values of secret assignments (`-Dpassword=…`, `token: …`, lines of properties) and credentials replaced. */
export const redactText = (text: string): string =>
  text
    .replaceAll(assignment, (_, name: string) => `${name}${redacted}`)
    .replaceAll(userInfo, (_, start: string) => `${start}:${redacted}@`)
    .replaceAll(authorization, (_, scheme: string) => `${scheme} ${redacted}`)

/** Conditions, attempts and the like with the secrets of their messages replaced. */
export const redactMessages = <A extends { readonly message?: string | undefined }>(
  items: ReadonlyArray<A> | undefined,
): ReadonlyArray<A> =>
  (items ?? []).map((item) => (item.message === undefined ? item : { ...item, message: redactText(item.message) }))

/** `--password value` as two arguments. */
const redactList = (list: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  list.map((item, index) => {
    const before = list[index - 1]
    const isValue = typeof item === "string" && typeof before === "string" && secretFlag.test(before)
    return isValue && !item.startsWith("-") ? redacted : redact(item)
  })

const isScalar = (value: unknown) => typeof value === "string" || typeof value === "number"

/** The value without secrets; what is not JSON must not be in it. */
export const redact = (value: unknown): unknown => {
  if (typeof value === "string") return redactText(value)
  if (Array.isArray(value)) return redactList(value)
  if (typeof value !== "object" || value === null) return value
  const fields = value as Readonly<Record<string, unknown>>
  const isNamedValue = typeof fields["name"] === "string" && isScalar(fields["value"])
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, field]) => {
      if (copies.has(key) || key === "managedFields") return []
      if (references.has(key)) return [[key, field]]
      if (isScalar(field) && secretName.test(key)) return [[key, redacted]]
      if (isNamedValue && key === "value" && secretName.test(String(fields["name"]))) return [[key, redacted]]
      return [[key, redact(field)]]
    }),
  )
}
