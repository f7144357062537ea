/**
 * What a container that runs `spark-submit` does on the local cluster: it reads its command line and its pod templates, creates the driver
 * pod and then, owned by it, its ConfigMaps and its Service, as Spark's `Client.run` does. It does not wait for the driver, and fails like the
 * real one.
 */

import { createHash } from "node:crypto"
import { Clock, Effect } from "effect"
import { configMaps, type KubeObject, pods, services } from "../../kube/Resource.ts"
import { submitContainerName } from "../../spark/submit/SubmitJobPod.ts"
import type { Node, PodWorker } from "../node/KubeletNode.ts"
import { volumeFiles } from "../node/KubeletVolumes.ts"
import type { Exit } from "../node/Program.ts"
import { submitError, propertiesOf, submitted } from "./SparkSubmitObjects.ts"

/** Seconds that the JVM takes to start. */
const startSeconds = 1

/** How the container ends; after a failure with its last output as message. */
export const run = Effect.fnUntraced(function* (node: Node, worker: PodWorker): Effect.fn.Return<Exit> {
  yield* Effect.sleep(`${startSeconds} seconds`)
  const container = worker.pod.spec?.containers.find(({ name }) => name === submitContainerName)
  // The kubelet replaces $$ by $; a submitter uses no variables.
  const [, ...args] = (container?.args ?? []).map((argument) => argument.replaceAll("$$", "$"))
  const properties = propertiesOf(args)
  const failure = submitError(properties)
  if (failure !== undefined) return { exitCode: 1, message: failure }

  const templates = yield* volumeFiles(node, worker, "spark-submit-templates")
  // The uids of one cluster begin alike, and names of objects have the first half of the id.
  const id = createHash("md5").update(worker.uid).digest("hex")
  const objects = submitted(properties, templates, id, yield* Clock.currentTimeMillis)
  return yield* Effect.gen(function* () {
    const driver = yield* node.kube.create(pods, worker.namespace, objects.pod)
    const owner = {
      apiVersion: "v1",
      kind: "Pod",
      name: driver.metadata?.name ?? "",
      uid: driver.metadata?.uid ?? "",
      controller: true,
    }
    const owned = <Of extends KubeObject>(object: Of): Of => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: [owner] },
    })
    for (const configMap of objects.configMaps) yield* node.kube.create(configMaps, worker.namespace, owned(configMap))
    yield* node.kube.create(services, worker.namespace, owned(objects.service))
    return { exitCode: 0 }
  }).pipe(
    Effect.catch((error) =>
      Effect.succeed({
        exitCode: 1,
        message: `Exception in thread "main" io.fabric8.kubernetes.client.KubernetesClientException: ${error.message}`,
      }),
    ),
  )
})
