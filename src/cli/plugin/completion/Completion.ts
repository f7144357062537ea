/** What can come next on a command line. Pure: names of objects are only described here, and read by the caller. */

import { type Flag, flagName } from "../../../settings/Flag.ts"
import type { Command, ObjectNoun } from "../../Command.ts"

export interface Candidate {
  readonly text: string
  readonly description?: string
}

export type Completion =
  | { readonly _tag: "Candidates"; readonly candidates: ReadonlyArray<Candidate> }
  /** Names of objects; those of the first type without their type. */
  | { readonly _tag: "Names"; readonly types: ReadonlyArray<ObjectNoun> }
  | { readonly _tag: "Namespaces" }
  | { readonly _tag: "Contexts" }
  | { readonly _tag: "Files" }

const candidates = (found: ReadonlyArray<Candidate>): Completion => ({ _tag: "Candidates", candidates: found })

const ownWords: ReadonlyArray<Candidate> = [
  { text: "version", description: "Print the version" },
  { text: "help", description: "Describe a command" },
]

/** The next word of every command that begins with these words. */
const commandWords = (commands: ReadonlyArray<Command>, before: ReadonlyArray<string>): ReadonlyArray<Candidate> => {
  const found = commands.flatMap(({ name, summary, internal }): ReadonlyArray<Candidate> => {
    const words = name.split(" ")
    const next = words[before.length]
    const begins = before.every((word, index) => words[index] === word)
    if (internal === true || !begins || next === undefined) return []
    return [{ text: next, description: summary }]
  })
  return [...new Map(found.map((one) => [one.text, one])).values()]
}

const commandOf = (commands: ReadonlyArray<Command>, words: ReadonlyArray<string>): Command | undefined =>
  commands.find(({ name }) => name.split(" ").every((word, index) => words[index] === word))

const flagOf = ({ flags }: Command, word: string): readonly [key: string, flag: Flag<unknown>] | undefined =>
  Object.entries(flags).find(([key, { short }]) => word === flagName(key) || word === `-${short}`)

/** Flags whose values are paths. */
const files = new Set(["file", "filename", "values", "kubeconfig", "healthChecks", "examples"])

const valuesOf = (key: string, { kind }: Flag<unknown>): Completion => {
  if (key === "namespace") return { _tag: "Namespaces" }
  if (key === "context") return { _tag: "Contexts" }
  if (files.has(key)) return { _tag: "Files" }
  return candidates((kind.values ?? []).map((text) => ({ text })))
}

const firstSentence = (text: string) => /^[^.]*/.exec(text)?.[0] ?? text

const flagCandidates = ({ flags }: Command): ReadonlyArray<Candidate> =>
  Object.entries(flags).map(([key, { description }]) => ({
    text: flagName(key),
    description: firstSentence(description),
  }))

/** `before` are the words behind the name of the program, `word` is the one that is being written and may be empty. */
export const completionOf = (
  commands: ReadonlyArray<Command>,
  before: ReadonlyArray<string>,
  word: string,
): Completion => {
  const words = before[0] === "help" ? before.slice(1) : before
  const command = commandOf(commands, words)
  if (command === undefined) {
    return candidates([...commandWords(commands, words), ...(before.length === 0 ? ownWords : [])])
  }
  if (before[0] === "help") return candidates([])
  if (words.includes("--")) return { _tag: "Files" }
  const previous = flagOf(command, words.at(-1) ?? "")
  if (previous !== undefined && previous[1].kind.switch !== true) return valuesOf(...previous)
  if (word.startsWith("-")) return candidates(flagCandidates(command))
  if (command.names !== undefined) return { _tag: "Names", types: command.names }
  return candidates((command.words ?? []).map((text) => ({ text })))
}
