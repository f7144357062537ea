/** Kubernetes timestamps: RFC 3339 in UTC with whole seconds. */

/** Epoch milliseconds → `2026-11-20T23:13:03Z`. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Seconds from a Kubernetes timestamp to `now` (epoch milliseconds); 0 if there is none. */
export const secondsSince = (time: string | null | undefined, now: number): number =>
  time ? (now - Date.parse(time)) / 1000 : 0
