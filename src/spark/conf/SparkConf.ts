/**
 * An ordered Spark configuration in which the last of equal keys wins, as on spark-submit's command line.
 * Every entry holds the field of the resource from which it came, so that a problem can name what the user wrote.
 */

export interface ConfEntry {
  readonly key: string
  readonly value: string
  /** Path of the field in the resource, such as `spec.driver.memory`. */
  readonly field: string
}

export type SparkConf = ReadonlyMap<string, ConfEntry>

/** An entry found under a prefix; `name` is the rest of its key. */
export interface PrefixedEntry extends ConfEntry {
  readonly name: string
}

/** The configuration of these entries, the last of equal keys winning. */
export const sparkConf = (entries: Iterable<ConfEntry>): SparkConf =>
  new Map([...entries].map((entry) => [entry.key, entry]))

/** The entries whose key is longer than the prefix and begins with it, in order (`SparkConf.getAllWithPrefix`). */
export const withPrefix = (conf: SparkConf, prefix: string): ReadonlyArray<PrefixedEntry> =>
  [...conf.values()].flatMap((entry) =>
    entry.key.startsWith(prefix) && entry.key.length > prefix.length
      ? [{ ...entry, name: entry.key.slice(prefix.length) }]
      : [],
  )

/** The path of one key of a map: `spec.driver.labels.team`, `spec.sparkConf["spark.driver.memory"]`. */
export const keyOf = (field: string, key: string): string =>
  /^[A-Za-z][A-Za-z0-9_]*$/.test(key) ? `${field}.${key}` : `${field}[${JSON.stringify(key)}]`
