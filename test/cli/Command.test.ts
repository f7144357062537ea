import { assert, describe, it } from "@effect/vitest"
import { helpText, parseInvocation } from "../../src/cli/Command.ts"
import { localFlags } from "../../src/cli/local/LocalFlags.ts"

const operator = { name: "operator", summary: "Run the operator", group: "operator", flags: {} } as const
const local = { name: "local", summary: "Try Firesteel", group: "operator", flags: localFlags } as const
const commands = [operator, local]
const parse = (...argv: ReadonlyArray<string>) => parseInvocation(argv, commands)

describe("Command", () => {
  it("treats the first word as the command and the rest as its flags", () => {
    assert.deepStrictEqual(parse("local", "--once"), { _tag: "Run", command: local, args: ["--once"] })
  })

  it("prints its usage on request, and without arguments", () => {
    assert.deepStrictEqual(parse(), { _tag: "Help", command: undefined })
    assert.deepStrictEqual(parse("--help"), { _tag: "Help", command: undefined })
    assert.deepStrictEqual(parse("help", "local"), { _tag: "Help", command: local })
    assert.deepStrictEqual(parse("local", "--once", "-h"), { _tag: "Help", command: local })
  })

  it("accepts version as a command and as a flag", () => {
    assert.deepStrictEqual(parse("version"), { _tag: "Version" })
    assert.deepStrictEqual(parse("--version"), { _tag: "Version" })
  })

  it("suggests the most similar command, or lists all", () => {
    assert.deepStrictEqual(parse("loacl"), {
      _tag: "Unknown",
      message: '"loacl" is not a command; did you mean local?',
    })
    assert.deepStrictEqual(parse("dance"), {
      _tag: "Unknown",
      message: '"dance" is not a command; commands are operator, local, version, help',
    })
  })

  it("does not take a flag for a command, and leaves what follows -- to the command", () => {
    assert.deepStrictEqual(parse("-n", "spark", "local"), {
      _tag: "Unknown",
      message: '"-n" is not a command; flags follow the command',
    })
    assert.deepStrictEqual(parse("local", "--", "--help"), { _tag: "Run", command: local, args: ["--", "--help"] })
  })

  it("shows how the program is called, and examples of a command", () => {
    const run = { ...local, usage: "NAME", about: "Once more.", examples: [["Try it", "local pi"]] } as const
    const help = helpText([run], run, "kubectl firesteel")
    assert.match(help, /^Try Firesteel\.\n\nOnce more\.\n\nUsage: kubectl firesteel local NAME \[flags\]\n/)
    assert.include(help, "Examples:\n  # Try it\n  kubectl firesteel local pi\n")
    const submit = { ...local, usage: "-- ARGUMENTS" } as const
    assert.include(helpText([submit], submit), "Usage: firesteel local [flags] -- ARGUMENTS\n")
  })

  it("lists every command, and every flag of one with its default", () => {
    assert.include(helpText(commands, undefined), "  local          Try Firesteel\n")
    const help = helpText(commands, local)
    assert.include(help, "Usage: firesteel local [flags]")
    assert.include(help, "  --timeout 2m\n      With --once: how long to wait for that.")
    assert.include(help, "  --once\n")
  })
})
