/**
 * Divides a text into documents as kubectl does (`k8s.io/apimachinery/pkg/util/yaml`): JSON objects one after the other, or YAML between lines that
 * begin with `---`.
 */

export interface Chunk {
  readonly text: string
  /** The line on which it begins, from 1. */
  readonly line: number
  /** Why it is not a document. */
  readonly mistake?: string
}

export const chunksOf = (text: string): ReadonlyArray<Chunk> => jsonChunks(text) ?? yamlChunks(text)

const yamlChunks = (text: string): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  let lines: Array<string> = []
  let first = 1
  let started = false
  const close = () => chunks.push({ text: lines.join("\n"), line: first })
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.startsWith("---")) {
      lines.push(line)
      continue
    }
    // Comments and directives before the first separator are not a document.
    if (started || lines.some((one) => !/^\s*(#|$)|^%/.test(one))) {
      lines.push("")
      close()
    }
    started = true
    const rest = line.slice(3).trim()
    lines = []
    first = index + 2
    if (rest !== "" && !rest.startsWith("#")) {
      chunks.push({
        text: "",
        line: index + 1,
        mistake: `invalid document separator: ${line.trim()}; write --- on a line of its own`,
      })
    }
  }
  close()
  return chunks
}

/** Where the JSON object that begins at `start` ends; `undefined` if it has no end. */
const endOfObject = (text: string, start: number): number | undefined => {
  const token = /"(?:[^"\\]|\\.)*"|[{}]/gs
  token.lastIndex = start
  let depth = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === "{") depth++
    if (match[0] === "}" && --depth === 0) return token.lastIndex
  }
  return undefined
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const lineBreaks = (text: string): number => text.split("\n").length - 1

/** The objects of a stream of JSON; `undefined` if there are not several of them, or anything else. */
const jsonChunks = (text: string): ReadonlyArray<Chunk> | undefined => {
  const chunks: Array<Chunk> = []
  const content = /\S/g
  let line = 1
  let end = 0
  for (let match = content.exec(text); match !== null; match = content.exec(text)) {
    const next = match[0] === "{" ? endOfObject(text, match.index) : undefined
    if (next === undefined) return undefined
    const object = text.slice(match.index, next)
    if (!isJson(object)) return undefined
    line += lineBreaks(text.slice(end, match.index))
    chunks.push({ text: object, line })
    line += lineBreaks(object)
    end = next
    content.lastIndex = next
  }
  return chunks.length > 1 ? chunks : undefined
}
