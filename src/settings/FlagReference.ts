/** A table of flags for readers: as Markdown for the documentation and as plain text for `--help`. */

import { type Flags, flagName, variableName } from "./Flag.ts"

/** A Markdown table: flag, environment variable, default, meaning with the allowed values. */
export const flagTable = (flags: Flags): string => {
  const rows = Object.entries(flags).map(([key, flag]) =>
    [
      `\`${flagName(key)}\``,
      `\`${variableName(key)}\``,
      flag.default === "" ? "" : `\`${flag.default}\``,
      `${flag.description} Allowed: ${flag.kind.allowed}.`.replaceAll("|", "\\|"),
    ].join(" | "),
  )
  return [
    "| Flag | Environment variable | Default | Meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n")
}

/** Two lines per flag: its name with the default, and indented below what it means. */
export const flagHelp = (flags: Flags): string =>
  Object.entries(flags)
    .map(([key, flag]) => {
      const names = flag.short === undefined ? flagName(key) : `-${flag.short}, ${flagName(key)}`
      const name = flag.kind.switch === true ? names : `${names} ${flag.default === "" ? "…" : flag.default}`
      return `  ${name}\n      ${flag.description}`
    })
    .join("\n")
