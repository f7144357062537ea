/**
 * Reads the manifests of a folder as objects that can be created, with the end that an application declares for local mode.
 * Annotations of a SparkApplication: the state that it is expected to reach (`local.firesteel.dev/expect`), in how many attempts
 * (`expect-attempts`), and after how long it is resumed (`resume-after`, such as `3s`). A ScheduledSparkApplication may say with `expect` that
 * it is valid or not, or how its runs end; a SparkConnect with `expect` the state that it reaches.
 */

import { Effect, Result, Schema, SchemaGetter } from "effect"
import { ApplicationStateType } from "../../api/application/SparkApplicationStatus.ts"
import { ConnectState } from "../../api/connect/SparkConnectStatus.ts"
import { scheduledSparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import { historyStates } from "../../history/telemetry/HistoryInstruments.ts"
import type { KubeObject } from "../../kube/Resource.ts"
import { prefix } from "../../local/node/KubeletScript.ts"
import * as ManifestFiles from "../manifest/ManifestFiles.ts"
import { remarkText } from "../manifest/ManifestText.ts"

/** What may be expected of a schedule: that it is valid or not, or how a run ends. */
const ScheduleExpectation = Schema.Literals(["Scheduled", "FailedValidation", "COMPLETED", "FAILED"])
type ScheduleExpectation = typeof ScheduleExpectation.Type

const HistoryExpectation = Schema.Literals(historyStates)
type HistoryExpectation = typeof HistoryExpectation.Type

/** What an application, a schedule, a Connect server or a history server declares; every part is optional. */
export interface Expectation {
  readonly state?: ApplicationStateType
  readonly schedule?: ScheduleExpectation
  readonly server?: ConnectState
  readonly history?: HistoryExpectation
  readonly attempts?: number
  readonly resumeAfterSeconds?: number
}

export interface Example {
  /** Path of the file, and which of its documents (from 1). */
  readonly file: string
  readonly document: number
  readonly object: Manifest
  readonly expectation: Expectation
  /** What is surprising about the document, with lines. */
  readonly warnings: ReadonlyArray<string>
}

/** A manifest as in the file, with the namespace filled in (`default`). The name is empty if the server makes it from `generateName`. */
export type Manifest = KubeObject & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
}

/** A manifest that cannot be read. `field` is the path in the document; absent if the error concerns the file itself. */
export class ExampleError extends Schema.TaggedError<ExampleError>()("ExampleError", {
  file: Schema.String,
  document: Schema.optionalKey(Schema.Int),
  field: Schema.optionalKey(Schema.String),
  message: Schema.String,
}) {}

const matching = (pattern: RegExp) => Schema.String.check(Schema.isPattern(pattern))

const Attempts = matching(/^[1-9]\d{0,3}$/).pipe(Schema.decodeTo(Schema.FiniteFromString))
const Seconds = matching(/^\d+(\.\d+)?s?$/).pipe(
  Schema.decodeTo(Schema.Number, {
    decode: SchemaGetter.transform((text) => Number.parseFloat(text)),
    encode: SchemaGetter.transform((seconds) => `${seconds}s`),
  }),
)

const Text = Schema.String.check(Schema.isNonEmpty())
const StringMap = Schema.Record(Schema.String, Schema.String)

/** Decodes one field that every object needs. The error says what is valid. */
const decodeField = <A>(
  schema: Schema.Codec<A, unknown>,
  value: unknown,
  field: string,
  expected: string,
): Result.Result<A, { readonly field: string; readonly message: string }> =>
  Result.mapError(Schema.decodeUnknownResult(schema)(value), () => ({
    field,
    message: value === undefined ? `is missing; write ${expected}` : `is ${JSON.stringify(value)}; write ${expected}`,
  }))

const optional = <A>(schema: Schema.Codec<A, string>) => Schema.UndefinedOr(schema)

const decode = (document: unknown) =>
  Result.gen(function* () {
    const root = yield* decodeField(Schema.Record(Schema.String, Schema.Unknown), document, "", "a mapping")
    const apiVersion = yield* decodeField(Text, root["apiVersion"], "apiVersion", "a text such as v1")
    const kind = yield* decodeField(Text, root["kind"], "kind", "a text such as SparkApplication")
    const metadata = yield* decodeField(
      Schema.Record(Schema.String, Schema.Unknown),
      root["metadata"],
      "metadata",
      "a mapping with a name",
    )
    const generated = metadata["name"] === undefined && metadata["generateName"] !== undefined
    const name = generated ? "" : yield* decodeField(Text, metadata["name"], "metadata.name", "a text")
    if (generated) yield* decodeField(Text, metadata["generateName"], "metadata.generateName", "a text")
    const namespace = yield* decodeField(Text, metadata["namespace"] ?? "default", "metadata.namespace", "a text")
    const annotations = yield* decodeField(
      StringMap,
      metadata["annotations"] ?? {},
      "metadata.annotations",
      "a mapping of texts; put numbers in quotes",
    )
    const annotation = <A>(key: string, schema: Schema.Codec<A, string>, expected: string) =>
      decodeField(optional(schema), annotations[prefix + key], `metadata.annotations["${prefix}${key}"]`, expected)
    const ofSchedule = kind === scheduledSparkApplications.kind
    const ofServer = kind === sparkConnects.kind
    const schedule = ofSchedule
      ? yield* annotation("expect", ScheduleExpectation, "Scheduled, FailedValidation, COMPLETED or FAILED")
      : undefined
    const server = ofServer
      ? yield* annotation("expect", ConnectState, "a state such as Ready, Idle or Failed")
      : undefined
    const ofHistory = kind === sparkHistoryServers.kind
    const history = ofHistory
      ? yield* annotation("expect", HistoryExpectation, "Available, Unavailable, Stopped or Invalid")
      : undefined
    const state =
      ofSchedule || ofServer || ofHistory
        ? undefined
        : yield* annotation("expect", ApplicationStateType, "a state such as COMPLETED, FAILED or RUNNING")
    const attempts = yield* annotation("expect-attempts", Attempts, 'a number such as "3"')
    const resumeAfterSeconds = yield* annotation("resume-after", Seconds, "seconds such as 3s")
    const expectation: Expectation = {
      ...(state === undefined ? {} : { state }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(server === undefined ? {} : { server }),
      ...(history === undefined ? {} : { history }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(resumeAfterSeconds === undefined ? {} : { resumeAfterSeconds }),
    }
    const object: Manifest = { ...root, apiVersion, kind, metadata: { ...metadata, name, namespace } }
    return { object, expectation }
  })

const decoded = (
  manifests: ReadonlyArray<ManifestFiles.Manifest>,
): Result.Result<ReadonlyArray<Example>, ExampleError> => {
  const examples: Array<Example> = []
  for (const { file, document, object, warnings } of manifests) {
    const example = decode(object)
    if (Result.isFailure(example)) {
      const { field, message } = example.failure
      return Result.fail(new ExampleError({ file, document, field, message: `${field} ${message}`.trim() }))
    }
    examples.push({ file, document, warnings: warnings.map(remarkText), ...example.success })
  }
  return Result.succeed(examples)
}

const unreadable = ({ file, reason }: ManifestFiles.UnreadableFile) =>
  new ExampleError({ file, message: reason.replace(/^[ ,]+/, "") })

/**
 * The objects in the text of one manifest file, in order; empty documents are skipped. `file` is only used in errors, which name the
 * line of a syntax error, or document and field of an invalid value.
 */
export const parseManifests = (file: string, text: string): Result.Result<ReadonlyArray<Example>, ExampleError> =>
  Result.flatMap(Result.mapError(ManifestFiles.parseManifests(file, text), unreadable), decoded)

/** Every object in a manifest, or in the `.yaml`, `.yml` and `.json` files of a folder (without subfolders), by file name and position. */
export const readExamples = (location: string) =>
  Effect.flatMap(Effect.mapError(ManifestFiles.readManifests(location), unreadable), (manifests) =>
    Effect.fromResult(decoded(manifests)),
  )
