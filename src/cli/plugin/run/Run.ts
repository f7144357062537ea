/** `run`: creates the applications of a manifest, and waits for their end if that is asked for. */

import { Effect } from "effect"
import { sparkApplications } from "../../../api/Kinds.ts"
import { optionalText } from "../../../settings/ValueKind.ts"
import { readManifests } from "../../manifest/ManifestFiles.ts"
import { UsageError } from "../../UsageError.ts"
import { waitFlags } from "../PluginFlags.ts"
import { verb } from "../Verb.ts"
import { awaitEnd } from "./Await.ts"
import { create } from "./Create.ts"

const flags = {
  file: {
    kind: optionalText("a manifest, or - for standard input"),
    short: "f",
    default: "",
    description: "Manifest with one or several SparkApplications; - reads standard input.",
  },
  ...waitFlags,
} as const

/** The applications of a file; other kinds are a mistake, because they would silently not be created. */
const applicationsIn = Effect.fnUntraced(function* (file: string) {
  const manifests = yield* Effect.mapError(readManifests(file), ({ message }) => new UsageError({ message }))
  const other = manifests.find(({ object }) => object["kind"] !== sparkApplications.kind)
  if (other !== undefined) {
    const message = `${other.source}: is a ${String(other.object["kind"])}; this command runs ${sparkApplications.kind}s, create the rest with kubectl`
    return yield* new UsageError({ message })
  }
  if (manifests.length === 0) return yield* new UsageError({ message: `${file}: has no ${sparkApplications.kind}` })
  return manifests
})

export const run = verb({
  name: "run",
  summary: "Run an application, and exit with its result",
  group: "cluster",
  usage: "-f FILE",
  about: `Creates the SparkApplications of a manifest. With --wait the command ends with the last of them: exit code 0 if all completed,
1 if one failed. States go to standard error and logs to standard output. Ctrl-C ends the command and leaves the run alone.
With metadata.generateName instead of a name, each call is a new run.`,
  examples: [
    ["Run and wait, as a step of a pipeline", "run -f app.yaml --wait --timeout 2h"],
    ["Run with the driver's log", "run -f app.yaml --logs"],
    ["Run what another program prints", "run -f - --wait < app.yaml"],
  ],
  flags,
  operands: { least: 0, most: 0, what: "" },
  run: Effect.fnUntraced(function* (call) {
    const { flags, namespace: given } = call
    if (flags.file === undefined) {
      return yield* new UsageError({ message: "--file: is required: a manifest, or - for standard input" })
    }
    const manifests = yield* applicationsIn(flags.file)
    const created = yield* Effect.forEach(manifests, ({ object }) => {
      const { namespace = given } = (object["metadata"] ?? {}) as { readonly namespace?: string }
      return create(object, namespace, call.host.program)
    })
    const results = yield* Effect.forEach(created, (one) => awaitEnd(one, flags, call), { concurrency: "unbounded" })
    return results.every((completed) => completed)
  }),
})
