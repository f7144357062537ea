/** `completion SHELL` prints what a shell needs; `__complete` answers its questions, and those of kubectl (`kubectl_complete-firesteel`). */

import { Effect } from "effect"
import { type Command, print, type RunnableCommand } from "../../Command.ts"
import type { Host } from "../../Host.ts"
import { UsageError } from "../../UsageError.ts"
import { type Candidate, type Completion, completionOf } from "./Completion.ts"
import { scripts, type Shell, shells } from "./Shells.ts"

export const make = ({ program }: Host): RunnableCommand => ({
  name: "completion",
  summary: "Print what bash, zsh or fish need to complete command lines",
  group: "shell",
  usage: shells.join("|"),
  about: `For "kubectl firesteel" nothing has to be set up but kubectl's own completion: it asks the program kubectl_complete-firesteel, which is
installed with the plugin.`,
  examples: [
    ["bash, in ~/.bashrc", "completion bash > ~/.firesteel.bash; echo '. ~/.firesteel.bash' >> ~/.bashrc"],
    ["zsh", 'completion zsh > "${fpath[1]}/_firesteel"'],
    ["fish", "completion fish > ~/.config/fish/completions/firesteel.fish"],
  ],
  flags: {},
  words: shells,
  run: ([shell, ...more]) =>
    more.length > 0 || !shells.includes(shell as Shell)
      ? Effect.fail(new UsageError({ message: `SHELL: use ${shells.join(", ")}; see ${program} completion --help` }))
      : print(scripts[shell as Shell]),
})

/** The bits of cobra's directive that kubectl knows: what the shell adds to the candidates. */
const [filesToo, noFiles, noFilesNoSpace] = [":0", ":4", ":6"]

/** Candidates that begin with `word`, one a line, then the directive. What ends with a slash is to be continued. */
const answer = (all: ReadonlyArray<Candidate>, word: string): string => {
  const found = all.filter(({ text }) => text.startsWith(word))
  const isBeginning = found.length > 0 && found.every(({ text }) => text.endsWith("/"))
  return [
    ...found.map(({ text, description }) => (description === undefined ? text : `${text}\t${description}`)),
    isBeginning ? noFilesNoSpace : noFiles,
  ]
    .map((line) => `${line}\n`)
    .join("")
}

/** The words of `--flag=value` are two, as those of `--flag value`. */
const wordsOf = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(args.at(-1) ?? "") ?? []
  return flag === undefined ? args : [...args.slice(0, -1), flag, value ?? ""]
}

/** Nothing is reported: a question without an answer has no candidates. */
export const complete = (host: Host, commands: ReadonlyArray<Command>): RunnableCommand => ({
  name: "__complete",
  summary: "Print what can come next",
  group: "shell",
  flags: {},
  internal: true,
  run: Effect.fnUntraced(function* (args) {
    const words = wordsOf(args)
    const before = words.slice(0, -1)
    const word = words.at(-1) ?? ""
    const completion: Completion = completionOf(commands, before, word)
    switch (completion._tag) {
      case "Files":
        return yield* print(`${filesToo}\n`)
      case "Candidates":
        return yield* print(answer(completion.candidates, word))
      default: {
        const { readNames } = yield* Effect.promise(() => import("./ReadNames.ts"))
        const names = yield* readNames(completion, before, word, host)
        const candidates = names.map((text) => ({ text }))
        return yield* print(answer(candidates, word))
      }
    }
  }),
})
