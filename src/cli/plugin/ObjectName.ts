/** How objects are named on the command line: `NAME`, or `TYPE/NAME` as in kubectl. Pure. */

import { Result } from "effect"
import type { SparkApplication } from "../../api/application/SparkApplication.ts"
import type { SparkConnect } from "../../api/connect/SparkConnect.ts"
import type { SparkHistoryServer } from "../../api/history/SparkHistoryServer.ts"
import { scheduledSparkApplications, sparkApplications, sparkConnects, sparkHistoryServers } from "../../api/Kinds.ts"
import type { ScheduledSparkApplication } from "../../api/schedule/ScheduledSparkApplication.ts"
import type { KubeObject, Resource } from "../../kube/Resource.ts"
import { nearest } from "../../settings/Nearest.ts"
import type { ObjectNoun } from "../Command.ts"

interface Type<Tag extends string, A extends KubeObject> {
  readonly _tag: Tag
  readonly resource: Resource<A>
  /** In messages: `application`. */
  readonly noun: ObjectNoun
  /** As `list` takes it: `applications`. */
  readonly plural: string
}

export const applicationType: Type<"Application", SparkApplication> = {
  _tag: "Application",
  resource: sparkApplications,
  noun: "application",
  plural: "applications",
}
export const scheduleType: Type<"Schedule", ScheduledSparkApplication> = {
  _tag: "Schedule",
  resource: scheduledSparkApplications,
  noun: "schedule",
  plural: "schedules",
}
export const connectType: Type<"Connect", SparkConnect> = {
  _tag: "Connect",
  resource: sparkConnects,
  noun: "connect",
  plural: "connects",
}
export const historyType: Type<"History", SparkHistoryServer> = {
  _tag: "History",
  resource: sparkHistoryServers,
  noun: "history",
  plural: "histories",
}
export type ObjectType = typeof applicationType | typeof scheduleType | typeof connectType | typeof historyType
export const objectTypes = [applicationType, scheduleType, connectType, historyType] as const

/** The short names of the definitions. */
const shortNames: Readonly<Record<ObjectType["_tag"], ReadonlyArray<string>>> = {
  Application: ["app", "apps", "sparkapp"],
  Schedule: ["scheduledsparkapp"],
  Connect: ["sparkconn"],
  History: [],
}

/** Everything that a type may be called: `application`, `applications`, the kind, its plural, with or without the group, and short names. */
const wordsOf = ({
  _tag,
  noun,
  plural,
  resource: { kind, plural: resources, group },
}: ObjectType): ReadonlyArray<string> => {
  const singular = kind.toLowerCase()
  return [noun, plural, resources, `${resources}.${group}`, singular, `${singular}.${group}`, ...shortNames[_tag]]
}

const types = new Map(objectTypes.flatMap((type) => wordsOf(type).map((word) => [word, type] as const)))

/** The type of this word in any case, or what would be right. */
export const typeOf = (word: string): Result.Result<ObjectType, string> => {
  const type = types.get(word.toLowerCase())
  if (type !== undefined) return Result.succeed(type)
  const near = nearest(word.toLowerCase(), [...types.keys()])
  const nouns = objectTypes.map(({ noun }) => noun).join(", ")
  return Result.fail(near === undefined ? `is not a type; use ${nouns}` : `is not a type; did you mean ${near}?`)
}

export interface ObjectName<T extends ObjectType> {
  readonly type: T
  readonly name: string
}

/** `spark-pi`, which is of the first of the `allowed` types, or `schedule/nightly`. */
export const parseObjectName = <const T extends readonly [ObjectType, ...ReadonlyArray<ObjectType>]>(
  text: string,
  allowed: T,
): Result.Result<ObjectName<T[number]>, string> => {
  const [word, name, ...more] = text.split("/")
  if (name === undefined) return Result.succeed({ type: allowed[0], name: text })
  if (more.length > 0 || name === "") return Result.fail("is not a name; use NAME or TYPE/NAME")
  return Result.flatMap(typeOf(word ?? ""), (found) => {
    const type = allowed.find((one): one is T[number] => one === found)
    if (type !== undefined) return Result.succeed({ type, name })
    const right = allowed.map(({ noun }) => `${noun}/NAME`).join(" or ")
    return Result.fail(`is of a type that this command does not take; use ${right}`)
  })
}

/** `sparkapplication.sparkoperator.k8s.io/spark-pi`, as kubectl prints it with `-o name`. */
export const fullName = ({ kind, group }: Resource, name: string): string => `${kind.toLowerCase()}.${group}/${name}`
