/** Ages as `kubectl` prints them (apimachinery `duration.HumanDuration`): two units at most, coarser as time passes. */

/** `5s`, `3m20s`, `2h5m`, `3d4h`, `1y20d`; `millis` may not be negative by more than a second. */
export const humanDuration = (millis: number): string => {
  const seconds = Math.floor(millis / 1000)
  if (seconds < -1) return "<invalid>"
  if (seconds < 0) return "0s"
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const years = Math.floor(days / 365)
  const two = (big: number, unit: string, small: number, rest: string) =>
    small === 0 ? `${big}${unit}` : `${big}${unit}${small}${rest}`
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s")
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, "h", minutes % 60, "m")
  if (hours < 48) return `${hours}h`
  if (hours < 192) return two(days, "d", hours % 24, "h")
  if (days < 730) return `${days}d`
  if (years < 8) return two(years, "y", days % 365, "d")
  return `${years}y`
}
