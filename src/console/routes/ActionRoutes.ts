/**
 * What viewers may change, each in their own name: the request to the API server has the viewer's token, so Kubernetes decides and its audit log
 * has the viewer. Only if actions are switched on.
 */

import { Clock, Effect } from "effect"
import { scheduledSparkApplications, sparkApplications, sparkConnects } from "../../api/Kinds.ts"
import { isFinal, stateOf } from "../../api/States.ts"
import { runAgain } from "../../application/RunAgain.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Resource } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { triggerAnnotation, wakeAnnotation } from "../../spark/Labels.ts"
import type { Viewer } from "../access/Viewer.ts"
import { type ConsoleContext, type ObjectOf, resources, visibleObject } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"
import { forbidden, notFound, Refused } from "../http/Refused.ts"
import type { ShownKind } from "../Sources.ts"

type Perform<K extends ShownKind> = (
  kube: KubeApi,
  object: ObjectOf<K>,
  now: number,
) => Effect.Effect<unknown, KubeError | Refused>

/** What an action does, and the verb that it needs on the resource: asked before, so that the viewer learns which right is missing. */
interface Action<K extends ShownKind> {
  readonly verb: "delete" | "patch"
  readonly perform: Perform<K>
}

type Named = { readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string } }

const merge = (kube: KubeApi, resource: Resource, { metadata }: Named, body: object) =>
  // With the uid, so that another object of this name is left as it is.
  kube.patch(resource, metadata.namespace, metadata.name, {
    type: "merge",
    body: { ...body, metadata: { uid: metadata.uid, ...("metadata" in body ? (body.metadata as object) : {}) } },
  })

const suspend = (resource: Resource, suspended: boolean) => (kube: KubeApi, object: Named) =>
  merge(kube, resource, object, { spec: { suspend: suspended } })

const remove =
  (resource: Resource) =>
  (kube: KubeApi, { metadata: { namespace, name, uid } }: Named) =>
    kube.delete(resource, namespace, name, { uid, propagationPolicy: "Background" })

const annotate = (resource: Resource, key: string) => (kube: KubeApi, object: Named, now: number) =>
  merge(kube, resource, object, { metadata: { annotations: { [key]: timestamp(now) } } })

const rerun: Perform<"applications"> = (kube, application, now) => {
  const refuse = (message: string) => Effect.fail(new Refused({ status: 409, message }))
  if (!isFinal(stateOf(application.status))) return refuse("Only an application that has ended can be run again")
  if (application.spec.suspend === true) return refuse("The application is suspended; resuming it runs it")
  return merge(kube, sparkApplications, application, runAgain(now))
}

const actions: { readonly [K in ShownKind]: Readonly<Record<string, Action<K>>> } = {
  applications: {
    suspend: { verb: "patch", perform: suspend(sparkApplications, true) },
    resume: { verb: "patch", perform: suspend(sparkApplications, false) },
    rerun: { verb: "patch", perform: rerun },
    delete: { verb: "delete", perform: remove(sparkApplications) },
  },
  schedules: {
    suspend: { verb: "patch", perform: suspend(scheduledSparkApplications, true) },
    resume: { verb: "patch", perform: suspend(scheduledSparkApplications, false) },
    trigger: { verb: "patch", perform: annotate(scheduledSparkApplications, triggerAnnotation) },
    delete: { verb: "delete", perform: remove(scheduledSparkApplications) },
  },
  historyServers: {},
  connects: {
    suspend: { verb: "patch", perform: suspend(sparkConnects, true) },
    resume: { verb: "patch", perform: suspend(sparkConnects, false) },
    wake: { verb: "patch", perform: annotate(sparkConnects, wakeAnnotation) },
    delete: { verb: "delete", perform: remove(sparkConnects) },
  },
}

const route = <K extends ShownKind>(context: ConsoleContext, kind: K): ConsoleRoute =>
  forViewers(
    "POST",
    `/api/${kind}/:namespace/:name/actions/:action`,
    Effect.fnUntraced(function* ({ parameters }, viewer: Viewer) {
      if (!context.actions) return yield* forbidden("Actions are switched off (--console-actions)")
      const table = actions[kind]
      const name = parameters["action"] ?? ""
      const action = Object.hasOwn(table, name) ? table[name] : undefined
      if (action === undefined) return yield* notFound(`The action ${name}`)
      const object = yield* visibleObject(context, viewer, kind, parameters)
      const { namespace } = object.metadata
      yield* context.rights.require(viewer, { verb: action.verb, resource: resources[kind], namespace })
      yield* action.perform(viewer.kube, object, yield* Clock.currentTimeMillis)
      return json({})
    }),
  )

export const actionRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
  route(context, "applications"),
  route(context, "schedules"),
  route(context, "connects"),
]
