/**
 * What clients such as Airflow rely on: a client that reads a state other than SUBMITTED, SUBMISSION_FAILED, FAILED or PENDING_RERUN finds the
 * driver pod in the API, unless something other than the operator has deleted it; and a written status always has `driverInfo` and
 * `applicationState`, the latter never with an empty state. SUSPENDING, SUSPENDED and RESUMING were asked for by the user, and kubeflow's operator
 * has no driver pod in them either. And whatever happens, an application never has two drivers at a time.
 *
 * Checked at every status write of an operator and at every creation and deletion of a driver pod by one, in the moment in which it is carried
 * out, also if its answer gets lost.
 */

import { Effect } from "effect"
import { sparkApplications } from "../../src/api/Kinds.ts"
import type { Resource } from "../../src/kube/Resource.ts"
import { pods } from "../../src/kube/Resource.ts"
import { type ApiObject, at, text } from "../../src/local/apiserver/ApiObject.ts"
import type { Cluster } from "../../src/local/apiserver/Cluster.ts"
import type { ResourceKind } from "../../src/local/apiserver/ResourceKind.ts"

const promisesNothing = new Set([
  undefined,
  "SUBMITTED",
  "SUBMISSION_FAILED",
  "FAILED",
  "PENDING_RERUN",
  "SUSPENDING",
  "SUSPENDED",
  "RESUMING",
])

/** Whether a client that reads this state may read the driver pod next. */
export const promisesDriver = (state: string | undefined): boolean => !promisesNothing.has(state)

interface Application extends ApiObject {
  readonly status?: {
    readonly applicationState?: { readonly state?: string }
    readonly driverInfo?: { readonly podName?: string }
    readonly submissionID?: string
  }
}

const submissionLabel = "sparkoperator.k8s.io/submission-id"

/** The cluster as operators see it. `everSeen`: driver pods that ever existed; what breaks the promise goes to `broken`. */
export const promising = (
  cluster: Cluster,
  everSeen: () => ReadonlyArray<{ readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }>,
  broken: Array<string>,
): Cluster => {
  /** Driver pods that an operator has deleted, by uid. */
  const deleted = new Set<string>()
  const is = (kind: ResourceKind, resource: Resource) =>
    kind.group === resource.group && kind.plural === resource.plural
  const find = (resource: Resource, namespace: string, name: string) => {
    const kind = cluster.kinds.find(resource.group, resource.version, resource.plural)!
    return Effect.orElseSucceed(cluster.get(kind, namespace, name), () => undefined)
  }
  const application = (namespace: string, name: string) =>
    Effect.map(find(sparkApplications, namespace, name), (found) => found as Application | undefined)

  const checkWrite = Effect.fnUntraced(function* (before: Application | undefined, after: Application) {
    const { namespace = "", name, deletionTimestamp } = after.metadata
    const { applicationState, driverInfo, submissionID } = after.status ?? {}
    const state = applicationState?.state
    const where = `${name}: ${before?.status?.applicationState?.state ?? "none"} → ${state ?? "none"}`
    if (applicationState === undefined || driverInfo === undefined || state === "") {
      broken.push(`${where}: ${JSON.stringify({ applicationState, driverInfo })}`)
    }
    // An application that is being deleted goes together with its driver.
    if (!promisesDriver(state) || deletionTimestamp !== undefined) return
    const pod = yield* find(pods, namespace, driverInfo?.podName ?? "")
    if (pod !== undefined && deleted.has(pod.metadata.uid)) broken.push(`${where}: the operator has deleted the driver`)
    const wasPromised = promisesDriver(before?.status?.applicationState?.state)
    const existed = everSeen().some(({ metadata }) => metadata?.labels?.[submissionLabel] === submissionID)
    if (pod === undefined && !wasPromised && !existed) broken.push(`${where}: there never was a driver pod`)
  })

  const checkDeletion = Effect.fnUntraced(function* (pod: ApiObject) {
    const { namespace = "", labels, uid, ownerReferences } = pod.metadata
    if (labels?.["spark-role"] !== "driver") return
    deleted.add(uid)
    const owner = yield* application(namespace, ownerReferences?.[0]?.name ?? "")
    const state = owner?.status?.applicationState?.state
    const isOwn = owner?.metadata.uid === ownerReferences?.[0]?.uid
    if (isOwn && owner?.metadata.deletionTimestamp === undefined && promisesDriver(state)) {
      broken.push(`${owner?.metadata.name}: the operator deletes the driver in state ${state}`)
    }
  })

  const checkCreation = Effect.fnUntraced(function* (pod: ApiObject) {
    const { labels, ownerReferences } = pod.metadata
    const owner = ownerReferences?.[0]
    if (labels?.["spark-role"] !== "driver" || owner === undefined) return
    const kind = cluster.kinds.find(pods.group, pods.version, pods.plural)!
    const { items } = yield* cluster.list(kind, { labelSelector: "spark-role=driver" })
    const living = items.filter(({ metadata, ["status"]: status }) => {
      const isOver = ["Succeeded", "Failed"].includes(text(at(status, "phase")) ?? "")
      const isOwn = metadata.ownerReferences?.some(({ uid }) => uid === owner.uid)
      return isOwn === true && metadata.deletionTimestamp === undefined && !isOver
    })
    if (living.length > 1)
      broken.push(`${owner.name}: drivers ${living.map(({ metadata }) => metadata.name).join(", ")}`)
  })

  return {
    ...cluster,
    create: (kind, namespace, body, options) =>
      is(kind, pods)
        ? Effect.tap(cluster.create(kind, namespace, body, options), ({ object }) => checkCreation(object))
        : cluster.create(kind, namespace, body, options),
    patch: (kind, namespace, name, patch, options) =>
      is(kind, sparkApplications) && patch.subresource === "status" && options?.dryRun !== true
        ? Effect.flatMap(application(namespace, name), (before) =>
            Effect.tap(cluster.patch(kind, namespace, name, patch, options), ({ object }) =>
              checkWrite(before, object as Application),
            ),
          )
        : cluster.patch(kind, namespace, name, patch, options),
    delete: (kind, namespace, name, options) =>
      is(kind, pods)
        ? Effect.tap(cluster.delete(kind, namespace, name, options), ({ object }) => checkDeletion(object))
        : cluster.delete(kind, namespace, name, options),
  }
}
