/** What a command of `firesteel` is, how a command line chooses one, and the text of the help. The commands are listed in `Commands.ts`. */

import type { NodeServices } from "@effect/platform-node/NodeServices"
import { Effect, Terminal } from "effect"
import { type Flags, flagName } from "../settings/Flag.ts"
import { nearest } from "../settings/Nearest.ts"

/** The sections of the help, in its order. */
export const commandGroups = {
  cluster: "On a cluster",
  manifests: "Without a cluster",
  operator: "The operator",
  shell: "The command line",
} as const

/** What objects are called on the command line. */
export type ObjectNoun = "application" | "schedule" | "connect" | "history"

export interface Command {
  /** One word, or several: `migrate check`. */
  readonly name: string
  /** One line that starts with a verb. */
  readonly summary: string
  readonly group: keyof typeof commandGroups
  readonly flags: Flags
  /** What else the command line has: `NAME`. Absent: only flags. */
  readonly usage?: string
  /** What it does, and what to know before it is used; paragraphs. */
  readonly about?: string
  /** Types of the objects whose names it takes; a name without a type is of the first one. */
  readonly names?: ReadonlyArray<ObjectNoun>
  /** Words that it takes in the place of names. */
  readonly words?: ReadonlyArray<string>
  /** For programs: not in the help, and every word that follows is an argument, also `--help`. */
  readonly internal?: true
  /** Command lines without the name of the program, each with what it is for. */
  readonly examples?: ReadonlyArray<readonly [purpose: string, line: string]>
}

export interface RunnableCommand extends Command {
  /**
   * `args` follow the name. Succeeds with `false` when the command did its work and found something wrong (exit code 1); fails with a
   * `UsageError` (exit code 2), or with another error of one line (exit code 1).
   */
  readonly run: (args: ReadonlyArray<string>) => Effect.Effect<unknown, { readonly message: string }, NodeServices>
  /** The exit code after a signal. Absent: 0, because the command runs until it is stopped. */
  readonly exitCodeOnSignal?: number
}

/** Prints to standard output. */
export const print = (text: string): Effect.Effect<void, never, Terminal.Terminal> =>
  Effect.flatMap(Terminal.Terminal, (terminal) => Effect.ignore(terminal.display(text)))

/** What a command line requests. */
export type Invocation<C extends Command> =
  | { readonly _tag: "Run"; readonly command: C; readonly args: ReadonlyArray<string> }
  | { readonly _tag: "Help"; readonly command: C | undefined }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Unknown"; readonly message: string }

/** Whether the command line begins with the command's words. */
const isNamed = (words: ReadonlyArray<string | undefined>) => (command: Command) =>
  command.name.split(" ").every((word, index) => words[index] === word)

/**
 * The command is the first word or words; its flags follow. `help <command>`, `<command> --help` and `-h` anywhere before `--` request help,
 * and so does an empty command line.
 */
export const parseInvocation = <C extends Command>(
  argv: ReadonlyArray<string>,
  commands: ReadonlyArray<C>,
): Invocation<C> => {
  const [first, ...rest] = argv
  if (first === "version" || first === "--version") return { _tag: "Version" }
  const helpFirst = first === "help" || first === "--help" || first === "-h"
  const words = helpFirst ? rest : argv
  const [name] = words
  if (name === undefined) return { _tag: "Help", command: undefined }
  const command = commands.find(isNamed(words))
  if (command === undefined) return { _tag: "Unknown", message: unknownCommand(name, commands) }
  const args = words.slice(command.name.split(" ").length)
  if (command.internal === true) return { _tag: "Run", command, args }
  const own = args.slice(0, [...args, "--"].indexOf("--"))
  return helpFirst || own.includes("--help") || own.includes("-h")
    ? { _tag: "Help", command }
    : { _tag: "Run", command, args }
}

const isPublic = ({ internal }: Command) => internal !== true

const unknownCommand = (name: string, commands: ReadonlyArray<Command>): string => {
  if (name.startsWith("-")) return `"${name}" is not a command; flags follow the command`
  const longer = commands.find((command) => command.name.startsWith(`${name} `))
  if (longer !== undefined) return `"${name}" is not a complete command; did you mean ${longer.name}?`
  const names = [...commands.filter(isPublic).map((command) => command.name), "version", "help"]
  const near = nearest(name, names)
  return near === undefined
    ? `"${name}" is not a command; commands are ${names.join(", ")}`
    : `"${name}" is not a command; did you mean ${near}?`
}

/** Two lines per flag: its name with the default, and its description indented below. */
const flagHelp = (flags: Flags): string =>
  Object.entries(flags)
    .map(([key, flag]) => {
      const names = flag.short === undefined ? flagName(key) : `-${flag.short}, ${flagName(key)}`
      const name = flag.kind.switch === true ? names : `${names} ${flag.default === "" ? "…" : flag.default}`
      return `  ${name}\n      ${flag.description}`
    })
    .join("\n")

const variablesHint =
  "Each flag is also an environment variable: --log-level is FIRESTEEL_LOG_LEVEL. The flag overrides it."

/** The text of `firesteel help`, or of `firesteel help <command>` with all its flags. `program` is how the user calls it. */
export const helpText = (
  commands: ReadonlyArray<Command>,
  command: Command | undefined,
  program = "firesteel",
): string => (command === undefined ? overview(commands, program) : helpOf(command, program))

const helpOf = ({ name, summary, usage, about, examples = [], flags }: Command, program: string): string => {
  const own = usage === undefined ? [] : [usage]
  const some = Object.keys(flags).length > 0 ? ["[flags]"] : []
  // What follows -- belongs to the command, not to this program.
  const words = [program, name, ...(usage?.startsWith("-- ") === true ? [...some, ...own] : [...own, ...some])]
  const described = flagHelp(flags)
  const shown = examples.map(([purpose, line]) => `  # ${purpose}\n  ${program} ${line}\n`)
  return [
    `${summary}.\n`,
    ...(about === undefined ? [] : [`${about}\n`]),
    `Usage: ${words.join(" ")}\n`,
    ...(shown.length === 0 ? [] : [`Examples:\n${shown.join("\n")}`]),
    ...(described === "" ? [] : [`Flags, with their defaults:\n${described}\n\n${variablesHint}\n`]),
  ].join("\n")
}

const overview = (commands: ReadonlyArray<Command>, program: string): string => {
  const line = (name: string, summary: string) => `  ${name.padEnd(15)}${summary}\n`
  const sections = Object.entries(commandGroups).map(([group, title]) => {
    const lines = commands
      .filter((one) => isPublic(one) && one.group === group)
      .map(({ name, summary }) => line(name, summary))
    const own =
      group === "shell"
        ? [line("version", "Print the version"), line("help", `Describe a command: ${program} help <command>`)]
        : []
    return [...lines, ...own].length === 0 ? "" : `\n${title}:\n${[...lines, ...own].join("")}`
  })
  return `Firesteel runs Apache Spark applications on Kubernetes.\n\nUsage: ${program} <command> [flags]\n${sections.join("")}`
}
