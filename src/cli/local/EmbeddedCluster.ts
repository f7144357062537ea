/** The embedded cluster of local mode: its API on loopback, and a kubeconfig file for it. */

import { Effect, FileSystem, Path } from "effect"
import { crds } from "../../api/Crds.ts"
import * as ApiServer from "../../local/apiserver/http/ApiServer.ts"
import { podBackend } from "../../local/spark/SparkPods.ts"
import { createManifest } from "./LocalManifests.ts"

const loopback = "127.0.0.1"

/**
 * Starts it in the scope, with the CRDs created, on `apiPort` or, if that is in use, on a free port. `kubeconfig` is the absolute path of
 * the file, which is written to `directory`.
 */
export const startCluster = Effect.fnUntraced(function* (apiPort: number, directory: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const server = yield* ApiServer.start({ host: loopback, port: apiPort, podBackend }).pipe(
    Effect.catchTag("BindError", () => ApiServer.start({ host: loopback, port: 0, podBackend })),
  )
  for (const crd of crds) yield* Effect.orDie(createManifest(server.cluster, crd))
  const kubeconfig = path.resolve(directory, "kubeconfig")
  yield* fileSystem.writeFileString(kubeconfig, server.kubeconfig)
  return { kubeconfig, url: server.url, cluster: server.cluster }
})
