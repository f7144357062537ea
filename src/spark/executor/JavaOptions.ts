/** The Java options of an executor, as the driver takes them from its configuration (`BasicExecutorFeatureStep`). */

const quotes = ['"', "'"]

/** Words as a shell would split them; a backslash counts only between double quotes (`Utils.splitCommandString`). */
export const splitCommand = (text: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  let word: string | undefined
  let quote = ""
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === quote) quote = ""
    else if (quote === '"' && character === "\\") word = (word ?? "") + text.charAt(++index)
    else if (quote === "" && quotes.includes(character)) {
      quote = character
      word ??= ""
    } else if (quote === "" && " \t\r\n".includes(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? "") + character
  }
  return word === undefined ? words : [...words, word]
}

/** Properties that an executor needs before it has the configuration of its driver (`SparkConf.isExecutorStartupConf`). */
const isStartup = (key: string) =>
  (key.startsWith("spark.auth") && key !== "spark.authenticate.secret") ||
  /^spark\.(rpc|network)/.test(key) ||
  (key.startsWith("spark.") && key.endsWith(".port")) ||
  key.startsWith("spark.port.")

/**
 * The options in the order of the configuration, without those by which every Spark opens modules of the JVM. Spark itself takes the
 * properties from a hash table, and up to 4.0 it repeats the default options.
 */
export const executorJavaOptions = (
  properties: ReadonlyMap<string, string>,
  substitute: (text: string) => string,
): ReadonlyArray<string> => [
  ...splitCommand(substitute(properties.get("spark.executor.defaultJavaOptions") ?? "")),
  ...splitCommand(substitute(properties.get("spark.executor.extraJavaOptions") ?? "")),
  ...[...properties].flatMap(([key, value]) => (isStartup(key) ? [`-D${key}=${value}`] : [])).sort(),
]
