/** The clocks of a time zone: which offsets from UTC apply during a local calendar day. All times are epoch milliseconds. */

export const DAY = 86_400_000

/** A span of time, `until` excluded, in which the zone's clocks show UTC plus `offset`. */
export interface Period {
  readonly from: number
  readonly until: number
  /** Milliseconds. */
  readonly offset: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

const format = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
  formats.set(zone, made)
  return made
}

/** What the clocks of a zone add to UTC at a time; exact to the second, also for the local mean times of old. */
export const offsetAt = (zone: string, time: number): number => {
  // As in "3/8/2026, GMT-04:00"; UTC itself is "GMT".
  const [, sign, hours, minutes, seconds = 0] = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(format(zone).format(time)) ?? []
  if (sign === undefined) return 0
  const amount = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === "-" ? -amount : amount
}

/** What the clocks show: `Tue 2026-12-01T03:00:00+01:00`. */
export const localTime = (zone: string, time: number): string => {
  const offset = offsetAt(zone, time)
  const wall = new Date(time + offset)
  const [day] = wall.toUTCString().split(",")
  const size = new Date(Math.abs(offset)).toISOString()
  // Offsets are whole minutes since 1972; those of old are cut.
  return `${day} ${wall.toISOString().slice(0, 19)}${offset < 0 ? "-" : "+"}${size.slice(11, 16)}`
}

type Periods = readonly [Period, ...Array<Period>]

const findPeriods = (zone: string, day: number): Periods => {
  const [from, until] = [day - DAY, day + 2 * DAY]
  const [before, after] = [offsetAt(zone, from), offsetAt(zone, until)]
  if (before === after) return [{ from, until, offset: before }]
  let [low, high] = [from, until]
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (offsetAt(zone, middle) === before) low = middle
    else high = middle
  }
  const [earlier, later] = [
    { from, until: high, offset: before },
    { from: high, until, offset: after },
  ]
  if (high + Math.min(before, after) >= day + DAY) return [earlier]
  if (high + Math.max(before, after) <= day) return [later]
  return [earlier, later]
}

/** Asking `Intl` takes longer than everything else in a search, and many schedules ask for the same days. */
const remembered = new Map<string, Periods>()

/**
 * The periods that a local calendar day can touch; `day` is its midnight as if it were in UTC. One period, or two if clocks change on that
 * day: no zone has changed them twice within three days.
 */
export const periods = (zone: string, day: number): Periods => {
  const key = `${zone} ${day}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  if (remembered.size >= 10_000) remembered.clear()
  const found = findPeriods(zone, day)
  remembered.set(key, found)
  return found
}
