/**
 * Spark's `PodTemplateConfigMapStep`: the executor template travels to the driver in a ConfigMap, and the driver makes executors from it.
 * JSON is YAML too, so the template is written as JSON.
 */
import type { FeatureStep } from "../FeatureStep.ts"
import { mountVolume, toPod, type SparkPod } from "../SparkPod.ts"

const directory = "/opt/spark/pod-template"
const file = "pod-spec-template.yml"
const key = "podspec-configmap-key"

/** The step for this executor template. */
export const podTemplate = (template: SparkPod): FeatureStep => {
  const text = `${JSON.stringify(toPod(template), null, 2)}\n`
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
    configMaps: (run) => [
      { metadata: { name: run.names.executorTemplateConfigMap }, immutable: true, data: { [key]: text } },
    ],
    properties: () => ({ "spark.kubernetes.executor.podTemplateFile": `${directory}/${file}` }),
  }
}
