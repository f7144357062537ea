/**
 * How often drivers are asked how far they are. A young run is looked at often; one that runs for long, or in which nothing moves, rarely,
 * and so is a driver that does not answer. However many applications run, there are only so many readings a second: all intervals
 * are stretched alike.
 */

/** What is known of one run, in seconds. */
export interface Standing {
  /** Since the driver started. */
  readonly age: number
  /** Since something was seen to move; 0 before the first reading. */
  readonly quiet: number
  /** Readings in a row that failed. */
  readonly failures: number
}

/** The longest interval, and the longest after failures, in shortest ones: 1 min and 5 min of 5 s. */
const longest = 12
const longestAfterFailure = 60

/**
 * Seconds until the next reading, were it the only application: a twelfth of its age, a quarter of its silence. Doubled with every failure,
 * to an eighth of its age: a driver has no UI yet while it starts, however long that takes, and is found soon after it has one.
 */
export const interval = (shortest: number, { age, quiet, failures }: Standing): number => {
  const steady = Math.min(Math.max(shortest, age / 12, quiet / 4), longest * shortest)
  if (failures === 0) return steady
  return Math.max(steady, Math.min(2 ** failures * shortest, longestAfterFailure * shortest, age / 8))
}

/** A reading of so many characters, in readings of ordinary size. */
export const costOf = (characters: number): number => 1 + characters / (256 * 1024)

export interface ReadingPace {
  /** This run is to be read every `seconds`, and one reading costs so much. Answers the seconds that fit beside all others. */
  readonly plan: (key: string, seconds: number, cost: number) => number
  readonly forget: (key: string) => void
}

/** `rate`: readings of ordinary size per second, over all applications. */
export const make = (rate: number): ReadingPace => {
  const loads = new Map<string, number>()
  let total = 0
  const load = (key: string, next: number) => {
    total = Math.max(0, total + next - (loads.get(key) ?? 0))
    if (next === 0) loads.delete(key)
    else loads.set(key, next)
    // Sums of fractions drift; with nothing left there is nothing.
    if (loads.size === 0) total = 0
  }
  return {
    plan: (key, seconds, cost) => {
      load(key, cost / seconds)
      return seconds * Math.max(1, total / rate)
    },
    forget: (key) => load(key, 0),
  }
}
