/**
 * YAML as kubectl reads it (`sigs.k8s.io/yaml`): YAML 1.1 scalars, merge keys, keys of any scalar type, and of two equal keys the last one. What
 * is surprising about that is a warning with its line. Pure.
 */

import { Result } from "effect"
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml"
import { type Chunk, chunksOf } from "./YamlChunks.ts"
import { resolvePlain, resolveTagged, type Scalar } from "./YamlScalar.ts"

/** About a line of the whole text, counted from 1. */
export interface Remark {
  readonly line: number
  readonly message: string
}

export interface YamlDocument {
  /** Its position in the text, from 1; empty documents count. */
  readonly number: number
  /** Where it begins. */
  readonly line: number
  /** JSON; `null` for an empty document. Equal parts may be shared. */
  readonly content: Result.Result<unknown, Remark>
  readonly warnings: ReadonlyArray<Remark>
}

/** Nodes that a document may have with its aliases expanded: beyond that, go-yaml looks for an attack by expansion. */
const nodeLimit = 400_000

/** Reads every document of a text of YAML, or of JSON objects one after the other. */
export const readYaml = (text: string): ReadonlyArray<YamlDocument> => chunksOf(text).map(readChunk)

const readChunk = ({ text, line, mistake }: Chunk, index: number): YamlDocument => {
  const number = index + 1
  if (mistake !== undefined) return { number, line, content: Result.fail({ line, message: mistake }), warnings: [] }
  const lines = new LineCounter()
  const lineAt = (offset: number) => line - 1 + lines.linePos(offset).line
  // Without a schema every scalar stays text: its meaning is determined here.
  const options = {
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    lineCounter: lines,
  } as const
  const documents = parseAllDocuments(text, options)
  const [document, next] = Array.isArray(documents) ? documents : []
  if (document === undefined) return { number, line, content: Result.succeed(null), warnings: [] }
  const [error] = document.errors
  if (error !== undefined) {
    const message = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:$/, "")
    return { number, line, content: Result.fail({ line: lineAt(error.pos[0]), message }), warnings: [] }
  }
  const reading = contentOf(document, lineAt)
  if (next === undefined) return { number, line, ...reading }
  const ignored = {
    line: lineAt(next.range[0]),
    message: "what follows the end of the document is ignored, as by kubectl",
  }
  return { number, line, content: reading.content, warnings: [...reading.warnings, ignored] }
}

interface Read {
  readonly value: unknown
  /** Nodes in it, with aliases expanded. */
  readonly size: number
}

/** Converts the nodes of a document. The first mistake makes it unreadable. */
const contentOf = (
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): Pick<YamlDocument, "content" | "warnings"> => {
  const mistakes: Array<Remark> = []
  const warnings: Array<Remark> = []
  const finished = new Map<Node, Read>()
  const open = new Set<Node>()
  const lineOf = (node: Node | null) => lineAt(node?.range?.[0] ?? 0)
  const mistaken = (node: Node | null, message: string): Read => {
    mistakes.push({ line: lineOf(node), message })
    return { value: null, size: 1 }
  }

  const scalar = (node: Node): Read => {
    if (!isScalar(node)) return { value: null, size: 1 }
    const text = node.source ?? ""
    const resolved: Result.Result<Scalar, string> =
      node.tag !== undefined
        ? resolveTagged(node.tag, text)
        : node.type === "PLAIN"
          ? resolvePlain(text)
          : Result.succeed(text)
    return Result.match(resolved, {
      onFailure: (message) => mistaken(node, message),
      onSuccess: (value) => ({ value, size: 1 }),
    })
  }

  const mapping = (node: Node): Read => {
    const entries = new Map<string, Read>()
    /** Keys that are written here, rather than merged. */
    const written = new Set<string>()
    const merge = (from: Node | null, key: Node) => {
      const source = isAlias(from) ? from.resolve(document) : from
      if (!isMap(source)) return mistaken(key, "the value of the merge key << must be a mapping or a list of mappings")
      for (const [name, value] of Object.entries(read(from).value as object)) {
        if (written.has(name)) {
          const message = `"${name}" is replaced by the value that << merges, as kubectl reads it; put << first`
          warnings.push({ line: lineOf(key), message })
        }
        entries.set(name, { value, size: 1 })
      }
      return undefined
    }
    for (const { key, value } of isMap<Node, Node | null>(node) ? node.items : []) {
      if (isMergeKey(key)) {
        // Of several mappings the first has precedence.
        const sources = isSeq<Node>(value) ? value.items.toReversed() : [value]
        for (const source of sources) merge(source, key)
        continue
      }
      const name = read(key).value
      if (name === null || typeof name === "object") {
        mistaken(key, `a key is ${name === null ? "null" : "a list or a mapping"}; it must be a text`)
        continue
      }
      const text = String(name)
      if (written.has(text)) {
        warnings.push({
          line: lineOf(key),
          message: `"${text}" is given again; the last value is used, as kubectl does`,
        })
      }
      written.add(text)
      entries.set(text, read(value))
    }
    const value = Object.fromEntries([...entries].map(([name, entry]) => [name, entry.value]))
    return { value, size: [...entries.values()].reduce((sum, { size }) => sum + size, 1) }
  }

  const sequence = (node: Node): Read => {
    const items = (isSeq<Node | null>(node) ? node.items : []).map(read)
    return { value: items.map(({ value }) => value), size: items.reduce((sum, { size }) => sum + size, 1) }
  }

  const read = (node: Node | null): Read => {
    if (node === null) return { value: null, size: 1 }
    if (isAlias(node)) {
      const target = node.resolve(document)
      if (target === undefined) return mistaken(node, `the anchor ${node.source} does not exist`)
      return open.has(target) ? mistaken(node, `the anchor ${node.source} contains itself`) : read(target)
    }
    const known = finished.get(node)
    if (known !== undefined) return known
    open.add(node)
    const result = isMap(node) ? mapping(node) : isSeq(node) ? sequence(node) : scalar(node)
    open.delete(node)
    finished.set(node, result)
    return result
  }

  const { value, size } = read(document.contents)
  if (size > nodeLimit) mistaken(document.contents, "the aliases expand to more than is readable")
  const [mistake] = mistakes
  return { content: mistake === undefined ? Result.succeed(value) : Result.fail(mistake), warnings }
}

const isMergeKey = (key: Node): boolean =>
  isScalar(key) &&
  key.source === "<<" &&
  (key.tag === "tag:yaml.org,2002:merge" || (key.tag === undefined && key.type === "PLAIN"))
