/**
 * `npm run generate`: writes every generated file of this repository. A file that already has the right content is not touched; the paths
 * of written files are printed.
 */

import { dirname, join, resolve } from "node:path"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem, Option } from "effect"
import * as Otel from "../otel/Generated.ts"
import { version } from "../src/Version.ts"
import * as Charts from "./chart/ChartFiles.ts"
import * as CrdFiles from "./CrdFiles.ts"
import * as FieldTestsPage from "./FieldTestsPage.ts"
import type { GeneratedFile } from "./GeneratedFile.ts"
import * as InstrumentsPage from "./InstrumentsPage.ts"
import * as KubeflowValuesPage from "./KubeflowValuesPage.ts"
import * as SettingsPage from "./SettingsPage.ts"

const root = resolve(import.meta.dirname, "..")

const write = Effect.fnUntraced(function* (files: ReadonlyArray<GeneratedFile>) {
  const fileSystem = yield* FileSystem.FileSystem
  for (const { path, content } of files) {
    const file = join(root, path)
    const before = yield* Effect.option(fileSystem.readFileString(file))
    if (Option.contains(before, content)) continue
    yield* fileSystem.makeDirectory(dirname(file), { recursive: true })
    yield* fileSystem.writeFileString(file, content)
    yield* Console.log(path)
  }
})

/** The charts are generated last, because they contain copies of the other files. */
const generate = write([
  ...CrdFiles.generatedFiles(),
  ...FieldTestsPage.generatedFiles(),
  ...InstrumentsPage.generatedFiles(),
  ...KubeflowValuesPage.generatedFiles(),
  ...SettingsPage.generatedFiles(),
  ...Otel.generatedFiles(),
]).pipe(Effect.andThen(Charts.generatedFiles(root, version)), Effect.flatMap(write))

NodeRuntime.runMain(Effect.provide(generate, NodeServices.layer))
