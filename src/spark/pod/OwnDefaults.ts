/** What drivers and executors have by the operator itself, where they say nothing else. Not with strict parity. */

import type { BuildOptions } from "../driver/FeatureStep.ts"
import type { Submission } from "../submit/Submission.ts"
import type { Workload } from "../Workload.ts"
import { type SparkPod, withSpec } from "./SparkPod.ts"

const defaultContainer = "kubectl.kubernetes.io/default-container"

/**
 * OpenTelemetry's annotations for resource attributes (semantic conventions, "Specify resource attributes using Kubernetes annotations"): a
 * Collector gives what it receives from the pod the service and the attempt that the operator's own telemetry has. Application, Spark's id,
 * submission and role are labels of every pod.
 */
const resourceAttributes = ({ metadata }: Workload, { attempt }: Submission) => ({
  "resource.opentelemetry.io/service.name": metadata.name,
  "resource.opentelemetry.io/service.namespace": metadata.namespace,
  "resource.opentelemetry.io/spark.application.attempt": String(attempt),
})

/**
 * A driver, or the template of executors. Service links would fill the environment of every pod with all Services of its namespace, which can
 * stop a JVM from starting. Spark's container is the last one, but the one that `kubectl logs` should show.
 */
export const withOwnDefaults = (
  pod: SparkPod,
  workload: Workload,
  submission: Submission,
  { parity }: Pick<BuildOptions, "parity">,
): SparkPod =>
  parity === "strict"
    ? pod
    : {
        ...withSpec(pod, { enableServiceLinks: pod.spec.enableServiceLinks ?? false }),
        metadata: {
          ...pod.metadata,
          annotations: {
            ...(pod.sidecars.length === 0 ? {} : { [defaultContainer]: pod.container.name }),
            ...resourceAttributes(workload, submission),
            ...pod.metadata.annotations,
          },
        },
      }
