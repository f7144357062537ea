/**
 * Reads the command line of spark-submit by its rules (`SparkSubmitArguments`, `SparkSubmitOptionParser`): flags come first, the first word that
 * is none is the file to run, and everything after it belongs to the program. Flags win over `--conf`, and `--conf` over a properties file. Pure.
 */

import { Result } from "effect"
import { nearest } from "../../../settings/Nearest.ts"

/** Flags that set a configuration key. */
const keys: Readonly<Record<string, string>> = {
  "--archives": "spark.archives",
  "--driver-class-path": "spark.driver.extraClassPath",
  "--driver-cores": "spark.driver.cores",
  "--driver-java-options": "spark.driver.extraJavaOptions",
  "--driver-library-path": "spark.driver.extraLibraryPath",
  "--driver-memory": "spark.driver.memory",
  "--exclude-packages": "spark.jars.excludes",
  "--executor-cores": "spark.executor.cores",
  "--executor-memory": "spark.executor.memory",
  "--files": "spark.files",
  "--jars": "spark.jars",
  "--keytab": "spark.kerberos.keytab",
  "--name": "spark.app.name",
  "--num-executors": "spark.executor.instances",
  "--packages": "spark.jars.packages",
  "--principal": "spark.kerberos.principal",
  "--py-files": "spark.submit.pyFiles",
  "--repositories": "spark.jars.repositories",
}

/** Flags with a place of their own. */
const others = ["--class", "--conf", "--deploy-mode", "--master", "--properties-file", "--proxy-user"] as const
/** Flags that concern the run of spark-submit, or other cluster managers. */
const ignored = ["--queue", "--total-executor-cores"]
const ignoredSwitches = ["--verbose", "-v", "--supervise", "--load-spark-defaults", "--skip-spark-defaults"]
const aliases: Readonly<Record<string, string>> = { "-c": "--conf", "--status": "", "--kill": "", "--remote": "" }

export interface SparkSubmitCommand {
  /** From flags and `--conf`, without the properties file. */
  readonly conf: ReadonlyMap<string, string>
  readonly mainClass: string | undefined
  readonly master: string | undefined
  readonly deployMode: string | undefined
  readonly proxyUser: string | undefined
  readonly propertiesFile: string | undefined
  readonly file: string
  readonly arguments: ReadonlyArray<string>
  /** Flags that have no meaning for a SparkApplication. */
  readonly ignored: ReadonlyArray<string>
}

/** What is wrong with a command line, starting with the word that is. */
export type Mistake = string

const known = [...Object.keys(keys), ...others, ...ignored, ...ignoredSwitches]

const unknown = (flag: string): Mistake => {
  const near = nearest(flag, known)
  return `${flag}: is not a flag of spark-submit that can be translated${near === undefined ? "" : `; did you mean ${near}?`}`
}

/** `args` follow the word spark-submit, which may be there, with or without a path. */
export const parseSparkSubmit = (args: ReadonlyArray<string>): Result.Result<SparkSubmitCommand, Mistake> => {
  const words = /(^|\/)spark-submit(\.sh|\.cmd)?$/.test(args[0] ?? "") ? args.slice(1) : args
  const flagged = new Map<string, string>()
  const conf = new Map<string, string>()
  const single = new Map<string, string>()
  const skipped: Array<string> = []
  let at = 0
  for (; at < words.length && words[at]!.startsWith("-"); at++) {
    const [, written = "", inline] = /^(--[^=]+)=(.*)$/s.exec(words[at]!) ?? [undefined, words[at]!]
    const flag = aliases[written] ?? written
    if (ignoredSwitches.includes(flag)) {
      skipped.push(written)
      continue
    }
    const isKnown = flag in keys || (others as ReadonlyArray<string>).includes(flag) || ignored.includes(flag)
    if (!isKnown) return Result.fail(unknown(written))
    const value = inline ?? words[++at]
    if (value === undefined) return Result.fail(`${written}: needs a value`)
    const key = keys[flag]
    if (key !== undefined) flagged.set(key, value)
    else if (ignored.includes(flag)) skipped.push(written)
    else if (flag !== "--conf") single.set(flag, value)
    else {
      const split = value.indexOf("=")
      if (split < 1) return Result.fail(`${value}: is not KEY=VALUE, as --conf needs it`)
      conf.set(value.slice(0, split).trim(), value.slice(split + 1))
    }
  }
  const file = words[at]
  if (file === undefined) return Result.fail("spark-submit: the file to run is missing at the end")
  return Result.succeed({
    conf: new Map([...conf, ...flagged]),
    mainClass: single.get("--class"),
    master: single.get("--master"),
    deployMode: single.get("--deploy-mode"),
    proxyUser: single.get("--proxy-user"),
    propertiesFile: single.get("--properties-file"),
    file,
    arguments: words.slice(at + 1),
    ignored: skipped,
  })
}
