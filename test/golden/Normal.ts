/**
 * Brings what a submission made into a form in which two submissions can be compared: random ids, times and the address of the API server
 * get fixed names, members of objects get sorted, texts inside objects are taken out. Values and the order of lists stay as they were,
 * but for the little that Spark keeps in hash tables.
 */

import { Predicate } from "effect"

/** File name to text, as the recording stores it. */
export type NormalForm = ReadonlyMap<string, string>

/** Maps that the client library of Spark 3.3 writes also when they are empty, which for Kubernetes is the same as none. */
const mayBeEmpty = ["labels", "annotations", "nodeSelector"]
const isEmptyMap = (key: string, value: unknown) =>
  mayBeEmpty.includes(key) && Predicate.isObject(value) && Object.keys(value).length === 0

/** Any JSON value with the members of its objects sorted. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : Predicate.isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key, member]) => !isEmptyMap(key, member))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)]),
        )
      : value

const member = (value: unknown, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((inner, key) => (Predicate.hasProperty(inner, key) ? inner[key] : undefined), value)
const text = (value: unknown): string => (typeof value === "string" ? value : "")
const nameOf = (object: unknown) => text(member(object, "metadata", "name"))

const propertiesKey = "spark.properties"
const templateKey = "podspec-configmap-key"

/** The random parts of names, each with the name that takes its place. */
const identifiers = (objects: ReadonlyArray<unknown>): ReadonlyArray<readonly [string, string]> => {
  const first = (pattern: RegExp) => objects.map((object) => pattern.exec(nameOf(object))?.[1]).find(Predicate.isString)
  const everything = JSON.stringify(objects)
  const found = [
    [first(/-([0-9a-f]{16})-driver-podspec-conf-map$/), "<unique-id>"],
    [first(/^spark-drv-([0-9a-f]{16})-conf-map$/), "<conf-map-id>"],
    [first(/^spark-([0-9a-f]{16})-driver-svc$/), "<service-id>"],
    [/spark-([0-9a-f]{32})/.exec(everything)?.[1], "<app-id>"],
    [/\/var\/data\/spark-([0-9a-f-]{36})/.exec(everything)?.[1], "<local-dir-id>"],
  ] as const
  return found.flatMap(([id, name]) => (id === undefined ? [] : [[id, name] as const]))
}

/** A time of submission that a case sets itself. */
const givenTime = "1700000000000"

/**
 * The lines of a properties file, sorted, without its comments: Java's hash table orders them. Where kubeflow's operator kept its template
 * of the driver on its own disk is of no use to a driver.
 */
const propertyLines = (properties: string): string =>
  properties
    .split("\n")
    .filter((line) => line !== "" && !/^#|^spark\.kubernetes\.driver\.podTemplate(File|ContainerName)=/.test(line))
    .map((line) => line.replace(/^(spark\.master=).*/, "$1<master>"))
    .map((line) => (line.endsWith(givenTime) ? line : line.replace(/^(spark\.app\.submitTime=)\d+$/, "$1<time>")))
    .sort()
    .map((line) => `${line}\n`)
    .join("")

/** Variables of the configuration come out of a hash table, too. */
const sortVariables = (env: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const names = env.map((variable) => text(member(variable, "name")))
  const [from, to] = [names.lastIndexOf("SPARK_APPLICATION_ID") + 1, names.indexOf("SPARK_DRIVER_BIND_ADDRESS")]
  const byName = (a: unknown, b: unknown) => (text(member(a, "name")) < text(member(b, "name")) ? -1 : 1)
  return [...env.slice(0, from), ...env.slice(from, to).sort(byName), ...env.slice(to)]
}

/** Applies `change` to every list of this name, wherever it stands. */
export const withLists = (
  value: unknown,
  name: string,
  change: (list: ReadonlyArray<unknown>) => ReadonlyArray<unknown>,
): unknown =>
  Array.isArray(value)
    ? value.map((element) => withLists(element, name, change))
    : Predicate.isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => {
            const deep = withLists(inner, name, change)
            return [key, key === name && Array.isArray(deep) ? change(deep) : deep]
          }),
        )
      : value

/** The text of a JSON value, members sorted. */
export const json = (value: unknown) => `${JSON.stringify(sorted(value), null, 2)}\n`

/** The file an object is stored in; equal kinds are distinguished by their content. */
const fileOf = (object: unknown): string => {
  const kind = text(member(object, "kind")).toLowerCase()
  const data = member(object, "data")
  if (kind !== "configmap") return `${kind}.json`
  return Predicate.hasProperty(data, propertiesKey) ? "configuration.json" : "executor-template.json"
}

const files = (object: unknown): ReadonlyArray<readonly [string, string]> => {
  const file = fileOf(object)
  const data = member(object, "data")
  const { [propertiesKey]: properties, [templateKey]: template, ...rest } = Predicate.isObject(data) ? data : {}
  const parts: ReadonlyArray<readonly [string, string]> =
    properties === undefined ? [] : [[propertiesKey, propertyLines(text(properties))]]
  const shown = {
    ...(properties === undefined ? {} : { [propertiesKey]: `<${propertiesKey}>` }),
    ...(template === undefined ? {} : { [templateKey]: JSON.parse(text(template)) as unknown }),
  }
  const whole = data === undefined ? object : { ...(object as object), data: { ...rest, ...shown } }
  return [[file, json(withLists(whole, "env", sortVariables))], ...parts]
}

/** The normal form of the objects of one submission, in any order. */
export const normalForm = (objects: ReadonlyArray<unknown>): NormalForm => {
  const replaced = identifiers(objects).reduce(
    (content, [id, name]) => content.replaceAll(id, name),
    JSON.stringify(objects),
  )
  return new Map((JSON.parse(replaced) as ReadonlyArray<unknown>).flatMap(files))
}

const byName = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** The same with volumes and mounts sorted, for the cases in which Spark keeps no order. */
export const withoutVolumeOrder = (form: NormalForm): NormalForm =>
  new Map(
    [...form].map(([file, content]) => {
      if (file !== "pod.json") return [file, content]
      const sort = (list: ReadonlyArray<unknown>) => [...list].sort(byName)
      return [file, json(withLists(withLists(JSON.parse(content), "volumes", sort), "volumeMounts", sort))]
    }),
  )
