/**
 * The text of `spark.properties`: the format of `java.util.Properties`, which the driver reads as UTF-8.
 * Rendering follows `Properties.store(Writer, comment)` of JDK 18 and later, where the keys are sorted, so equal maps give equal text.
 */

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f" }
const escapeMeta = (text: string) => text.replace(/[\\\t\n\r\f=:#!]/g, (char) => escapes[char] ?? `\\${char}`)
const escapeKey = (key: string) => escapeMeta(key).replace(/ /g, "\\ ")
const escapeValue = (value: string) => escapeMeta(value).replace(/^ /, "\\ ")

/** `java.util.Date#toString` in UTC, such as `Tue Sep 29 11:09:38 UTC 2026`. */
const javaDate = (epochMillis: number) => {
  const [day, date, month, year, time] = new Date(epochMillis).toUTCString().replace(",", "").split(" ")
  return `${day} ${month} ${date} ${time} UTC ${year}`
}

/**
 * Renders `spark.properties`: a comment line, the date line that Java writes, then one `key=value` per line sorted by key.
 * `comment` must be one line; `writtenAt` is epoch milliseconds, without which there is no date.
 */
export const renderProperties = (
  properties: ReadonlyMap<string, string>,
  comment: string,
  writtenAt?: number,
): string => {
  const keys = [...properties.keys()].sort()
  const lines = keys.map((key) => `${escapeKey(key)}=${escapeValue(properties.get(key) ?? "")}`)
  const date = writtenAt === undefined ? [] : [`#${javaDate(writtenAt)}`]
  return [`#${comment}`, ...date, ...lines, ""].join("\n")
}

const unescapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" }
const unescape = (text: string) =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (_, unicode: string | undefined, char: string | undefined) =>
    unicode === undefined ? (unescapes[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(unicode, 16)),
  )

/** A natural line ends in an odd number of backslashes: the next one continues it. */
const isContinued = (line: string) => (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1

const logicalLines = (text: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let pending: string | undefined
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, "")
    // Blank and comment lines do not continue, but a continuation may look like one.
    if (pending === undefined && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue
    const whole: string = (pending ?? "") + line
    pending = isContinued(whole) ? whole.slice(0, -1) : undefined
    if (pending === undefined) lines.push(whole)
  }
  return pending === undefined ? lines : [...lines, pending]
}

/**
 * Reads the text of a properties file as `java.util.Properties.load` does: comments, continued lines, `=`, `:` or blanks as separator,
 * backslash and `\uXXXX` escapes; the last of equal keys wins. Total: malformed escapes are kept as they are.
 */
export const parseProperties = (text: string): ReadonlyMap<string, string> =>
  new Map(
    logicalLines(text).map((line): readonly [string, string] => {
      const key = /^(?:\\[\s\S]|[^\\=: \t\f])*/.exec(line)?.[0] ?? ""
      const value = line.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "")
      return [unescape(key), unescape(value)]
    }),
  )
