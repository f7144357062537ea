/** What local mode knows about the cluster: applications, driver pods, schedules, Connect servers and history servers, kept up to date by watches, as in any client. */

import { Effect, Stream, SubscriptionRef } from "effect"
import type { Pod } from "kubernetes-types/core/v1"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import { Kube } from "../../kube/Kube.ts"
import { type ReflectorEvent, reflect } from "../../kube/Reflector.ts"
import { type KubeObject, pods } from "../../kube/Resource.ts"
import { keyOf } from "../../runtime/Store.ts"
import * as Labels from "../../spark/Labels.ts"
import type { Expectation } from "./Examples.ts"
import { type HistoryRow, historyRow } from "./HistoryRow.ts"
import { type LocalRow, localRow } from "./Row.ts"
import { type ScheduleRow, scheduleRow } from "./ScheduleRow.ts"
import { type ServerRow, serverRow } from "./ServerRow.ts"
import { historyVerdict, scheduleVerdict, serverVerdict, type Verdict, verdict } from "./Verdict.ts"
import type { ViewRows } from "./View.ts"

export interface LocalPicture {
  /** By `namespace/name`. */
  readonly applications: ReadonlyMap<string, SparkApplication>
  /** Driver pods by `namespace/name`. */
  readonly drivers: ReadonlyMap<string, Pod>
  /** By `namespace/name`. */
  readonly schedules: ReadonlyMap<string, ScheduledSparkApplication>
  /** By `namespace/name`. */
  readonly servers: ReadonlyMap<string, SparkConnect>
  /** By `namespace/name`. */
  readonly histories: ReadonlyMap<string, SparkHistoryServer>
}

/** What examples declare, by `namespace/name`. */
export interface Expectations {
  readonly applications: ReadonlyMap<string, Expectation>
  readonly schedules: ReadonlyMap<string, Expectation>
  readonly servers: ReadonlyMap<string, Expectation>
  readonly histories: ReadonlyMap<string, Expectation>
}

/** Starts watching in the scope; the reference always holds the latest picture and streams its changes. */
export const watchPicture = Effect.gen(function* () {
  const kube = yield* Kube
  const picture = yield* SubscriptionRef.make<LocalPicture>({
    applications: new Map(),
    drivers: new Map(),
    schedules: new Map(),
    servers: new Map(),
    histories: new Map(),
  })
  const follow = <A extends KubeObject>(
    events: Stream.Stream<ReflectorEvent<A>>,
    apply: (picture: LocalPicture, event: ReflectorEvent<A>) => LocalPicture,
  ) =>
    Effect.forkScoped(
      Stream.runForEach(events, (event) =>
        event._tag === "Bookmark" ? Effect.void : SubscriptionRef.update(picture, (now) => apply(now, event)),
      ),
    )
  yield* follow(reflect(kube, sparkApplications).events, (now, event) => ({
    ...now,
    applications: applied(now.applications, event),
  }))
  yield* follow(
    reflect(kube, pods, { labelSelector: `${Labels.sparkRole}=${Labels.driverRole}` }).events,
    (now, event) => ({
      ...now,
      drivers: applied(now.drivers, event),
    }),
  )
  yield* follow(reflect(kube, scheduledSparkApplications).events, (now, event) => ({
    ...now,
    schedules: applied(now.schedules, event),
  }))
  yield* follow(reflect(kube, sparkConnects).events, (now, event) => ({
    ...now,
    servers: applied(now.servers, event),
  }))
  yield* follow(reflect(kube, sparkHistoryServers).events, (now, event) => ({
    ...now,
    histories: applied(now.histories, event),
  }))
  return picture
})

const applied = <A extends KubeObject>(
  objects: ReadonlyMap<string, A>,
  event: ReflectorEvent<A>,
): ReadonlyMap<string, A> => {
  if (event._tag === "Listed") return new Map(event.objects.map((object) => [keyOf(object), object]))
  const next = new Map(objects)
  if (event._tag === "Applied") next.set(keyOf(event.object), event.object)
  if (event._tag === "Deleted") next.delete(keyOf(event.object))
  return next
}

const driverOf = (picture: LocalPicture, application: SparkApplication): Pod | undefined =>
  picture.drivers.get(
    keyOf({
      metadata: { namespace: application.metadata.namespace, name: application.status?.driverInfo.podName ?? "" },
    }),
  )

const sorted = <A>(objects: ReadonlyMap<string, A>): ReadonlyArray<A> =>
  [...objects].sort(([a], [b]) => a.localeCompare(b)).map(([, object]) => object)

/** One row per application, sorted by namespace and name. */
export const rowsOf = (picture: LocalPicture): ReadonlyArray<LocalRow> =>
  sorted(picture.applications).map((application) => localRow(application, driverOf(picture, application)))

/** One row per schedule, sorted by namespace and name. */
export const scheduleRowsOf = ({ schedules }: LocalPicture): ReadonlyArray<ScheduleRow> =>
  sorted(schedules).map(scheduleRow)

/** One row per Connect server, sorted by namespace and name. */
export const serverRowsOf = ({ servers }: LocalPicture): ReadonlyArray<ServerRow> => sorted(servers).map(serverRow)

/** One row per history server, sorted by namespace and name. */
export const historyRowsOf = ({ histories }: LocalPicture): ReadonlyArray<HistoryRow> =>
  sorted(histories).map(historyRow)

/** The rows of every kind. */
export const viewRowsOf = (picture: LocalPicture): ViewRows => ({
  applications: rowsOf(picture),
  schedules: scheduleRowsOf(picture),
  servers: serverRowsOf(picture),
  histories: historyRowsOf(picture),
})

const judged = <A>(
  expectations: ReadonlyMap<string, Expectation>,
  objects: ReadonlyMap<string, A>,
  judge: (object: A, expectation: Expectation) => Verdict,
): ReadonlyArray<Verdict> =>
  [...expectations].flatMap(([key, expectation]) => {
    const object = objects.get(key)
    return object === undefined ? [] : [judge(object, expectation)]
  })

/** One verdict per expectation, in their order, applications first. What has not been observed yet is left out. */
export const verdictsOf = (picture: LocalPicture, expected: Expectations): ReadonlyArray<Verdict> => [
  ...judged(expected.applications, picture.applications, (application, expectation) =>
    verdict(application, driverOf(picture, application), expectation),
  ),
  ...judged(expected.schedules, picture.schedules, scheduleVerdict),
  ...judged(expected.servers, picture.servers, serverVerdict),
  ...judged(expected.histories, picture.histories, historyVerdict),
]
