import { assert, describe, it } from "@effect/vitest"
import { helpText, parseInvocation } from "../../src/cli/Command.ts"
import { localFlags } from "../../src/cli/local/LocalFlags.ts"

const operator = { name: "operator", summary: "Run the operator", flags: {} }
const local = { name: "local", summary: "Try Firesteel", flags: localFlags }
const commands = [operator, local]
const parse = (...argv: ReadonlyArray<string>) => parseInvocation(argv, commands)

describe("Command", () => {
  it("takes the first word for the command and the rest for its flags", () => {
    assert.deepStrictEqual(parse("local", "--once"), { _tag: "Run", command: local, args: ["--once"] })
  })

  it("explains itself when asked, and when nothing is asked", () => {
    assert.deepStrictEqual(parse(), { _tag: "Help", command: undefined })
    assert.deepStrictEqual(parse("--help"), { _tag: "Help", command: undefined })
    assert.deepStrictEqual(parse("help", "local"), { _tag: "Help", command: local })
    assert.deepStrictEqual(parse("local", "--once", "-h"), { _tag: "Help", command: local })
  })

  it("knows version as a word and as a flag", () => {
    assert.deepStrictEqual(parse("version"), { _tag: "Version" })
    assert.deepStrictEqual(parse("--version"), { _tag: "Version" })
  })

  it("proposes the nearest command, or lists all", () => {
    assert.deepStrictEqual(parse("loacl"), {
      _tag: "Unknown",
      message: '"loacl" is not a command; did you mean local?',
    })
    assert.deepStrictEqual(parse("dance"), {
      _tag: "Unknown",
      message: '"dance" is not a command; commands are operator, local, version, help',
    })
  })

  it("lists every command, and every flag of one with its default", () => {
    assert.include(helpText(commands, undefined), "  local          Try Firesteel\n")
    const help = helpText(commands, local)
    assert.include(help, "Usage: firesteel local [flags]")
    assert.include(help, "  --timeout 2m\n      With --once: how long to wait for that.")
    assert.include(help, "  --once\n")
  })
})
