/** `@every <duration>`: the durations of Go, and times at a fixed distance from an anchor. Intervals in seconds, times in epoch milliseconds. */

import { Result } from "effect"

const secondsPerUnit = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 }
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g
const whole = new RegExp(`^[+-]?(?:0|(?:${part.source})+)$`)

/** Go counts durations in nanoseconds, in 64 bits. */
const longest = 2 ** 63 / 1e9

/** What would be right instead of a text that is not a duration. */
const meant = (text: string): string => {
  const [, days] = /^ *(\d+)d *$/.exec(text) ?? []
  if (days !== undefined) return `@every ${Number(days) * 24}h`
  if (whole.test(text.trim())) return `@every ${text.trim()}, with one blank`
  return "numbers with h, m or s, such as @every 90s, @every 15m or @every 1h30m"
}

/**
 * Whole seconds of a Go duration such as `1h30m` or `1.5h`. As in robfig/cron, a fraction of a second is cut and anything below one second,
 * negative durations too, is one second.
 */
export const parse = (text: string): Result.Result<number, string> => {
  if (!whole.test(text)) return Result.fail(`@every ${JSON.stringify(text)}: not a duration; use ${meant(text)}`)
  const sign = text.startsWith("-") ? -1 : 1
  const seconds = [...text.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * secondsPerUnit[unit as keyof typeof secondsPerUnit],
    0,
  )
  if (seconds > longest) return Result.fail(`@every ${text} is too long; use at most ${Math.floor(longest / 3600)}h`)
  // Sums of fractions such as 1.1s and 0.9s must not fall short of the whole second.
  return Result.succeed(Math.max(1, Math.floor(sign * seconds + 1e-9)))
}

/** How many times, counted from the anchor, have passed at `time`; the anchor itself is not one. */
const passed = (seconds: number, anchor: number, time: number): number =>
  Math.max(0, Math.floor((time - anchor) / (seconds * 1000)))

/** The first time strictly after `after`. */
export const next = (seconds: number, after: number, anchor: number): number =>
  anchor + (passed(seconds, anchor, after) + 1) * seconds * 1000

/** The most recent time in (after, until], and how many there are. */
export const latest = (seconds: number, after: number, until: number, anchor: number) => {
  const last = passed(seconds, anchor, until)
  const count = last - passed(seconds, anchor, after)
  return count > 0 ? { time: anchor + last * seconds * 1000, count, exact: true } : undefined
}
