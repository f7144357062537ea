/** Reads manifests and values files (YAML, also with several documents or lists, or JSON) as plain objects. */

import { Effect, FileSystem, Path, Result, Schema, Stdio, Stream } from "effect"
import { readYaml, type Remark } from "../../kube/yaml/Yaml.ts"
import { type Fields, type ManifestObject, manifestObjects } from "./ManifestText.ts"

/** A file that cannot be read; the message is one line. */
export class UnreadableFile extends Schema.TaggedError<UnreadableFile>()("UnreadableFile", {
  file: Schema.String,
  /** Continues a sentence that begins with the file. */
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.file}${this.reason}`
  }
}

export interface Manifest extends ManifestObject {
  readonly file: string
  /** The file, with the number of the document (from 1) if there are several. */
  readonly source: string
}

const unreadable = (file: string) => (error: { readonly message: string }) =>
  new UnreadableFile({ file, reason: ` cannot be read: ${error.message}` })

const unreadableAt = (file: string, { line, message }: Remark) =>
  new UnreadableFile({ file, reason: `, line ${line}: ${message}` })

const standardInput = "standard input"

/** The text of a file, or of standard input for `-`. */
export const textOf = Effect.fnUntraced(function* (file: string) {
  if (file === "-") {
    const stdio = yield* Stdio.Stdio
    return yield* stdio.stdin.pipe(Stream.decodeText(), Stream.mkString, Effect.mapError(unreadable(standardInput)))
  }
  const fileSystem = yield* FileSystem.FileSystem
  return yield* Effect.mapError(fileSystem.readFileString(file), unreadable(file))
})

/** Every object of a file, of the `.yaml`, `.yml` and `.json` files of a directory, or of standard input (`-`). */
export const readManifests = Effect.fnUntraced(function* (location: string) {
  const files = location === "-" ? ["-"] : yield* filesIn(location)
  const manifests = yield* Effect.forEach(files, (file) =>
    Effect.flatMap(textOf(file), (text) =>
      Effect.fromResult(parseManifests(file === "-" ? standardInput : file, text)),
    ),
  )
  return manifests.flat()
})

/** The objects in the text of a file. Fails with the first mistake and its line. */
export const parseManifests = (file: string, text: string): Result.Result<ReadonlyArray<Manifest>, UnreadableFile> => {
  const objects: Array<ManifestObject> = []
  for (const read of manifestObjects(text)) {
    if (Result.isFailure(read)) return Result.fail(unreadableAt(file, read.failure))
    objects.push(read.success)
  }
  const several = new Set(objects.map(({ document }) => document)).size > 1
  return Result.succeed(
    objects.map((object) => ({ ...object, file, source: several ? `${file}#${object.document}` : file })),
  )
}

const filesIn = Effect.fnUntraced(function* (location: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { type } = yield* Effect.mapError(fileSystem.stat(location), unreadable(location))
  if (type !== "Directory") return [location]
  const entries = yield* Effect.mapError(fileSystem.readDirectory(location), unreadable(location))
  return entries
    .filter((entry) => /\.(ya?ml|json)$/.test(entry))
    .sort()
    .map((entry) => path.join(location, entry))
})

/** A file of Helm values, which Helm reads as kubectl reads manifests; an empty one is an empty map. */
export const readValues = Effect.fnUntraced(function* (file: string) {
  const [document, ...more] = readYaml(yield* textOf(file))
  if (document === undefined) return {}
  if (Result.isFailure(document.content)) return yield* unreadableAt(file, document.content.failure)
  const values = document.content.success
  if (values === null) return {}
  if (typeof values !== "object" || Array.isArray(values) || more.length > 0) {
    return yield* new UnreadableFile({ file, reason: " is not a file of Helm values: it must be one map" })
  }
  if ("apiVersion" in values && "kind" in values) {
    return yield* new UnreadableFile({
      file,
      reason: ` is a manifest, not a file of Helm values; use -f ${file}`,
    })
  }
  return values as Fields
})
