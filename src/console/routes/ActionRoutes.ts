/**
 * What viewers may change, each in their own name: the request to the API server has the viewer's token, so Kubernetes decides and its audit log
 * has the viewer. Only if actions are switched on.
 */

import { Clock, Effect } from "effect"
import { scheduledSparkApplications, sparkApplications, sparkConnects } from "../../api/Kinds.ts"
import { isFinal, stateOf } from "../../api/States.ts"
import type { KubeApi } from "../../kube/Kube.ts"
import type { KubeError } from "../../kube/KubeError.ts"
import type { Resource } from "../../kube/Resource.ts"
import { timestamp } from "../../kube/Time.ts"
import { triggerAnnotation, wakeAnnotation } from "../../spark/Labels.ts"
import type { Viewer } from "../access/Viewer.ts"
import { copyOf } from "../api/RunAgain.ts"
import { type ConsoleContext, type ObjectOf, visibleObject } from "../ConsoleContext.ts"
import { type ConsoleRoute, forViewers, json } from "../http/Exchange.ts"
import { forbidden, notFound, Refused } from "../http/Refused.ts"
import type { ShownKind } from "../Sources.ts"

/** What an action answers: the name of the object that it made, if any. */
interface Done {
  readonly name?: string
}

type Perform<K extends ShownKind> = (
  kube: KubeApi,
  object: ObjectOf<K>,
  now: number,
) => Effect.Effect<Done, KubeError | Refused>

type Named = { readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string } }

const merge = (kube: KubeApi, resource: Resource, { metadata }: Named, body: object) =>
  Effect.as(
    // With the uid, so that another object of this name is left as it is.
    kube.patch(resource, metadata.namespace, metadata.name, {
      type: "merge",
      body: { ...body, metadata: { uid: metadata.uid, ...("metadata" in body ? (body.metadata as object) : {}) } },
    }),
    {},
  )

const suspend =
  (resource: Resource, suspended: boolean) =>
  (kube: KubeApi, object: Named): Effect.Effect<Done, KubeError> =>
    merge(kube, resource, object, { spec: { suspend: suspended } })

const remove =
  (resource: Resource) =>
  (kube: KubeApi, { metadata: { namespace, name, uid } }: Named): Effect.Effect<Done, KubeError> =>
    Effect.as(kube.delete(resource, namespace, name, { uid, propagationPolicy: "Background" }), {})

const annotate =
  (resource: Resource, key: string) =>
  (kube: KubeApi, object: Named, now: number): Effect.Effect<Done, KubeError> =>
    merge(kube, resource, object, { metadata: { annotations: { [key]: timestamp(now) } } })

const rerun: Perform<"applications"> = (kube, application, now) =>
  isFinal(stateOf(application.status))
    ? Effect.map(
        kube.create(sparkApplications, application.metadata.namespace, copyOf(application, now)),
        ({ metadata }) => ({ name: metadata.name }),
      )
    : Effect.fail(new Refused({ status: 409, message: "Only an application that has ended can be run again" }))

const actions: { readonly [K in ShownKind]: Readonly<Record<string, Perform<K>>> } = {
  applications: {
    suspend: suspend(sparkApplications, true),
    resume: suspend(sparkApplications, false),
    rerun,
    delete: remove(sparkApplications),
  },
  schedules: {
    suspend: suspend(scheduledSparkApplications, true),
    resume: suspend(scheduledSparkApplications, false),
    trigger: annotate(scheduledSparkApplications, triggerAnnotation),
    delete: remove(scheduledSparkApplications),
  },
  connects: {
    suspend: suspend(sparkConnects, true),
    resume: suspend(sparkConnects, false),
    wake: annotate(sparkConnects, wakeAnnotation),
    delete: remove(sparkConnects),
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
      const perform = Object.hasOwn(table, name) ? table[name] : undefined
      if (perform === undefined) return yield* notFound(`The action ${name}`)
      const object = yield* visibleObject(context, viewer, kind, parameters)
      return json(yield* perform(viewer.kube, object, yield* Clock.currentTimeMillis))
    }),
  )

export const actionRoutes = (context: ConsoleContext): ReadonlyArray<ConsoleRoute> => [
  route(context, "applications"),
  route(context, "schedules"),
  route(context, "connects"),
]
