/** Takes the operands, such as names, out of a command line, so that `settings/Flag.ts` decodes the rest. Pure. */

import { type Flags, tokensOf } from "../../settings/Flag.ts"

export interface Arguments {
  /** Without the operands. */
  readonly flags: ReadonlyArray<string>
  readonly operands: ReadonlyArray<string>
  /** Everything after `--`; undefined without it. */
  readonly rest: ReadonlyArray<string> | undefined
}

/** The word after a flag that is not in the table stays with it: it is most likely its value. */
export const splitArguments = (table: Flags, args: ReadonlyArray<string>): Arguments => {
  const end = args.indexOf("--")
  const before = end < 0 ? args : args.slice(0, end)
  const known = new Set(Object.values(table).flatMap(({ short }) => (short === undefined ? [] : [`-${short}`])))
  const operands = new Set<number>()
  let afterUnknown = -1
  for (const token of tokensOf(table, before)) {
    if (token.kind === "positional" && token.index !== afterUnknown) operands.add(token.index)
    if (token.kind !== "option" || token.inlineValue === true || token.value !== undefined) continue
    const isSwitch = known.has(token.rawName) || isInTable(table, token.name)
    if (!isSwitch) afterUnknown = token.index + 1
  }
  return {
    flags: before.filter((_, index) => !operands.has(index)),
    operands: before.filter((_, index) => operands.has(index)),
    rest: end < 0 ? undefined : args.slice(end + 1),
  }
}

/** `--no-wait` is the flag `wait`, too. */
const isInTable = (table: Flags, name: string) => {
  const key = name.replace(/^no-/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return key in table
}
