/** How the scheduled time is written in the name of a run: the number since 1970 of these units. kubeflow's values. */

export const timestampPrecisions = ["nanos", "micros", "millis", "seconds", "minutes"] as const
export type TimestampPrecision = (typeof timestampPrecisions)[number]
