/**
 * How often the progress of drivers is read. A young run is read often; a long one, one in which nothing moves, and a driver that does not
 * answer are read rarely. The number of readings per second is bounded, however many applications run: all intervals are stretched by the
 * same factor.
 */

/** The age and activity of one run. */
export interface RunActivity {
  /** Seconds since the driver started. */
  readonly age: number
  /** Seconds since a reading showed that something moved; 0 before the first reading. */
  readonly quiet: number
  /** Readings in a row that failed. */
  readonly failures: number
}

/** The longest interval, and the longest after failures, as multiples of the shortest: 1 min and 5 min at 5 s. */
const longest = 12
const longestAfterFailure = 60

/**
 * Seconds until the next reading if this were the only application: a twelfth of its age, a quarter of the time in which nothing moved.
 * Doubled with every failure, up to an eighth of its age: a starting driver has no UI, however long it takes, and is found soon after it
 * has one.
 */
export const interval = (shortest: number, { age, quiet, failures }: RunActivity): number => {
  const steady = Math.min(Math.max(shortest, age / 12, quiet / 4), longest * shortest)
  if (failures === 0) return steady
  return Math.max(steady, Math.min(2 ** failures * shortest, longestAfterFailure * shortest, age / 8))
}

/** The cost of a reading of this many characters, in readings of ordinary size. */
export const costOf = (characters: number): number => 1 + characters / (256 * 1024)

export interface ReadingPace {
  /** This run should be read every `seconds`, at this cost per reading. Returns the seconds that fit the rate, given all other runs. */
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
    // Sums of fractions drift; without any run the total is zero.
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
