/**
 * Executors come and go in bursts: five that start together are fifteen changes of pods within a second. Their news wait a moment, so that one
 * write of the status tells all of them; every other news is written at once, and takes the executors' with it.
 */

/** Seconds that news of executors alone may wait. */
const patience = 1

export interface Bursts {
  /** Seconds to wait before news that only executors make about this application are written; 0: write them. `now` in epoch milliseconds. */
  readonly wait: (application: string, now: number) => number
  /** The status was written, or the application is gone. */
  readonly over: (application: string) => void
}

export const make = (): Bursts => {
  const began = new Map<string, number>()
  return {
    wait: (application, now) => {
      const since = began.get(application) ?? now
      began.set(application, since)
      return Math.max(0, patience - (now - since) / 1000)
    },
    over: (application) => began.delete(application),
  }
}
