/**
 * The five fields of a cron expression, as robfig/cron v3 reads them with `ParseStandard`: minute, hour, day of month, month, day of week.
 * Lists, ranges, steps, three-letter names, `?` for `*`; no seconds, no years, none of Quartz's or Jenkins' letters.
 */

import { Result } from "effect"

/** What one field matches. */
interface Field {
  /** Ascending. */
  readonly values: ReadonlyArray<number>
  /** It places no restriction: `*` or `?`, without a step or with step 1. */
  readonly star: boolean
}

export interface CronFields {
  readonly minutes: ReadonlyArray<number>
  readonly hours: ReadonlyArray<number>
  readonly daysOfMonth: Field
  readonly months: ReadonlyArray<number>
  readonly daysOfWeek: Field
  /** The minute or the hour begins with `*` or `?`: when clocks change, the schedule follows real time instead of the wall clock. */
  readonly wildcard: boolean
}

interface Bounds {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Names of `min` and of the values after it. */
  readonly names?: ReadonlyArray<string>
  readonly allowed: string
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const bounds: ReadonlyArray<Bounds> = [
  { name: "minute", min: 0, max: 59, allowed: "0 to 59" },
  { name: "hour", min: 0, max: 23, allowed: "0 to 23" },
  { name: "day of month", min: 1, max: 31, allowed: "1 to 31" },
  { name: "month", min: 1, max: 12, names: monthNames, allowed: "1 to 12 or jan to dec" },
  { name: "day of week", min: 0, max: 6, names: dayNames, allowed: "0 (Sunday) to 6 or sun to sat" },
]

const refuse = (field: Bounds, text: string, why: string) =>
  Result.fail(`${field.name} ${JSON.stringify(text)}: ${why}`)

const wholeNumber = (text: string): number | undefined => (/^\+?\d+$/.test(text) ? Number(text) : undefined)

/** Why a text is neither a number nor a name of the field. */
const unreadable = (field: Bounds, text: string): string => {
  const known = `use ${field.allowed}`
  if (/^h(\(|$)/i.test(text)) return `the H of Jenkins is not supported; ${known}`
  if (/^(l|w|lw|\d+[lw])$|#/i.test(text)) return `L, W and # of Quartz are not supported; ${known}`
  return `${JSON.stringify(text)} is not a value of this field; ${known}`
}

const steps = (low: number, high: number, step: number): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step)

/** One element of a list: `*`, `?`, `n`, `n-m`, each with or without `/step`; `n/step` runs to the field's maximum. */
const parsePart = (field: Bounds, part: string): Result.Result<Field, string> => {
  const [range = "", stepText = "1", ...slashes] = part.split("/")
  const [lowText = "", highText, ...hyphens] = range.split("-")
  const star = lowText === "*" || lowText === "?"
  const valueOf = (text: string) => {
    const named = field.names?.indexOf(text.toLowerCase()) ?? -1
    return named < 0 ? wholeNumber(text) : named + field.min
  }
  const step = wholeNumber(stepText)
  if (slashes.length > 0) return refuse(field, part, "it has more than one /; use one step, such as */15")
  if (step === undefined || step === 0) return refuse(field, part, "a step is a whole number from 1 on, such as */15")
  if (star) return Result.succeed({ values: steps(field.min, field.max, step), star: step === 1 })
  if (hyphens.length > 0) return refuse(field, part, "it has more than one -; use a range, such as 1-5")
  const low = valueOf(lowText)
  if (low === undefined) return refuse(field, part, unreadable(field, lowText))
  const high = highText === undefined ? (part.includes("/") ? field.max : low) : valueOf(highText)
  if (high === undefined) return refuse(field, part, unreadable(field, highText ?? ""))
  if (low < field.min || low > field.max || high > field.max) {
    const sunday = field.names === dayNames && (low === 7 || high === 7) ? ", where Sunday is 0 and not 7" : ""
    return refuse(field, part, `out of range; use ${field.allowed}${sunday}`)
  }
  if (low > high) {
    const first = low === field.max ? `${low}` : `${low}-${field.max}`
    const last = high === field.min ? `${high}` : `${field.min}-${high}`
    return refuse(field, part, `the range runs backwards; use ${first},${last}`)
  }
  return Result.succeed({ values: steps(low, high, step), star: false })
}

/** A comma list; empty elements are ignored, as robfig/cron does. */
const parseField = (field: Bounds, text: string): Result.Result<Field, string> =>
  Result.flatMap(
    Result.all(
      text
        .split(",")
        .filter((part) => part !== "")
        .map((part) => parsePart(field, part)),
    ),
    (parts) => {
      if (parts.length === 0) return refuse(field, text, `it matches nothing; use * or ${field.allowed}`)
      const values = [...new Set(parts.flatMap((part) => part.values))].sort((a, b) => a - b)
      return Result.succeed({ values, star: parts.some(({ star }) => star) })
    },
  )

const longestMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Five fields, separated by white space. On failure what is wrong with the first wrong field, and what would be right. */
export const parse = (text: string): Result.Result<CronFields, string> => {
  const fields = text.split(/\s+/).filter((field) => field !== "")
  if (fields.length !== 5) {
    const surplus = fields.length > 5 ? ", without seconds and years" : ""
    return Result.fail(
      `${JSON.stringify(text)} has ${fields.length} field${fields.length === 1 ? "" : "s"}; use five${surplus}: minute, hour, day of month, month, day of week, such as "0 9 * * 1-5"`,
    )
  }
  return Result.flatMap(Result.all(fields.map((field, index) => parseField(bounds[index]!, field))), (parsed) => {
    const [minutes, hours, daysOfMonth, months, daysOfWeek] = parsed as [Field, Field, Field, Field, Field]
    const first = daysOfMonth.values[0]!
    const byDate = daysOfMonth.star || daysOfWeek.star
    if (byDate && months.values.every((month) => first > longestMonth[month - 1]!)) {
      const month = months.values.map((value) => monthNames[value - 1]).join(", ")
      return Result.fail(
        `day of month ${JSON.stringify(fields[2])} never comes in month ${JSON.stringify(fields[3])} (${month}), so it would never run; use a day that the month has`,
      )
    }
    return Result.succeed({
      minutes: minutes.values,
      hours: hours.values,
      daysOfMonth,
      months: months.values,
      daysOfWeek,
      wildcard: /^[*?]/.test(fields[0]!) || /^[*?]/.test(fields[1]!),
    })
  })
}
