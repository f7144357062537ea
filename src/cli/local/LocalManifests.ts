/** Creates the manifests of a folder in the embedded cluster, as `kubectl create` would; all rejected ones are reported at once. */

import { Effect, Schema } from "effect"
import type { Cluster } from "../../local/apiserver/Cluster.ts"
import { type Example, readExamples } from "./Examples.ts"

/** Manifests that cannot be read or that the cluster rejects, one line for each. */
export class ManifestError extends Schema.TaggedError<ManifestError>()("ManifestError", { message: Schema.String }) {}

/** The manifests of a folder. */
export const manifestsOf = (folder: string) =>
  Effect.mapError(readExamples(folder), ({ file, message }) => new ManifestError({ message: `${file}: ${message}` }))

/**
 * Creates all manifests and their namespaces. Unknown fields are rejected, because they are most likely mistyped. Returns the manifests with
 * the names that the cluster gave to them.
 */
export const applyManifests = Effect.fnUntraced(function* (cluster: Cluster, examples: ReadonlyArray<Example>) {
  const namespaces = new Set(examples.map(({ object }) => object.metadata.namespace))
  for (const name of namespaces) {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } }
    yield* Effect.ignore(createManifest(cluster, namespace))
  }
  const [accepted, rejected] = yield* Effect.partition(examples, (example) => {
    const { object, file } = example
    const { name, namespace } = object.metadata
    return createManifest(cluster, object, namespace).pipe(
      Effect.mapBoth({
        onFailure: (reason) => `${file} (${name || String(object.metadata["generateName"])}): ${reason}`,
        onSuccess: (written): Example => named(example, written.object.metadata.name),
      }),
    )
  })
  return rejected.length > 0 ? yield* new ManifestError({ message: rejected.join("\n") }) : accepted
})

const named = (example: Example, name: string): Example => ({
  ...example,
  object: { ...example.object, metadata: { ...example.object.metadata, name } },
})

interface Creatable {
  readonly apiVersion: string
  readonly kind: string
}

/** Fails with the server's message. The namespace is ignored for cluster-scoped kinds. */
export const createManifest = (cluster: Cluster, object: Creatable, namespace = "") => {
  const kind = cluster.kinds.ofObject(object.apiVersion, object.kind)
  if (kind === undefined)
    return Effect.fail(`the embedded cluster does not serve ${object.kind} of ${object.apiVersion}`)
  return Effect.mapError(cluster.create(kind, namespace, object, { fieldValidation: "Strict" }), (error) =>
    error._tag === "ApiError" ? error.message : "no answer",
  )
}
