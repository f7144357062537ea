/** Reads manifests and values files (YAML, also with several documents or lists, or JSON) as plain objects. */

import { Effect, FileSystem, Path, Predicate, Schema, Stdio, Stream } from "effect"
import { LineCounter, parseAllDocuments } from "yaml"

/** A file that cannot be read, in one line. */
export class UnreadableFile extends Schema.TaggedError<UnreadableFile>()("UnreadableFile", {
  message: Schema.String,
}) {}

export interface Manifest {
  /** The file, with the number of the document (from 1) if there are several. */
  readonly source: string
  readonly object: Readonly<Record<string, unknown>>
}

type Document = Readonly<Record<string, unknown>>

const isDocument = (value: unknown): value is Document => Predicate.isObject(value) && !Array.isArray(value)

const unreadable = (file: string) => (error: { readonly message: string }) =>
  new UnreadableFile({ message: `${file} cannot be read: ${error.message}` })

/** The text of a file, or of standard input for `-`. */
const textOf = Effect.fnUntraced(function* (file: string) {
  if (file === "-") {
    const stdio = yield* Stdio.Stdio
    return yield* stdio.stdin.pipe(Stream.decodeText(), Stream.mkString, Effect.mapError(unreadable("standard input")))
  }
  const fileSystem = yield* FileSystem.FileSystem
  return yield* Effect.mapError(fileSystem.readFileString(file), unreadable(file))
})

const documentsOf = Effect.fnUntraced(function* (
  source: string,
  text: string,
): Effect.fn.Return<ReadonlyArray<unknown>, UnreadableFile> {
  const lines = new LineCounter()
  const documents: Array<unknown> = []
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const [error] = document.errors
    if (error) {
      const line = lines.linePos(error.pos[0]).line
      return yield* new UnreadableFile({ message: `${source}, line ${line}: ${error.message.split("\n")[0]}` })
    }
    documents.push(document.toJS() as unknown)
  }
  return documents
})

/** The items of a list, such as `kubectl get -o yaml` prints. */
const itemsOf = (object: Document): ReadonlyArray<Document> =>
  typeof object["kind"] === "string" && object["kind"].endsWith("List") && Array.isArray(object["items"])
    ? object["items"].filter(isDocument).flatMap(itemsOf)
    : [object]

/** Every object of a file, of the `.yaml`, `.yml` and `.json` files of a directory, or of standard input (`-`). */
export const readManifests = Effect.fnUntraced(function* (location: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const files = location === "-" ? ["-"] : yield* filesIn(fileSystem, path, location)
  const manifests: Array<Manifest> = []
  for (const file of files) {
    const name = file === "-" ? "standard input" : file
    const documents = (yield* documentsOf(name, yield* textOf(file))).filter((document) => document != null)
    for (const [index, document] of documents.entries()) {
      const source = documents.length > 1 ? `${name}#${index + 1}` : name
      if (!isDocument(document)) return yield* new UnreadableFile({ message: `${source} is not a Kubernetes object` })
      manifests.push(...itemsOf(document).map((object) => ({ source, object })))
    }
  }
  return manifests as ReadonlyArray<Manifest>
})

const filesIn = Effect.fnUntraced(function* (fileSystem: FileSystem.FileSystem, path: Path.Path, location: string) {
  const { type } = yield* Effect.mapError(fileSystem.stat(location), unreadable(location))
  if (type !== "Directory") return [location]
  const entries = yield* Effect.mapError(fileSystem.readDirectory(location), unreadable(location))
  return entries
    .filter((entry) => /\.(ya?ml|json)$/.test(entry))
    .sort()
    .map((entry) => path.join(location, entry))
})

/** A file of Helm values; an empty one is an empty map. */
export const readValues = Effect.fnUntraced(function* (file: string) {
  const [document, ...more] = yield* documentsOf(file, yield* textOf(file))
  if (document === null || document === undefined) return {}
  if (isDocument(document) && "apiVersion" in document && "kind" in document) {
    return yield* new UnreadableFile({ message: `${file} is a manifest, not a file of Helm values; use -f ${file}` })
  }
  return isDocument(document) && more.length === 0
    ? document
    : yield* new UnreadableFile({ message: `${file} is not a file of Helm values: it must be one map` })
})
