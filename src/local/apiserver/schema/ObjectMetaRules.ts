/** What Kubernetes accepts as names, labels and annotations, with its own messages (apimachinery `util/validation`). */

import { type FieldError, invalidValue } from "../ApiError.ts"
import { type ApiObject, type OwnerReference, fields } from "../ApiObject.ts"

export type NameRule = "subdomain" | "label" | "label1035" | "path"

const label1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
const subdomain = `${label1123}(\\.${label1123})*`
const label1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
const labelValue = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
const qualifiedName = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)

const rules: Record<
  Exclude<NameRule, "path">,
  { readonly pattern: RegExp; readonly max: number; readonly message: string }
> = {
  subdomain: {
    pattern: whole(subdomain),
    max: 253,
    message: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  },
  label: {
    pattern: whole(label1123),
    max: 63,
    message: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label1123}')`,
  },
  label1035: {
    pattern: whole(label1035),
    max: 63,
    message: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
  },
}

export const nameProblems = (name: string, rule: NameRule): ReadonlyArray<string> => {
  if (rule === "path") {
    return name === "." || name === ".." || /[/%]/.test(name)
      ? [`may not be '.' or '..' and may not contain '/' or '%'`]
      : []
  }
  const { pattern, max, message } = rules[rule]
  if (rule === "label" && name.includes(".")) return ["must not contain dots"]
  return [
    ...(name.length > max ? [`must be no more than ${max} characters`] : []),
    ...(pattern.test(name) ? [] : [message]),
  ]
}

const keyProblems = (key: string): ReadonlyArray<string> => {
  const parts = key.split("/")
  const name = parts.at(-1) ?? ""
  if (parts.length > 2) {
    return [
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const prefix = parts.length === 2 ? parts[0]! : undefined
  return [
    ...(prefix === "" ? ["prefix part must be non-empty"] : []),
    ...(prefix ? nameProblems(prefix, "subdomain").map((problem) => `prefix part ${problem}`) : []),
    ...(name === "" ? ["name part must be non-empty"] : []),
    ...(name.length > 63 ? ["name part must be no more than 63 bytes"] : []),
    ...(whole(qualifiedName).test(name)
      ? []
      : [
          `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`,
        ]),
  ]
}

const valueProblems = (value: string): ReadonlyArray<string> => [
  ...(value.length > 63 ? ["must be no more than 63 bytes"] : []),
  ...(whole(labelValue).test(value)
    ? []
    : [
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`,
      ]),
]

const annotationsLimit = 262_144

/** Problems of `metadata`: name, labels, annotations, finalizers, owner references. */
export const metadataProblems = (object: ApiObject, rule: NameRule): ReadonlyArray<FieldError> => {
  const { metadata } = object
  const labels = Object.entries(fields(metadata.labels))
  const annotations = Object.entries(fields(metadata.annotations))
  const size = annotations.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0)
  return [
    ...nameProblems(metadata.name, rule).map((message) => invalidValue("metadata.name", metadata.name, message)),
    ...labels.flatMap(([key, value]) => [
      ...keyProblems(key).map((message) => invalidValue("metadata.labels", key, message)),
      ...valueProblems(String(value)).map((message) => invalidValue("metadata.labels", value, message)),
    ]),
    ...annotations.flatMap(([key]) =>
      keyProblems(key.toLowerCase()).map((message) => invalidValue("metadata.annotations", key, message)),
    ),
    ...(size > annotationsLimit
      ? [
          {
            reason: "FieldValueTooLong",
            field: "metadata.annotations",
            message: `Too long: may not be more than ${annotationsLimit} bytes`,
          } as const,
        ]
      : []),
    ...ownerProblems(metadata.ownerReferences ?? []),
  ]
}

const ownerProblems = (owners: ReadonlyArray<OwnerReference>): ReadonlyArray<FieldError> => {
  const controllers = owners.filter((owner) => owner.controller === true)
  return [
    ...owners.flatMap((owner) =>
      (["apiVersion", "kind", "name", "uid"] as const)
        .filter((field) => !owner[field])
        .map((field) => invalidValue(`metadata.ownerReferences.${field}`, "", "must not be empty")),
    ),
    ...(controllers.length > 1
      ? [
          invalidValue(
            "metadata.ownerReferences",
            owners,
            `Only one reference can have Controller set to true. Found "true" in references for ${controllers
              .slice(0, 2)
              .map(({ kind, name }) => `${kind}/${name}`)
              .join(" and ")}`,
          ),
        ]
      : []),
  ]
}

/** Kubernetes' own finalizers, which need no domain (`apis/core/helper`, `standardFinalizers`). */
const standardFinalizers: ReadonlySet<unknown> = new Set(["kubernetes", "orphan", "foregroundDeletion"])

/** Finalizers without a domain, and their positions. */
export const unqualifiedFinalizers = ({
  metadata,
}: ApiObject): ReadonlyArray<{ readonly name: string; readonly index: number }> =>
  (metadata.finalizers ?? [])
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !standardFinalizers.has(name) && !name.includes("/"))

/** Problems of finalizers of built-in kinds. */
export const finalizerProblems = (object: ApiObject): ReadonlyArray<FieldError> =>
  unqualifiedFinalizers(object).map(({ name, index }) =>
    invalidValue(
      `metadata.finalizers[${index}]`,
      name,
      "name is neither a standard finalizer name nor is it fully qualified",
    ),
  )
