/** Settings of the log. */

import type { FlagValues } from "./Flag.ts"
import { oneOf } from "./ValueKind.ts"

export const flags = {
  logLevel: {
    kind: oneOf("trace", "debug", "info", "warn", "error"),
    default: "info",
    description: "Least severe messages that are logged.",
  },
  logFormat: {
    kind: oneOf("auto", "json", "pretty"),
    default: "auto",
    description: "json: one object per line; pretty: lines for people; auto: pretty on a terminal, otherwise json.",
  },
} as const

export interface LogSettings {
  readonly format: "auto" | "json" | "pretty"
  readonly level: "trace" | "debug" | "info" | "warn" | "error"
}

export const fromValues = ({ logFormat, logLevel }: FlagValues<typeof flags>): LogSettings => ({
  format: logFormat,
  level: logLevel,
})
