/**
 * Spark's `PodTemplateConfigMapStep`: the driver reads the executor template from a ConfigMap and makes executors from it.
 * JSON is YAML too, so the template is written as JSON.
 */

import { mountVolume, toPod, withOwnDefaults, type SparkPod } from "../pod/SparkPod.ts"
import type { FeatureStep } from "./FeatureStep.ts"

const directory = "/opt/spark/pod-template"
const file = "pod-spec-template.yml"
const key = "podspec-configmap-key"

/** The step for this executor template. */
export const podTemplate = (template: SparkPod): FeatureStep => {
  const text = (pod: SparkPod) => `${JSON.stringify(toPod(pod), null, 2)}\n`
  return {
    configurePod: (pod, run) =>
      mountVolume(
        pod,
        {
          name: "pod-template-volume",
          configMap: { name: run.names.executorTemplateConfigMap, items: [{ key, path: file }] },
        },
        { mountPath: directory },
      ),
    configMaps: ({ names, options }) => [
      {
        metadata: { name: names.executorTemplateConfigMap },
        immutable: true,
        data: { [key]: text(options.parity === "strict" ? template : withOwnDefaults(template)) },
      },
    ],
    properties: () => ({ "spark.kubernetes.executor.podTemplateFile": `${directory}/${file}` }),
  }
}
