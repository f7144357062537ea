/** Times, durations and states in words. Pure. */

const units: ReadonlyArray<readonly [seconds: number, name: string]> = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
]

/** `12 s`, `4 min`, `2 h 5 min`, `3 d 4 h`. */
export const duration = (millis: number): string => {
  const seconds = Math.max(0, Math.round(millis / 1000))
  for (const [index, [size, name]] of units.entries()) {
    if (seconds < size) continue
    const whole = Math.floor(seconds / size)
    const next = units[index + 1]
    const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[0])
    return rest === 0 || next === undefined ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[1]}`
  }
  return `${seconds} s`
}

/** `4 min ago`, `in 4 min`. */
export const ago = (time: string, now: number): string => {
  const millis = now - Date.parse(time)
  return millis >= 0 ? `${duration(millis)} ago` : `in ${duration(-millis)}`
}

/** Between two times, or until now. */
export const between = (from: string | undefined, to: string | undefined, now: number): string =>
  from === undefined ? "" : duration((to === undefined ? now : Date.parse(to)) - Date.parse(from))

/** The time of day; with seconds where minutes would not tell times apart. */
export const clockTime = (time: string, withSeconds = false): string =>
  new Date(time).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
  })

const tones: Readonly<Record<string, string>> = {
  RUNNING: "good",
  Ready: "good",
  Available: "good",
  Unavailable: "bad",
  Invalid: "bad",
  Stopped: "off",
  COMPLETED: "done",
  SUCCEEDING: "done",
  Scheduled: "good",
  FAILED: "bad",
  FAILING: "bad",
  SUBMISSION_FAILED: "bad",
  Failed: "bad",
  FailedValidation: "bad",
  UNKNOWN: "bad",
  NotReady: "bad",
  SUBMITTED: "wait",
  PENDING: "wait",
  PENDING_RERUN: "wait",
  Provisioning: "wait",
  RESUMING: "wait",
  SUSPENDED: "off",
  SUSPENDING: "off",
  Suspended: "off",
  Idle: "off",
  SUCCEEDED: "done",
}

/** The colour of a state. */
export const stateTone = (state: string): string => tones[state] ?? "off"

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
