/** A short hash of a JSON value, by which a changed spec is recognized. */

import { createHash } from "node:crypto"

/** JSON with sorted keys, so that the order in which a client sends them does not matter. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`
}

/** 16 hexadecimal digits; equal for values that are equal as JSON, in whatever order their keys are. */
export const fingerprint = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex").slice(0, 16)
