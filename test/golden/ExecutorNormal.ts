/** The form in which two executors can be compared, as for the objects of spark-submit (`Normal.ts`). */

import type { Container, EnvVar, Pod, PodSpec } from "kubernetes-types/core/v1"
import { json, withLists } from "./Normal.ts"

/** Every version of Spark opens modules of the JVM by the same long list of options, which says nothing about an application. */
const opensModules =
  /^(--add-(opens|modules)=|--sun-misc-unsafe-memory-access=allow$|--enable-native-access|-XX:\+(IgnoreUnrecognizedVMOptions|EnableDynamicAgentLoading)$|-Djdk\.|-Dio\.netty\.|-Djava\.net\.preferIPv6Addresses=false$)/
const javaOption = "SPARK_JAVA_OPT_"
const isJavaOption = ({ name }: EnvVar) => name.startsWith(javaOption)
const numberOf = ({ name }: EnvVar) => Number(name.slice(javaOption.length))
const byName = (a: EnvVar, b: EnvVar) => (a.name < b.name ? -1 : 1)

/** In the order of their numbers, each once: Spark up to 4.0 repeats default options. Those from properties come out of a hash table. */
const javaOptions = (env: ReadonlyArray<EnvVar>): ReadonlyArray<EnvVar> => {
  const ordered = env.filter(isJavaOption).sort((a, b) => numberOf(a) - numberOf(b))
  const values = [...new Set(ordered.map(({ value = "" }) => value))].filter((value) => !opensModules.test(value))
  const own = values.filter((value) => !value.startsWith("-Dspark."))
  const properties = values.filter((value) => value.startsWith("-Dspark.")).sort()
  return [...own, ...properties].map((value, index) => ({ name: `${javaOption}${index}`, value }))
}

/** Variables of the configuration come out of a hash table, too, and scratch directories are shuffled. */
const environment = (env: ReadonlyArray<EnvVar>): ReadonlyArray<EnvVar> => {
  const others = env
    .filter((variable) => !isJavaOption(variable))
    .map((variable) =>
      variable.name === "SPARK_LOCAL_DIRS"
        ? { ...variable, value: (variable.value ?? "").split(",").sort().join(",") }
        : variable,
    )
  // The class path comes before the first of these or after the last, depending on the version.
  const isClassPath = ({ name }: EnvVar) => name === "SPARK_CLASSPATH"
  const classPath = others.filter(isClassPath)
  const rest = others.filter((variable) => !isClassPath(variable))
  const names = rest.map(({ name }) => name)
  const from = names.lastIndexOf("SPARK_RESOURCE_PROFILE_ID") + 1
  const to = Math.max(from, names.indexOf("SPARK_EXECUTOR_POD_IP"))
  const end = Math.max(to, names.indexOf("SPARK_EXECUTOR_POD_NAME") + 1)
  return [
    ...rest.slice(0, from),
    ...[...rest.slice(from, to), ...classPath].sort(byName),
    ...rest.slice(to, end),
    ...javaOptions(env),
    ...rest.slice(end),
  ]
}

/** The empty directories of Spark hold the shuffled paths, so these go back into order. */
const mountsInOrder = ({ volumeMounts = [] }: Container, { volumes = [] }: Pick<PodSpec, "volumes">) => {
  const shuffled = volumes
    .filter(({ name, emptyDir }) => /^spark-local-dir-\d+$/.test(name) && emptyDir && emptyDir.medium !== "")
    .map(({ name }) => name)
  const paths = volumeMounts
    .filter(({ name }) => shuffled.includes(name))
    .map(({ mountPath }) => mountPath)
    .sort()
  return volumeMounts.map((mount) =>
    shuffled.includes(mount.name) ? { ...mount, mountPath: paths.shift() ?? mount.mountPath } : mount,
  )
}

/** The text of a recording, which stays the same when it is read and brought into this form again. */
export const executorForm = (pod: Pod, unordered = false): string => {
  const { namespace: _namespace, ownerReferences = [], ...metadata } = pod.metadata ?? {}
  const containers = pod.spec?.containers ?? []
  const comparable = {
    ...pod,
    metadata: { ...metadata, ownerReferences: ownerReferences.map((owner) => ({ ...owner, uid: "<uid>" })) },
    spec: {
      ...pod.spec,
      containers: containers.map((container, index) =>
        index === containers.length - 1
          ? {
              ...container,
              env: environment(container.env ?? []),
              volumeMounts: mountsInOrder(container, { ...pod.spec }),
            }
          : container,
      ),
    },
  }
  const sorted: unknown = JSON.parse(json(comparable))
  const byText = (list: ReadonlyArray<unknown>) =>
    [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  const ordered = unordered ? withLists(withLists(sorted, "volumes", byText), "volumeMounts", byText) : sorted
  return json(ordered)
    .replaceAll(/-[0-9a-f]{16}-exec-1/g, "-<unique-id>-exec-1")
    .replaceAll("@127.0.0.1:", "@<address-of-driver>:")
    .replaceAll(/spark-exec-[0-9a-f]{16}-conf-map/g, "spark-exec-<conf-map-id>-conf-map")
}
