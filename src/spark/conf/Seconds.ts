/** Spark's times (`JavaUtils.timeStringAs`). */

const seconds: ReadonlyMap<string, number> = new Map([
  ["us", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["m", 60],
  ["min", 60],
  ["h", 3600],
  ["d", 86400],
])

/**
 * The seconds of a time such as `90`, `90s` or `2min`, rounded down; a bare number has the given unit. Undefined when Spark cannot read
 * it.
 */
export const parseSeconds = (time: string, bareUnit = "s"): number | undefined => {
  const [, digits, unit = bareUnit] = /^(-?[0-9]+)([a-z]+)?$/.exec(time.trim().toLowerCase()) ?? []
  const factor = seconds.get(unit)
  return digits === undefined || factor === undefined ? undefined : Math.floor(Number(digits) * factor)
}
