/**
 * A table of flags and its decoder: the command line wins over the environment, the environment over the default; all problems are reported
 * at once. The key of a flag in its table determines its names: `requestTimeout` is `--request-timeout` and `FIRESTEEL_REQUEST_TIMEOUT`.
 */

import { parseArgs } from "node:util"
import { Option, Result } from "effect"
import type { Problem } from "../api/Problem.ts"
import type { Environment } from "../telemetry/otlp/OtlpEnvironment.ts"
import { nearest } from "./Nearest.ts"
import type { ValueKind } from "./ValueKind.ts"

export interface Flag<A> {
  readonly kind: ValueKind<A>
  /** As written on the command line. */
  readonly default: string
  readonly description: string
  /** One letter as a short form of the name: `f` for `-f`. */
  readonly short?: string
}
export type Flags = Readonly<Record<string, Flag<unknown>>>
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer A> ? A : never }

export const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
export const variableName = (key: string): string =>
  `FIRESTEEL_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

interface Given {
  readonly field: string
  readonly text: string
}

/** Values by key, without those whose text does not fit, and everything that is wrong. */
export interface FlagsRead<F extends Flags> {
  readonly values: Partial<FlagValues<F>>
  readonly problems: ReadonlyArray<Problem>
}

/**
 * Reads `args` and `environment` by the table. An empty environment variable counts as unset. `replacement` is what to do about a flag
 * that is not in the table, if anything is known about it. Problems are in the order of the command line, then of the table.
 */
export const readFlags = <F extends Flags>(
  flags: F,
  args: ReadonlyArray<string>,
  environment: Environment,
  replacement: (flag: string) => string | undefined = () => undefined,
): FlagsRead<F> => {
  const { given, problems } = readArguments(flags, args, replacement)
  const values: Record<string, unknown> = {}
  for (const [key, flag] of Object.entries(flags)) {
    const source = given.get(key) ?? fromEnvironment(key, environment) ?? { field: flagName(key), text: flag.default }
    Option.match(flag.kind.parse(source.text), {
      onNone: () =>
        problems.push({ field: source.field, message: `"${source.text}" does not fit; use ${flag.kind.allowed}` }),
      onSome: (value) => {
        values[key] = value
      },
    })
  }
  return { values: values as Partial<FlagValues<F>>, problems }
}

/** `readFlags` for a table whose flags do not depend on each other: all values, or all problems. */
export const decodeFlags = <F extends Flags>(
  ...input: Parameters<typeof readFlags<F>>
): Result.Result<FlagValues<F>, ReadonlyArray<Problem>> => {
  const { values, problems } = readFlags(...input)
  return problems.length === 0 ? Result.succeed(values as FlagValues<F>) : Result.fail(problems)
}

const fromEnvironment = (key: string, environment: Environment): Given | undefined => {
  const text = environment[variableName(key)]
  return text === undefined || text === "" ? undefined : { field: variableName(key), text }
}

/** The command line as `node:util` takes it apart; a flag that is not in the table takes no value. */
export const tokensOf = (flags: Flags, args: ReadonlyArray<string>) => {
  const options = Object.fromEntries(
    Object.entries(flags).map(([key, { kind, short }]) => [
      flagName(key).slice(2),
      {
        type: kind.switch === true ? ("boolean" as const) : ("string" as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

const readArguments = (
  flags: Flags,
  args: ReadonlyArray<string>,
  replacement: (flag: string) => string | undefined,
) => {
  const long = Object.keys(flags).map((key) => flagName(key))
  const keys = new Map(
    Object.entries(flags).flatMap(([key, { short }]) =>
      [flagName(key), ...(short === undefined ? [] : [`-${short}`])].map((name) => [name, key] as const),
    ),
  )
  const tokens = tokensOf(flags, args)
  const given = new Map<string, Given>()
  const problems: Array<Problem> = []
  let afterUnknown = -1
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue
    if (token.kind === "positional") {
      // The word after an unknown flag is most likely its value: report one problem, not two.
      if (token.index !== afterUnknown)
        problems.push({ field: token.value, message: "is not a flag; flags start with --" })
      continue
    }
    const [field, key, negated] = resolveFlag(token.rawName, keys, flags)
    if (key === undefined) {
      problems.push({ field, message: unknownFlag(field, long, replacement) })
      if (token.inlineValue !== true) afterUnknown = token.index + 1
      continue
    }
    const kind = flags[key]!.kind
    const text = negated ? "false" : (token.value ?? (kind.switch === true ? "true" : undefined))
    if (text === undefined || (token.inlineValue === false && text.startsWith("--"))) {
      problems.push({ field, message: `needs a value: ${kind.allowed}` })
      continue
    }
    const before = given.get(key)
    given.set(key, { field, text: kind.repeatable === true && before !== undefined ? `${before.text},${text}` : text })
  }
  return { given, problems }
}

/** `--no-examples` is `--examples=false` for a switch. */
const resolveFlag = (
  rawName: string,
  keys: ReadonlyMap<string, string>,
  flags: Flags,
): readonly [field: string, key: string | undefined, negated: boolean] => {
  const key = keys.get(rawName)
  if (key !== undefined || !rawName.startsWith("--no-")) return [rawName, key, false]
  const positive = keys.get(`--${rawName.slice(5)}`)
  const negatable = positive !== undefined && flags[positive]!.kind.switch === true
  return [rawName, negatable ? positive : undefined, true]
}

const unknownFlag = (
  flag: string,
  known: ReadonlyArray<string>,
  replacement: (flag: string) => string | undefined,
): string => {
  const advice = replacement(flag)
  if (advice !== undefined) return advice
  const near = nearest(flag, known)
  return near === undefined
    ? "is not a flag of this command; see --help"
    : `is not a flag of this command; did you mean ${near}?`
}

/** One line per problem, as the command prints them. */
export const problemLines = (problems: ReadonlyArray<Problem>): string =>
  problems.map((problem) => `${problem.field}: ${problem.message}`).join("\n")
