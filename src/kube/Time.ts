/** Kubernetes timestamps: RFC 3339 in UTC with whole seconds. */

/** Epoch milliseconds → `2026-11-20T23:13:03Z`. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Epoch milliseconds of a Kubernetes timestamp; undefined if absent or not a time. */
export const epoch = (time: string | null | undefined): number | undefined => {
  const ms = time ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** Seconds from a Kubernetes timestamp to `now` (epoch milliseconds); 0 if there is none. */
export const secondsSince = (time: string | null | undefined, now: number): number =>
  time ? (now - Date.parse(time)) / 1000 : 0
