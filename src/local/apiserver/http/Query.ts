/** Decodes the query of a request as the API server does. */

import { Result } from "effect"
import { type ApiError, badRequest, invalid, unsupported } from "../ApiError.ts"
import type { LogOptions } from "../PodLog.ts"
import type { WriteOptions } from "../Writes.ts"

export const optional = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined

/**
 * A boolean: anything is true except `0` and `false` in any spelling (apimachinery's `Convert_Slice_string_To_bool`); clients in Python send
 * `True`.
 */
export const flag = (query: URLSearchParams, name: string): boolean | undefined => {
  const value = query.get(name)
  return value === null ? undefined : value !== "0" && value.toLowerCase() !== "false"
}

/** A number above 0. */
export const count = (query: URLSearchParams, name: string): number | undefined => {
  const value = Number(query.get(name) ?? Number.NaN)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

/** How errors name the options of a request. */
const optionKinds: Readonly<Record<string, string>> = {
  POST: "CreateOptions",
  PUT: "UpdateOptions",
  PATCH: "PatchOptions",
}

export const writeOptions = (method: string, query: URLSearchParams): Result.Result<WriteOptions, ApiError> => {
  const fieldValidation = query.get("fieldValidation") || "Warn"
  const dryRun = query.getAll("dryRun")
  const known = fieldValidation === "Strict" || fieldValidation === "Warn" || fieldValidation === "Ignore"
  const wrong = [
    ...(dryRun.some((one) => one !== "All" && one !== "") ? [unsupported("dryRun", dryRun, ["All"])] : []),
    ...(known ? [] : [unsupported("fieldValidation", fieldValidation, ["", "Ignore", "Strict", "Warn"])]),
  ]
  const kind = optionKinds[method] ?? "Options"
  if (wrong.length > 0 || !known) {
    return Result.fail(invalid({ group: "meta.k8s.io", kind, plural: kind.toLowerCase() }, "", wrong))
  }
  return Result.succeed({
    dryRun: dryRun.includes("All"),
    fieldManager: optional(query, "fieldManager"),
    fieldValidation,
    force: flag(query, "force"),
  })
}

/** Fails with 400 if a number or a time cannot be parsed. */
export const logOptions = (query: URLSearchParams): Result.Result<LogOptions, ApiError> =>
  Result.gen(function* () {
    const whole = (name: string): Result.Result<number | undefined, ApiError> => {
      const value = query.get(name)
      if (value === null || value === "") return Result.succeed(undefined)
      return /^[-+]?\d+$/.test(value)
        ? Result.succeed(Number(value))
        : Result.fail(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`))
    }
    const time = query.get("sinceTime")
    const sinceTime = time ? Date.parse(time) : undefined
    if (Number.isNaN(sinceTime)) {
      return yield* Result.fail(badRequest(`parsing time ${JSON.stringify(time)}: it is not a time of RFC 3339`))
    }
    return {
      follow: flag(query, "follow") ?? false,
      previous: flag(query, "previous") ?? false,
      timestamps: flag(query, "timestamps"),
      container: optional(query, "container"),
      tailLines: yield* whole("tailLines"),
      sinceSeconds: yield* whole("sinceSeconds"),
      sinceTime,
      limitBytes: yield* whole("limitBytes"),
    }
  })
