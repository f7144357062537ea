/** The commands of `firesteel`: their names, what they do and how a command line picks one. What a command does stands in `main.ts`. */

import { type Flags } from "../settings/Flag.ts"
import { flagHelp } from "../settings/FlagReference.ts"
import { nearest } from "../settings/Nearest.ts"

export interface Command {
  /** One word, or several: `migrate check`. */
  readonly name: string
  /** One line that starts with a verb. */
  readonly summary: string
  readonly flags: Flags
}

/** What a command line asks for. */
export type Invocation<C extends Command> =
  | { readonly _tag: "Run"; readonly command: C; readonly args: ReadonlyArray<string> }
  | { readonly _tag: "Help"; readonly command: C | undefined }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Unknown"; readonly message: string }

/** The words that a command line begins with are those of the command. */
const isNamed = (words: ReadonlyArray<string | undefined>) => (command: Command) =>
  command.name.split(" ").every((word, index) => words[index] === word)

/**
 * The command is the first word, or the first words; its flags follow. `help <command>`, `<command> --help` and `-h` anywhere ask for help, and so does an
 * empty command line.
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
  return helpFirst || args.includes("--help") || args.includes("-h")
    ? { _tag: "Help", command }
    : { _tag: "Run", command, args }
}

const unknownCommand = (name: string, commands: ReadonlyArray<Command>): string => {
  const longer = commands.find((command) => command.name.startsWith(`${name} `))
  if (longer !== undefined) return `"${name}" is not a whole command; did you mean ${longer.name}?`
  const names = [...commands.map((command) => command.name), "version", "help"]
  const near = nearest(name, names)
  return near === undefined
    ? `"${name}" is not a command; commands are ${names.join(", ")}`
    : `"${name}" is not a command; did you mean ${near}?`
}

const variablesHint = "Each flag is also an environment variable: --log-level is FIRESTEEL_LOG_LEVEL. The flag wins."

/** The text of `firesteel help`, or of `firesteel help <command>` with all its flags. */
export const helpText = (commands: ReadonlyArray<Command>, command: Command | undefined): string => {
  if (command !== undefined) {
    const flags = flagHelp(command.flags)
    const usage = `firesteel ${command.name}${flags === "" ? "" : " [flags]"}`
    return `${command.summary}.\n\nUsage: ${usage}\n${flags === "" ? "" : `\nFlags, with their defaults:\n${flags}\n\n${variablesHint}\n`}`
  }
  const lines = [
    ...commands.map(({ name, summary }) => [name, summary] as const),
    ["version", "Print the version"] as const,
    ["help", "Explain a command: firesteel help <command>"] as const,
  ].map(([name, summary]) => `  ${name.padEnd(15)}${summary}`)
  return `Firesteel runs Apache Spark applications on Kubernetes.\n\nUsage: firesteel <command> [flags]\n\n${lines.join("\n")}\n`
}
