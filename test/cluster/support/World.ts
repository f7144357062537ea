/**
 * A namespace of one test on a real cluster, with the account of its drivers and the code that they run. Waiting means reading again
 * until a condition holds; a timeout is reported with the status, the events and the operator's log.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect, Layer, Schedule, type Scope } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { sparkApplications } from "../../../src/api/Kinds.ts"
import { Kube, type KubeApi } from "../../../src/kube/Kube.ts"
import * as KubeHttp from "../../../src/kube/KubeHttp.ts"
import { configMaps, type KubeObject, pods, type Resource, services } from "../../../src/kube/Resource.ts"
import { operatorLabels, operatorNamespace } from "./Environment.ts"
import { apply, kubectl } from "./Kubectl.ts"
import { raw } from "./Raw.ts"

/** The cluster of `$KUBECONFIG` for a test. */
export const ClusterLayer = KubeHttp.layer({ environment: process.env }).pipe(Layer.orDie)

export interface World {
  readonly namespace: string
  readonly kube: KubeApi
  readonly apply: (application: SparkApplication) => Effect.Effect<void>
  readonly application: (name: string) => Effect.Effect<SparkApplication | undefined>
  /** The application as soon as `is` holds; fails after `seconds` (default 120). */
  readonly until: (
    name: string,
    what: string,
    is: (application: SparkApplication) => boolean,
    seconds?: number,
  ) => Effect.Effect<SparkApplication>
  readonly untilState: (name: string, state: string, seconds?: number) => Effect.Effect<SparkApplication>
  readonly patchSpec: (name: string, spec: object) => Effect.Effect<void>
  readonly pods: (selector: string) => Effect.Effect<ReadonlyArray<Pod>>
  readonly driver: (name: string) => Effect.Effect<Pod>
  /** Executor pods of an application that run. */
  readonly executors: (name: string) => Effect.Effect<ReadonlyArray<Pod>>
  readonly exec: (pod: string, ...command: ReadonlyArray<string>) => Effect.Effect<string>
  /** Ends the work, or the wait, of a driver. */
  readonly finish: (name: string) => Effect.Effect<void>
  /** What the driver answers on its REST API: `path` below `/api/v1/applications/<id>`. */
  readonly rest: (name: string, path: string) => Effect.Effect<unknown>
  /** Everything that exists of an application: `pods/x`, `services/y`, … */
  readonly remains: (name: string) => Effect.Effect<ReadonlyArray<string>>
  /** Deletes the application and waits until nothing of it is left. */
  readonly remove: (name: string) => Effect.Effect<void>
}

/** Reads again until there is an answer; a failed reading counts as none. `describe` is the message when the time is over. */
export const eventually = <A>(
  look: Effect.Effect<A | undefined>,
  seconds: number,
  describe: Effect.Effect<string>,
): Effect.Effect<A> =>
  look.pipe(
    Effect.flatMap((found) => (found === undefined ? Effect.fail("not yet" as const) : Effect.succeed(found))),
    Effect.catchDefect(() => Effect.fail("not yet" as const)),
    Effect.retry(Schedule.spaced(500)),
    Effect.timeoutOrElse({
      duration: seconds * 1000,
      orElse: () =>
        Effect.catchDefect(describe, (defect) => Effect.succeed(String(defect))).pipe(
          Effect.flatMap((text) => Effect.die(new Error(`after ${seconds} s: ${text}`))),
        ),
    }),
    Effect.orDie,
  )

const code = readFileSync(join(import.meta.dirname, "../spark/app.py"), "utf8")
const accountRules = [
  {
    apiGroups: [""],
    resources: ["pods", "services", "configmaps", "persistentvolumeclaims"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  },
  // spark-submit of 4.2 and later makes one for the executors, and gives up without it.
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["get", "create", "patch", "delete"] },
]

/** A fresh namespace; it is deleted with the scope. */
export const makeWorld = Effect.fnUntraced(function* (
  name: string,
): Effect.fn.Return<World, never, Scope.Scope | Kube> {
  const kube = yield* Kube
  const suffix = crypto.randomUUID().slice(0, 6)
  const namespace = `${name}-${suffix}`
  const rbac = "rbac.authorization.k8s.io"
  yield* Effect.acquireRelease(
    Effect.orDie(
      Effect.andThen(
        apply([
          {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: namespace, labels: { "firesteel.dev/test": "cluster" } },
          },
        ]),
        apply([
          { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "spark", namespace } },
          { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name: "spark", namespace }, rules: accountRules },
          {
            apiVersion: `${rbac}/v1`,
            kind: "RoleBinding",
            metadata: { name: "spark", namespace },
            roleRef: { apiGroup: rbac, kind: "Role", name: "spark" },
            subjects: [{ kind: "ServiceAccount", name: "spark", namespace }],
          },
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "code", namespace }, data: { "app.py": code } },
        ]),
      ),
    ),
    () => Effect.ignore(kubectl(["delete", "namespace", namespace, "--wait=false", "--ignore-not-found"])),
  )

  const application = (of: string) =>
    kube.get(sparkApplications, namespace, of).pipe(
      Effect.catchIf(
        ({ reason }) => reason === "NotFound",
        () => Effect.succeed(undefined),
      ),
      // The API server may be away for a while: that is what some tests are about.
      Effect.catch(() => Effect.succeed(undefined)),
    )
  const story = (of: string) =>
    Effect.gen(function* () {
      const status = (yield* application(of))?.status
      const events = yield* kubectl(["events", "-n", namespace, "--no-headers"])
      const log = yield* kubectl(["logs", "-n", operatorNamespace, "-l", operatorLabels, "--tail", "20"])
      return [JSON.stringify(status, undefined, 2), events, log].join("\n")
    }).pipe(Effect.catch(({ message }) => Effect.succeed(message)))
  const until: World["until"] = (of, what, is, seconds = 120) =>
    eventually(
      Effect.map(application(of), (found) => (found !== undefined && is(found) ? found : undefined)),
      seconds,
      Effect.map(story(of), (text) => `${of} is not ${what}\n${text}`),
    )
  const listed = (selector: string) =>
    kube.list(pods, { namespace, labelSelector: selector }).pipe(
      Effect.map(({ items }) => items),
      Effect.orDie,
    )
  const ofApplication = (of: string) => `sparkoperator.k8s.io/app-name=${of}`
  const exec: World["exec"] = (pod, ...command) =>
    Effect.orDie(kubectl(["exec", "-n", namespace, pod, "--", ...command]))
  const driver = (of: string) => Effect.orDie(kube.get(pods, namespace, `${of}-driver`))
  const remains: World["remains"] = Effect.fnUntraced(function* (of) {
    const kinds: ReadonlyArray<Resource<KubeObject>> = [pods, services, configMaps].map(
      (it) => it as Resource<KubeObject>,
    )
    const found = yield* Effect.forEach(kinds, (kind) =>
      Effect.map(Effect.orDie(kube.list(kind, { namespace })), ({ items }) =>
        items
          .filter(({ metadata }) => metadata?.name?.startsWith(`${of}-`))
          .map(({ metadata }) => `${kind.plural}/${metadata?.name}`),
      ),
    )
    return found.flat()
  })

  return {
    namespace,
    kube,
    application,
    until,
    untilState: (of, state, seconds) =>
      until(of, state, ({ status }) => status?.applicationState.state === state, seconds),
    apply: (object) => Effect.asVoid(Effect.orDie(kube.create(sparkApplications, namespace, object))),
    patchSpec: (of, spec) =>
      Effect.asVoid(Effect.orDie(kube.patch(sparkApplications, namespace, of, { type: "merge", body: { spec } }))),
    pods: listed,
    driver,
    executors: (of) =>
      Effect.map(listed(`${ofApplication(of)},spark-role=executor`), (all) =>
        all.filter(({ status, metadata }) => status?.phase === "Running" && metadata?.deletionTimestamp === undefined),
      ),
    exec,
    finish: (of) => Effect.asVoid(exec(`${of}-driver`, "touch", "/tmp/finish")),
    rest: Effect.fnUntraced(function* (of, path) {
      const id = (yield* driver(of)).metadata?.labels?.["spark-app-selector"]
      return yield* raw(
        `/api/v1/namespaces/${namespace}/pods/${of}-driver:4040/proxy/api/v1/applications/${id}/${path}`,
      )
    }, Effect.orDie),
    remains,
    remove: Effect.fnUntraced(function* (of) {
      yield* Effect.orDie(kube.delete(sparkApplications, namespace, of))
      yield* eventually(
        Effect.map(Effect.all([application(of), remains(of)]), ([it, rest]) =>
          it === undefined && rest.length === 0 ? true : undefined,
        ),
        60,
        Effect.map(remains(of), (rest) => `left of ${of}: ${rest.join(", ")}`),
      )
    }),
  }
})

/** The only attempt, or the one with this number. */
export const attempt = (application: SparkApplication, number = 1) => {
  const found = application.status?.attempts?.find((it) => it.number === number)
  assert.isDefined(found, `attempt ${number} of ${application.metadata.name}`)
  return found!
}

/** A signal for the JVM in a pod: as from its node. */
export const signalJvm = (world: World, pod: string, signal: "KILL" | "STOP") =>
  world
    .exec(
      pod,
      "sh",
      "-c",
      `for p in /proc/[0-9]*; do grep -qx java $p/comm && kill -${signal} "\${p#/proc/}"; done; true`,
    )
    .pipe(
      // The connection may end with the container.
      Effect.catchDefect(() => Effect.void),
    )
