/** A mistake in a manifest, as shown to the user: which field, what is wrong and how to correct it. */
export interface Problem {
  /** The path of the field as in `kubectl explain`: `spec.driver.memory`, `spec.volumes[0].name`, `spec.sparkConf["spark.ui.port"]`. */
  readonly field: string
  /** What is wrong and the remedy: `"1.5g" is not a Spark memory size; use a whole number with a unit, such as 1536m`. */
  readonly message: string
  /** Concerns the native submitter only: a Job with spark-submit can submit the application. */
  readonly nativeOnly?: true
}

/** All problems of a spec in one sentence each, as users read them. */
export const describeProblems = (problems: ReadonlyArray<Problem>): string =>
  problems
    .map(({ field, message }) => `${field}: ${message}`)
    .join("; ")
    .slice(0, 4096)
