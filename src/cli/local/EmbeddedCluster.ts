/** The embedded cluster of local mode: its API on loopback, and a kubeconfig on disk that leads there. */

import { Effect, FileSystem, Path } from "effect"
import { sparkApplicationCrd } from "../../api/schema/Crd.ts"
import * as ApiServer from "../../local/apiserver/http/ApiServer.ts"
import { podBackend } from "../../local/spark/SparkPods.ts"
import { createManifest } from "./LocalManifests.ts"

const loopback = "127.0.0.1"

/** Starts it in the scope, with the CRD in it, on `apiPort` or a free one. `kubeconfig` is the absolute path of the file that was written into `directory`. */
export const startCluster = Effect.fnUntraced(function* (apiPort: number, directory: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const server = yield* ApiServer.start({ host: loopback, port: apiPort, podBackend }).pipe(
    Effect.catchTag("BindError", () => ApiServer.start({ host: loopback, port: 0, podBackend })),
  )
  yield* Effect.orDie(createManifest(server.cluster, sparkApplicationCrd))
  const kubeconfig = path.resolve(directory, "kubeconfig")
  yield* fileSystem.writeFileString(kubeconfig, server.kubeconfig)
  return { kubeconfig, url: server.url, cluster: server.cluster }
})
