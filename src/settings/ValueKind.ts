/**
 * The kinds of values that a flag can have: how the text of a flag or an environment variable is parsed, and a description of what is
 * allowed. Error messages and the generated reference both use the description.
 */

import { Option, Result, Schema } from "effect"
import { StringMap } from "../api/schema/Scalar.ts"
import { isDnsLabel, isDnsSubdomain } from "../kube/names/ObjectName.ts"
import { parseLabelSelector } from "../kube/selector/LabelSelector.ts"

/** `parse` returns `None` for text that is not such a value; `allowed` completes the sentence "use …". */
export interface ValueKind<A> {
  readonly allowed: string
  readonly parse: (text: string) => Option.Option<A>
  /** When the flag is given several times, its values are combined; otherwise the last one wins. */
  readonly repeatable?: boolean
  /** All values that fit, where there are few. */
  readonly values?: ReadonlyArray<string>
  /** The flag may be given without a value: `--once` is `--once=true`. */
  readonly switch?: boolean
}

const kind = <A>(allowed: string, parse: (text: string) => A | undefined): ValueKind<A> => ({
  allowed,
  parse: (text) => Option.fromUndefinedOr(parse(text)),
})

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined)

/** Any text; `""` means that the setting is absent and is read as `undefined`. */
export const optionalText = (allowed: string): ValueKind<string | undefined> => ({
  allowed,
  parse: (text) => Option.some(text === "" ? undefined : text),
})

export const oneOf = <const A extends string>(...names: ReadonlyArray<A>): ValueKind<A> => ({
  ...kind(names.join(", ").replace(/, ([^,]+)$/, " or $1"), (text) => names.find((name) => name === text)),
  values: names,
})

export const toggle: ValueKind<boolean> = {
  ...kind("true or false", (text) => (text === "true" ? true : text === "false" ? false : undefined)),
  switch: true,
}

/** A whole number from `minimum` to `maximum`, both included. */
export const integer = (minimum: number, maximum: number): ValueKind<number> =>
  kind(`a whole number from ${minimum} to ${maximum}`, (text) => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= minimum && value <= maximum ? value : undefined
  })

const secondsPerUnit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }
const durationPart = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g
const wholeDuration = new RegExp(`^(?:${durationPart.source})+$`)

/** Seconds, from `30s`, `5m`, `1h30m`, `1.5s` or `250ms`; a bare `0` needs no unit. */
const seconds = (text: string): number | undefined => {
  if (text === "0") return 0
  if (!wholeDuration.test(text)) return undefined
  return [...text.matchAll(durationPart)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * secondsPerUnit[unit as keyof typeof secondsPerUnit],
    0,
  )
}

/** A duration above zero, in seconds. */
export const duration: ValueKind<number> = kind("a duration such as 30s, 5m or 1h30m", (text) => {
  const value = seconds(text)
  return value === 0 ? undefined : value
})

/** A duration in seconds; `0` switches the feature off. */
export const durationOrNone: ValueKind<number> = kind("a duration such as 30s, 5m or 1h30m, or 0 for none", seconds)

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`; `0` switches the endpoint off. */
export const bindAddress: ValueKind<string> = kind(
  "an address such as :8080 or 127.0.0.1:8080, or 0 for off",
  (text) => {
    if (text === "0") return text
    const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]*):(\d{1,5})$/.exec(text)
    return match !== null && Number(match[2]) <= 65_535 ? text : undefined
  },
)

/** The name of a host, in lower case and without a port; `*` for any. */
export const hostNameOrAny: ValueKind<string> = kind("the name of a host without a port, or *", (text) =>
  text === "*" || isDnsSubdomain(text.toLowerCase()) ? text.toLowerCase() : undefined,
)

export const urlPath: ValueKind<string> = kind("a path that starts with /, such as /metrics", matching(/^\/[^\s?#]*$/))

export const metricPrefix: ValueKind<string> = kind(
  "letters, digits, - and _, not starting with a digit; empty for none",
  matching(/^(?:[A-Za-z_-][A-Za-z0-9_-]*)?$/),
)

/** Spark's master for Kubernetes: `k8s://` and the URL of the API server as drivers see it. */
export const sparkMaster: ValueKind<string> = kind(
  "k8s:// and a URL, such as k8s://https://kubernetes.default.svc:443",
  (text) =>
    text.startsWith("k8s://") && URL.canParse(text.slice(6)) && /^https?:$/.test(new URL(text.slice(6)).protocol)
      ? text
      : undefined,
)

/** Items separated by commas; empty items are ignored, so `""` is the empty list. */
export const listOf = <A>(item: ValueKind<A>, allowed: string): ValueKind<ReadonlyArray<A>> => ({
  allowed,
  repeatable: true,
  parse: (text) =>
    Option.all(
      text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map(item.parse),
    ),
})

/** Keys and values: `a=b,c=d`, or JSON where a value contains a comma; `""` is the empty map. */
export const stringMap: ValueKind<Readonly<Record<string, string>>> = {
  allowed: 'pairs such as team=data,env=prod, or JSON such as {"team":"data"}, or empty for none',
  parse: (text) => {
    if (text.trimStart().startsWith("{")) return Schema.decodeUnknownOption(Schema.fromJsonString(StringMap))(text)
    const parts = text.split(",").map((part) => part.trim())
    const pairs = parts.filter((part) => part !== "").map((part) => /^([^=]+)=(.*)$/.exec(part))
    return pairs.includes(null)
      ? Option.none()
      : Option.some(Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!])))
  },
}

export const namespace: ValueKind<string> = kind("the name of a namespace", (text) =>
  isDnsLabel(text) ? text : undefined,
)

/** A label selector, as it was written; `""` for none. */
export const labelSelector: ValueKind<string | undefined> = {
  allowed: "a label selector such as team=a,env in (dev,test),!legacy, or empty for none",
  parse: (text) => (Result.isSuccess(parseLabelSelector(text)) ? Option.some(text.trim() || undefined) : Option.none()),
}

/** `namespace/name` of an object; `""` for none. */
export const objectKey: ValueKind<string | undefined> = {
  allowed: "namespace/name, or empty for none",
  parse: (text) => {
    const [namespace = "", name = "", ...more] = text.split("/")
    const isKey = isDnsLabel(namespace) && isDnsSubdomain(name) && more.length === 0
    return text === "" || isKey ? Option.some(text || undefined) : Option.none()
  },
}

/** The name of a scheduler, as in `schedulerName` of pods. */
export const schedulerName: ValueKind<string> = kind("the name of a scheduler", (text) =>
  isDnsSubdomain(text) ? text : undefined,
)

/** A Kubernetes label key with or without a prefix, or its form as a metric label, with `_` for `-`. */
export const labelKey: ValueKind<string> = kind(
  "the key of a label",
  matching(/^(?:[a-z0-9.-]+\/)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62})$/),
)

const positiveNumber: ValueKind<number> = kind("a number above 0", (text) => {
  const value = Number(text)
  return /^\d+(?:\.\d+)?$/.test(text) && value > 0 ? value : undefined
})

/** Upper bounds of a histogram in seconds, ascending; `""` means the bounds of the instrument. */
export const buckets: ValueKind<ReadonlyArray<number> | undefined> = {
  allowed: "ascending seconds separated by commas, such as 1,10,60",
  parse: (text) =>
    Option.flatMap(listOf(positiveNumber, "").parse(text), (bounds) => {
      const ascending = bounds.every((bound, index) => index === 0 || bound > bounds[index - 1]!)
      return ascending ? Option.some(bounds.length === 0 ? undefined : bounds) : Option.none()
    }),
}
