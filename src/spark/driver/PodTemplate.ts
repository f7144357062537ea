/**
 * Spark's `PodTemplateConfigMapStep`: the driver reads the executor template from a ConfigMap and makes executors from it. With strict parity
 * that is a ConfigMap of its own; otherwise the template is one more entry of the configuration's, which saves an object per submission.
 * JSON is YAML too, so the template is written as JSON.
 */

import { withOwnDefaults } from "../pod/OwnDefaults.ts"
import { mountVolume, toPod, type SparkPod } from "../pod/SparkPod.ts"
import type { Workload } from "../Workload.ts"
import type { FeatureStep, Run } from "./FeatureStep.ts"

const directory = "/opt/spark/pod-template"
const file = "pod-spec-template.yml"
const key = "podspec-configmap-key"

/** The step for this executor template. */
export const podTemplate = (template: SparkPod, workload: Workload): FeatureStep => {
  const text = (pod: SparkPod) => `${JSON.stringify(toPod(pod), null, 2)}\n`
  const isStrict = ({ options }: Run) => options.parity === "strict"
  const nameFor = (run: Run) => (isStrict(run) ? run.names.executorTemplateConfigMap : run.names.confConfigMap)
  return {
    configurePod: (pod, run) =>
      mountVolume(
        pod,
        {
          name: "pod-template-volume",
          configMap: { name: nameFor(run), items: [{ key, path: file }] },
        },
        { mountPath: directory },
      ),
    configMaps: (run) =>
      isStrict(run) ? [{ metadata: { name: nameFor(run) }, immutable: true, data: { [key]: text(template) } }] : [],
    configurationData: (run) =>
      isStrict(run) ? {} : { [key]: text(withOwnDefaults(template, workload, run.submission, run.options)) },
    properties: () => ({ "spark.kubernetes.executor.podTemplateFile": `${directory}/${file}` }),
  }
}
