/** What the status of a history server says, and what is done, for every situation. */

import { assert, describe, it } from "@effect/vitest"
import type { Deployment } from "kubernetes-types/apps/v1"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkHistoryServer } from "../../../src/api/history/SparkHistoryServer.ts"
import { decide } from "../../../src/history/decide/Decide.ts"
import { podState } from "../../../src/history/decide/PodState.ts"
import type { Situation } from "../../../src/history/decide/Situation.ts"
import { desiredObjects, deployments, ingresses } from "../../../src/history/objects/Objects.ts"
import { historyServer, overS3 } from "../../support/HistoryFixture.ts"

const existingOf = (server: SparkHistoryServer) =>
  desiredObjects(server, false).map(({ resource, object }) => ({ resource, object }))

const situation = (some: Partial<Situation> = {}, server = historyServer()): Situation => ({
  generation: 1,
  deleting: false,
  replicas: 1,
  problems: [],
  warnings: [],
  desired: desiredObjects(server, false),
  addresses: { endpoint: "http://history.team.svc:18080", url: "https://a.example.com" },
  directories: ["s3a://logs/spark"],
  selection: undefined,
  existing: existingOf(server),
  deployments: existingOf(server).flatMap(({ resource, object }) =>
    resource === deployments ? [object as Deployment] : [],
  ),
  pods: [],
  claims: [],
  route: undefined,
  refusals: undefined,
  rewritten: new Set(),
  status: {},
  now: 0,
  ...some,
})

const said = (s: Situation, type: string) => {
  const found = decide(s).status.conditions?.find((condition) => condition.type === type)
  return found === undefined ? "none" : `${found.status}/${found.reason}: ${found.message}`
}

const pod = (status: object): Pod => ({ metadata: { name: "p" }, status }) as Pod
const container = (fields: object) => pod({ containerStatuses: [{ name: "spark-history-server", ...fields }] })
const crashed = (message: string, more: object = {}) =>
  container({
    restartCount: 3,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
    lastState: { terminated: { exitCode: 1, reason: "Error", message, ...more } },
  })
const ready = pod({ conditions: [{ type: "Ready", status: "True" }] })

describe("why a history server does not answer", () => {
  const rows: ReadonlyArray<readonly [title: string, pod: Pod, says: RegExp]> = [
    [
      "the directory does not exist",
      crashed(
        'Exception in thread "main" java.lang.IllegalArgumentException: requirement failed: None of the specified log directories exist\n\tat scala.Predef',
      ),
      /^False\/LogDirectoryMissing: s3a:\/\/logs\/spark does not exist; create it, on an object store by an empty object/,
    ],
    [
      "the directory does not exist, before Spark 4.2",
      crashed("java.io.FileNotFoundException: Log directory specified does not exist: s3a://logs/spark"),
      /^False\/LogDirectoryMissing: s3a:\/\/logs\/spark does not exist/,
    ],
    [
      "the directory is a file",
      crashed("java.lang.IllegalArgumentException: Logging directory specified is not a directory: file:/x"),
      /^False\/LogDirectoryInvalid: .* is a file; name a directory/,
    ],
    [
      "the directory is a file, with Spark 4.3",
      crashed(
        "26/11/30 12:03:15 WARN FsHistoryProvider: Logging directory specified is not a directory: file:/tmp/hs/afile, skipping.\n" +
          'Exception in thread "main" java.lang.IllegalArgumentException: requirement failed: None of the specified log directories exist: file:/tmp/hs/afile',
      ),
      /^False\/LogDirectoryInvalid/,
    ],
    [
      "it ended otherwise, after a warning that one of several directories is missing",
      crashed("WARN FsHistoryProvider: Log directory specified does not exist: file:/x\nException in thread: y"),
      /^False\/ServerFailed: .*y$/,
    ],
    [
      "the image lacks the connector",
      crashed("java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found"),
      /^False\/FileSystemMissing: .*lacks the connector of its scheme.*hadoop-aws/,
    ],
    [
      "the credentials are missing",
      crashed("org.apache.hadoop.fs.s3a.auth.NoAwsCredentialsException: …"),
      /^False\/LogDirectoryForbidden: .*set secretName/,
    ],
    [
      "the store is elsewhere",
      crashed("java.net.UnknownHostException: minio"),
      /^False\/LogDirectoryUnreachable: .*check its address/,
    ],
    [
      "it was killed for its memory",
      crashed("", { exitCode: 137, reason: "OOMKilled" }),
      /^False\/OOMKilled: .*raise spec\.resources/,
    ],
    [
      "the heap is too small",
      crashed('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat x'),
      /^False\/ServerFailed: The server ended with exit code 1: Exception in thread.*; raise spec\.memory$/,
    ],
    [
      "it ended otherwise",
      crashed("one\n26/11/30 12:03:15 ERROR two\n"),
      /^False\/ServerFailed: The server ended with exit code 1: ERROR two$/,
    ],
    [
      "the image cannot be pulled",
      container({ state: { waiting: { reason: "ErrImagePull", message: "failed to pull: not found" } } }),
      /^False\/ImagePullBackOff: failed to pull: not found$/,
    ],
    [
      "the image still cannot be pulled",
      container({
        state: {
          waiting: {
            reason: "ImagePullBackOff",
            message: 'Back-off pulling image "x": ErrImagePull: failed to pull: not found',
          },
        },
      }),
      /^False\/ImagePullBackOff: failed to pull: not found$/,
    ],
    [
      "no node has room",
      pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }] }),
      /^False\/Unschedulable: 0\/1 nodes$/,
    ],
    [
      "the pod was evicted",
      pod({ phase: "Failed", reason: "Evicted", message: "low on memory" }),
      /^False\/Evicted: low on memory$/,
    ],
    ["it just starts", container({ state: { waiting: { reason: "ContainerCreating" } } }), /^False\/Starting/],
  ]
  it.each(rows)("%s", (_, pod, says) => {
    assert.match(said(situation({ pods: [podState(pod)] }), "Available"), says)
  })

  it("names all directories when none of several exists", () => {
    const pods = [podState(crashed("None of the specified log directories exist"))]
    assert.match(
      said(situation({ pods, directories: ["s3a://a/x", "s3a://b/y"] }), "Available"),
      /none of s3a:\/\/a\/x, s3a:\/\/b\/y exists; create one of them/,
    )
  })

  it("is told of the newest pod, and not while another one answers", () => {
    const old = { ...podState(crashed("old")), createdAt: 1 }
    const young = { ...podState(crashed("young")), createdAt: 2 }
    assert.match(said(situation({ pods: [old, young] }), "Available"), /young/)
    assert.match(
      said(situation({ pods: [old, podState(ready)], replicas: 2 }), "Available"),
      /^True\/MinimumReplicasAvailable: 1 of 2 pods answer/,
    )
  })
})

describe("the conditions of a history server", () => {
  it("say what the API server refuses, and that the server may run all the same", () => {
    const refusal = {
      resource: ingresses,
      name: "history",
      reason: "Forbidden",
      message: "Ingress history: not allowed",
    }
    const s = situation({ pods: [podState(ready)], refusals: [refusal] })
    assert.strictEqual(said(s, "Exposed"), "False/Forbidden: Ingress history: not allowed")
    assert.match(said(s, "Available"), /^True/)
    assert.deepStrictEqual(decide(s).next, { _tag: "After", seconds: 30 })
    const essential = situation({
      deployments: [],
      refusals: [{ ...refusal, resource: deployments, message: "Deployment history: quota" }],
    })
    assert.strictEqual(said(essential, "Progressing"), "False/Forbidden: Deployment history: quota")
    assert.strictEqual(said(essential, "Available"), "False/Forbidden: Deployment history: quota")
  })

  it("say why the Deployment gets no pods", () => {
    const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" }]
    const s = situation()
    const failed = { ...s, deployments: s.deployments.map((one) => ({ ...one, status: { conditions } })) }
    assert.strictEqual(said(failed, "Progressing"), "False/FailedCreate: exceeded quota")
    assert.strictEqual(said(failed, "Available"), "False/FailedCreate: exceeded quota")
  })

  it("follow the rollout of the Deployment", () => {
    const s = situation({ pods: [podState(ready)] })
    const with_ = (status: object) => ({
      ...s,
      deployments: s.deployments.map((one) => ({ ...one, metadata: { ...one.metadata, generation: 2 }, status })),
    })
    const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }
    assert.match(said(with_(done), "Progressing"), /^True\/NewReplicaSetAvailable/)
    assert.match(said(with_({ ...done, observedGeneration: 1 }), "Progressing"), /^True\/ReplicaSetUpdated/)
    assert.match(said(with_({ ...done, replicas: 2 }), "Progressing"), /^True\/ReplicaSetUpdated/)
    const stuck = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" }]
    assert.match(
      said(with_({ ...done, updatedReplicas: 0, conditions: stuck }), "Progressing"),
      /^False\/ProgressDeadlineExceeded: timed out/,
    )
  })

  it("report what becomes of the route, and look for its Gateways again", () => {
    const problem = {
      reason: "GatewayNotFound",
      message: "spec.httpRoute.parentRefs[0]: Gateway infra/edge does not exist",
    }
    const missing = situation({ route: { problem, pending: true } })
    assert.strictEqual(said(missing, "Exposed"), `False/GatewayNotFound: ${problem.message}`)
    assert.deepStrictEqual(decide(missing).next, { _tag: "After", seconds: 30 })
    const pending = situation({ route: { problem: undefined, pending: true } })
    assert.match(said(pending, "Exposed"), /^False\/Pending: No controller of the Gateway API has reported/)
    const accepted = situation({ route: { problem: undefined, pending: false } })
    assert.match(said(accepted, "Exposed"), /^True\/Applied: Browsers reach the server at https:\/\/a\.example\.com/)
    assert.deepStrictEqual(decide(accepted).next, { _tag: "AwaitChange" })
  })

  it("warn about claims that others cannot mount, or that do not exist", () => {
    const accessModes = ["ReadWriteOnce"]
    assert.match(
      said(situation({ claims: [{ name: "events", accessModes }] }), "Accepted"),
      /^True\/ValidWithWarnings: .*PersistentVolumeClaim events is ReadWriteOnce, so drivers on other nodes cannot mount it/,
    )
    const missing = situation({ claims: [{ name: "events", accessModes: undefined }] })
    assert.match(said(missing, "Accepted"), /events does not exist; create it/)
    assert.deepStrictEqual(decide(missing).next, { _tag: "After", seconds: 60 })
    assert.match(
      said(situation({ claims: [{ name: "events", accessModes: ["ReadWriteMany"] }] }), "Accepted"),
      /^True\/Valid:/,
    )
  })

  it("say that two servers select the same, and nothing of applications if none are selected", () => {
    assert.strictEqual(said(situation(), "ApplicationsSelected"), "none")
    assert.match(said(situation({ selection: { conflict: undefined } }), "ApplicationsSelected"), /^True\/Selecting/)
    const s = situation({ selection: { conflict: "both" } })
    assert.strictEqual(said(s, "ApplicationsSelected"), "False/SelectorConflict: both")
    assert.deepInclude(decide(s).events[0], {
      type: "Warning",
      reason: "SparkHistoryServerSelectorConflict",
      message: "both",
    })
  })

  it("leave what runs as it is when a changed spec has a mistake", () => {
    const problems = [{ field: "spec.image", message: "there is no image" }]
    const s = situation({
      problems,
      desired: undefined,
      addresses: undefined,
      pods: [podState(ready)],
      status: { url: "https://a.example.com" },
    })
    const { actions, status, events } = decide(s)
    assert.deepStrictEqual(actions, [])
    assert.strictEqual(status.url, "https://a.example.com")
    assert.strictEqual(said(s, "Accepted"), "False/InvalidSpec: spec.image: there is no image")
    assert.match(said(s, "Available"), /^True/)
    assert.deepStrictEqual(
      events.map(({ type, reason }) => `${type} ${reason}`),
      ["Warning SparkHistoryServerInvalid", "Normal SparkHistoryServerAvailable"],
    )
  })

  it("are told by Events only once", () => {
    const s = situation({ pods: [podState(crashed("None of the specified log directories exist"))] })
    const { status, events } = decide(s)
    assert.deepStrictEqual(
      events.map(({ reason }) => reason),
      ["SparkHistoryServerUnavailable"],
    )
    const again = decide({ ...s, status, now: 60_000 })
    assert.deepStrictEqual(again.events, [])
    assert.strictEqual(again.status, status)
  })
})

describe("the actions", () => {
  const tagsOf = (s: Situation) => decide(s).actions.map((action) => action._tag)

  it("create what is missing and delete what is no longer desired", () => {
    assert.deepStrictEqual(tagsOf(situation({ existing: [] })), ["Create", "Create", "Create"])
    const before = existingOf(historyServer({ ingress: { host: "a.example.com" } }))
    const [action, ...others] = decide(situation({ existing: before })).actions
    assert.deepStrictEqual(others, [])
    assert.deepInclude(action, { _tag: "Delete", resource: ingresses })
  })

  it("undo a change by another hand, and keep what the API server has added", () => {
    const s = situation()
    const change = (edit: (deployment: Deployment) => Deployment) => ({
      ...s,
      existing: s.existing.map((one) =>
        one.resource === deployments ? { ...one, object: edit(one.object as Deployment) } : one,
      ),
    })
    const defaulted = change((one) => ({ ...one, spec: { ...one.spec!, progressDeadlineSeconds: 600 } }))
    assert.deepStrictEqual(tagsOf(defaulted), [])
    const scaled = change((one) => ({ ...one, spec: { ...one.spec!, replicas: 5 } }))
    assert.deepStrictEqual(tagsOf(scaled), ["Update"])
  })

  it("compare only the hash where the API server writes values in another form", () => {
    const server = overS3({ resources: { requests: { cpu: "1000m" } } })
    const [conf, deployment] = desiredObjects(server, false)
    const text = JSON.stringify(deployment!.object).replaceAll('"1000m"', '"1"')
    const existing = existingOf(server).map((one) =>
      one.resource === deployments ? { ...one, object: JSON.parse(text) } : one,
    )
    const revision = deployment!.object.metadata!.annotations!["firesteel.dev/revision"]!
    assert.deepStrictEqual(tagsOf(situation({ existing }, server)), ["Update"])
    assert.deepStrictEqual(tagsOf(situation({ existing, rewritten: new Set([revision]) }, server)), [])
    assert.strictEqual(conf!.resource.kind, "ConfigMap")
  })

  it("are none while the server is being deleted", () => {
    assert.deepStrictEqual(tagsOf(situation({ existing: [], deleting: true })), [])
  })
})
