/**
 * What `spark-submit` in a Job's pod makes of its command line and its pod templates: the driver pod and the ConfigMaps it reads.
 * Only what an operator, a user or the local driver looks at is here; the full rules are in the room `spark`.
 */

import type { ConfigMap, Pod } from "kubernetes-types/core/v1"
import { parse } from "yaml"
import { renderProperties } from "../../spark/conf/Properties.ts"
import * as Labels from "../../spark/Labels.ts"
import { appNameLabel } from "../../spark/Names.ts"
import { driverContainerName } from "../../spark/pod/SparkPod.ts"
import { templateFiles } from "../../spark/submit/SubmitJobTemplates.ts"
import type { Properties } from "./SparkDriverPlan.ts"

/** Flags and the keys they set; `--conf` sets its own. */
const flags: ReadonlyMap<string, string> = new Map([
  ["--master", "spark.master"],
  ["--deploy-mode", "spark.submit.deployMode"],
  ["--name", "spark.app.name"],
  ["--jars", "spark.jars"],
  ["--files", "spark.files"],
  ["--py-files", "spark.submit.pyFiles"],
  ["--packages", "spark.jars.packages"],
  ["--archives", "spark.archives"],
])

/** The configuration on a command line; the file to run and what follows it is no configuration. */
export const propertiesOf = (args: ReadonlyArray<string>): Properties => {
  const properties = new Map<string, string>()
  for (let index = 0; args[index]?.startsWith("--"); index += 2) {
    const [flag = "", value = ""] = args.slice(index, index + 2)
    const [key, set] = flag === "--conf" ? value.split(/=(.*)/s) : [flags.get(flag), value]
    if (key !== undefined) properties.set(key, set ?? "")
  }
  return properties
}

/** `prefix + name = value` → `{ name: value }`. */
const withPrefix = (properties: Properties, prefix: string): Record<string, string> =>
  Object.fromEntries(
    [...properties].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
  )

/** Why this spark-submit cannot go on, as the real one would say it: there are no classes of the user's here. */
export const complaint = (properties: Properties): string | undefined => {
  const classes = properties.get("spark.kubernetes.driver.pod.featureSteps")
  return classes && `Exception in thread "main" java.lang.ClassNotFoundException: ${classes}`
}

export interface Submitted {
  readonly pod: Pod
  /** Without owner: the pod, when it exists, is to be theirs. */
  readonly configMaps: ReadonlyArray<ConfigMap>
}

/** `id` is 32 hexadecimal digits, drawn by spark-submit; `templates` by file name; `now` in epoch milliseconds. */
export const submitted = (
  properties: Properties,
  templates: Readonly<Record<string, string>>,
  id: string,
  now: number,
): Submitted => {
  const template = parse(templates[templateFiles.driver] ?? "{}") as Pod
  const namespace = properties.get("spark.kubernetes.namespace") ?? "default"
  const appName = properties.get("spark.app.name") ?? "spark"
  const containers = template.spec?.containers ?? []
  const base = containers.find(({ name }) => name === driverContainerName)
  const conf = { name: "spark-conf-volume-driver", configMap: { name: `spark-drv-${id.slice(0, 16)}-conf-map` } }
  const podspec = { name: "pod-template-volume", configMap: { name: `${appName}-${id.slice(0, 16)}-podspec` } }
  const data = new Map([...properties, ["spark.app.id", `spark-${id}`]])
  return {
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...template.metadata,
        name: properties.get("spark.kubernetes.driver.pod.name") ?? `${appName}-driver`,
        namespace,
        labels: {
          ...template.metadata?.labels,
          ...withPrefix(properties, "spark.kubernetes.driver.label."),
          [Labels.sparkAppSelector]: `spark-${id}`,
          [Labels.sparkAppName]: appNameLabel(appName),
          [Labels.sparkRole]: Labels.driverRole,
        },
        annotations: {
          ...template.metadata?.annotations,
          ...withPrefix(properties, "spark.kubernetes.driver.annotation."),
        },
      },
      spec: {
        ...template.spec,
        restartPolicy: "Never",
        volumes: [...(template.spec?.volumes ?? []), conf, podspec],
        containers: [
          ...containers.filter((container) => container !== base),
          {
            ...base,
            name: driverContainerName,
            image: properties.get("spark.kubernetes.driver.container.image") ?? base?.image ?? "",
            args: ["driver"],
          },
        ],
      },
    },
    configMaps: [
      [conf.configMap.name, "spark.properties", renderProperties(data, "Java properties", now)],
      [podspec.configMap.name, "podspec-configmap-key", templates[templateFiles.executor] ?? "{}"],
    ].map(([name = "", key = "", text = ""]) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data: { [key]: text },
    })),
  }
}
