/**
 * Applications that run, in the state in which an operator left them: a real operator submits the first one, its pods get a status, the
 * operator reports that it runs; all others are copies of its objects under other names and ids.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Clock, Console, Data, Effect, Schedule } from "effect"
import type { Pod, PodStatus } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../src/api/Kinds.ts"
import { find, Kube } from "../../src/kube/Kube.ts"
import { type KubeObject, pods, type Resource } from "../../src/kube/Resource.ts"
import { traceId } from "../../src/spark/monitoring/Trace.ts"
import { submissionId } from "../../src/spark/submit/Submission.ts"
import * as OperatorProcess from "./OperatorProcess.ts"

/** Created by the script. */
const namespaceOf = (index: number) => `team-${index % 50}`
/** All of one length, so that none is a part of another. */
const nameOf = (index: number) => `nightly-report-${String(index).padStart(6, "0")}`
const executorOf = (name: string) => `${name}-exec-1`
const driverOf = (name: string) => `${name}-driver`

const spec = {
  type: "Scala",
  sparkVersion: "4.1.4",
  image: "registry.example/spark:4.1.4",
  mainClass: "org.apache.spark.examples.SparkPi",
  mainApplicationFile: "local:///opt/spark/examples/jars/spark-examples.jar",
  arguments: ["1000"],
  sparkConf: { "spark.eventLog.enabled": "true", "spark.eventLog.dir": "s3a://event-logs/" },
  driver: { serviceAccount: "default", cores: 1, memory: "2g" },
  executor: { instances: 1, cores: 2, memory: "4g" },
}

/** Its pods inherit them. */
const labels = { team: "analytics" }

/** The status of a pod whose only container runs, as a kubelet writes it. */
const runningStatus = (container: string, image: string, at: string): PodStatus => {
  const isTrue = (type: string) => ({ type, status: "True", lastProbeTime: null as never, lastTransitionTime: at })
  const digest = "4c1c50d0ffc614f90b93b07d778028dc765548e823f676fb027f61d281ac380d"
  return {
    phase: "Running",
    hostIP: "10.0.0.1",
    podIP: "10.1.0.1",
    podIPs: [{ ip: "10.1.0.1" }],
    qosClass: "Burstable",
    startTime: at,
    conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(isTrue),
    containerStatuses: [
      {
        name: container,
        image,
        imageID: `registry.example/spark@sha256:${digest}`,
        containerID: `containerd://${digest}`,
        ready: true,
        started: true,
        restartCount: 0,
        lastState: {},
        state: { running: { startedAt: at } },
      },
    ],
  }
}

class NotRunning extends Data.TaggedError("NotRunning")<{ readonly message: string }> {}

/** The first application and its pods, as they are once a real operator has reported that they run. */
interface Original {
  readonly application: SparkApplication
  readonly driver: Pod
  readonly executor: Pod
}

/** Reads until `wanted` gives a value: every 200 ms, for half a minute. */
const waitFor = <A extends KubeObject, B>(
  resource: Resource<A>,
  name: string,
  what: string,
  wanted: (object: A) => B | undefined,
) =>
  Effect.gen(function* () {
    const object = yield* find(yield* Kube, resource, namespaceOf(0), name)
    const value = object && wanted(object)
    return value ?? (yield* new NotRunning({ message: `${name} does not have ${what}` }))
  }).pipe(Effect.retry({ times: 150, schedule: Schedule.spaced("200 millis") }))

const patchStatus = Effect.fnUntraced(function* <A extends KubeObject>(
  resource: Resource<A>,
  namespace: string,
  name: string,
  status: unknown,
) {
  return yield* (yield* Kube).patch(resource, namespace, name, {
    type: "merge",
    subresource: "status",
    body: { status },
  })
})

/** Needs a running operator. */
const makeOriginal = Effect.gen(function* () {
  const kube = yield* Kube
  const [namespace, name] = [namespaceOf(0), nameOf(0)]
  yield* kube.create(sparkApplications, namespace, { metadata: { name, labels }, spec } as unknown as SparkApplication)
  const driver = yield* waitFor(pods, driverOf(name), "a driver", (pod) => pod)
  const at = new Date(yield* Clock.currentTimeMillis).toISOString().replace(/\.\d+Z/, "Z")
  yield* patchStatus(pods, namespace, driverOf(name), runningStatus("spark-kubernetes-driver", spec.image, at))
  const container = driver.spec!.containers[0]!
  yield* kube.create(pods, namespace, {
    metadata: {
      name: executorOf(name),
      annotations: driver.metadata!.annotations!,
      labels: {
        ...driver.metadata!.labels,
        "spark-role": "executor",
        "spark-exec-id": "1",
        "spark-exec-resourceprofile-id": "0",
      },
      ownerReferences: [
        { apiVersion: "v1", kind: "Pod", name: driverOf(name), uid: driver.metadata!.uid!, controller: true },
      ],
    },
    spec: { ...driver.spec!, containers: [{ ...container, name: "spark-kubernetes-executor", args: ["executor"] }] },
  })
  yield* patchStatus(pods, namespace, executorOf(name), runningStatus("spark-kubernetes-executor", spec.image, at))
  yield* waitFor(sparkApplications, name, "a running executor", ({ status }) =>
    status?.applicationState.state === "RUNNING" && JSON.stringify(status.executorState ?? {}).includes("RUNNING")
      ? true
      : undefined,
  )
  // Whatever else the operator writes.
  yield* Effect.sleep("10 seconds")
  const original: Original = {
    application: yield* kube.get(sparkApplications, namespace, name),
    driver: yield* kube.get(pods, namespace, driverOf(name)),
    executor: yield* kube.get(pods, namespace, executorOf(name)),
  }
  return original
})

/** As it would be sent to create it again. */
const bare = <A extends KubeObject>({ metadata = {}, ...object }: A): A => {
  const { uid: _u, resourceVersion: _r, creationTimestamp: _c, generation: _g, managedFields: _m, ...kept } = metadata
  return { ...object, metadata: kept } as A
}

/** What the names and ids of an application, and of its driver, are in text. */
const wordsOf = (index: number, uid: string) => {
  const id = submissionId(uid, 1)
  return [uid, id, traceId(id), nameOf(index)] as const
}

/** Copies the original as the application of this index. */
const copy = Effect.fnUntraced(function* (original: Original, index: number) {
  const kube = yield* Kube
  const namespace = namespaceOf(index)
  const name = nameOf(index)
  const { application, driver, executor } = original
  const spark = { metadata: { name, labels }, spec: application.spec } as unknown as SparkApplication
  const uid = (yield* kube.create(sparkApplications, namespace, spark)).metadata.uid
  const from = [...wordsOf(0, application.metadata.uid), driver.metadata!.uid!, executor.metadata!.uid!]
  const to: Array<string> = [...wordsOf(index, uid)]
  const renamed = <A>(object: A): A => {
    const text = to.reduce((text, word, at) => text.replaceAll(from[at]!, word), JSON.stringify(object))
    return JSON.parse(text) as A
  }
  const createPod = Effect.fnUntraced(function* (pod: Pod) {
    const made = renamed({ ...bare(pod), metadata: { ...bare(pod).metadata, namespace } })
    const { metadata } = yield* kube.create(pods, namespace, made)
    yield* patchStatus(pods, namespace, metadata!.name!, pod.status)
    to.push(metadata!.uid!)
  })
  yield* createPod(driver)
  yield* createPod(executor)
  yield* patchStatus(sparkApplications, namespace, name, renamed(application.status))
})

/** Applications that are copied at the same time. */
const concurrency = 96

/** Ensures that this many applications run. No operator may run: it starts one for the first application. */
export const seed = Effect.fnUntraced(function* (count: number) {
  const kube = yield* Kube
  const { items } = yield* kube.list(sparkApplications, {})
  const known = new Set(items.map(({ metadata }) => metadata.name))
  const saved = join(OperatorProcess.directory, "original.json")
  if (known.size === 0) {
    const original = yield* Effect.scoped(
      Effect.andThen(OperatorProcess.start({ checkout: join(import.meta.dirname, "../..") }), makeOriginal),
    )
    writeFileSync(saved, JSON.stringify(original))
  }
  const original = JSON.parse(readFileSync(saved, "utf8")) as Original
  const missing = Array.from({ length: count }, (_, index) => index).filter(
    (index) => !known.has(nameOf(index)) && index > 0,
  )
  yield* Effect.forEach(
    missing,
    (index, at) =>
      Effect.andThen(
        copy(original, index),
        at % 1000 === 999 ? Console.error(`${at + 1} of ${missing.length} applications copied`) : Effect.void,
      ),
    { concurrency, discard: true },
  )
})
