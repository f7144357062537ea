/** A mistake in what a user wrote. It is shown as it stands, so it says where, what is wrong and what would be right. */
export interface Problem {
  /** The path of the field as `kubectl explain` spells it: `spec.driver.memory`, `spec.volumes[0].name`, `spec.sparkConf["spark.ui.port"]`. */
  readonly field: string
  /** Plain English, such as: `"1.5g" is not a Spark memory size; use a whole number with the unit k, m, g or t, such as 1536m`. */
  readonly message: string
  /** The real spark-submit could do this, on a machine of its own: a Job can submit the application. */
  readonly nativeOnly?: true
}
