/**
 * The shape of Spark's feature steps (`KubernetesFeatureConfigStep`), in two halves: reading takes what a step needs from the configuration
 * and refuses what it cannot use; the step that it returns only builds and cannot fail.
 */

import type { ConfigMap, EnvVar, Service } from "kubernetes-types/core/v1"
import type { Child } from "../Child.ts"
import type { ChildOptions } from "../ChildOptions.ts"
import type { ConfReader } from "../conf/ConfReader.ts"
import type { ObjectNames } from "../Names.ts"
import type { SparkPod } from "../pod/SparkPod.ts"
import type { SparkProfile } from "../SparkProfile.ts"
import type { Submission } from "../submit/Submission.ts"
import type { Ui } from "../Ui.ts"
import type { Workload, WorkloadMetadata, WorkloadSpec } from "../Workload.ts"
import type { MainResource } from "./MainResource.ts"

/** How closely the objects match those of spark-submit. */
export type Parity = "default" | "strict"

/** Where the objects are made, and what spark-submit would take from its own environment. */
export interface BuildOptions {
  /** `spark.master`, such as `k8s://https://kubernetes.default.svc:443`. */
  readonly master: string
  /** The user that Spark runs as for Hadoop (`SPARK_USER`); `spark` when left out, as in the images of Apache Spark. */
  readonly sparkUser?: string
  /** Companion objects; when left out, none that need a setting. */
  readonly children?: ChildOptions
  /** How pods join the trace of the attempt; when left out, every trace counts as sampled. */
  readonly traceContext?: TraceContext
  /** Further environment of the Spark container of the driver. Not with strict parity. */
  readonly driverEnv?: ReadonlyArray<EnvVar>
  /**
   * `strict` makes exactly what spark-submit makes, except that the resource owns everything. `default`, also when left out, adds what
   * makes objects easier to find and drivers easier to reach; `docs/submission.md` lists it.
   */
  readonly parity?: Parity
}

export interface TraceContext {
  /** Whether workloads without `spec.telemetry` get `TRACEPARENT` as well. */
  readonly everywhere: boolean
  /** Whether the operator exports the trace of this id. */
  readonly isSampled: (traceId: string) => boolean
}

/** As much of the input as a running driver has as well, when it makes executors. */
export interface Configured {
  readonly profile: SparkProfile
  readonly read: ConfReader
  readonly main: Pick<MainResource, "type">
  readonly workload: {
    readonly metadata: Pick<WorkloadMetadata, "name">
    readonly spec: Pick<WorkloadSpec, "sparkVersion">
  }
}

/** The input of reading. */
export interface Submitted extends Configured {
  readonly workload: Workload
  readonly main: MainResource
  readonly ui: Ui
}

/** The input of building: one submission of a workload. */
export interface Run {
  readonly submission: Submission
  readonly options: BuildOptions
  readonly namespace: string
  readonly names: ObjectNames
  /** Spark's application id. */
  readonly appId: string
  /** Every label of the driver pod that comes from the configuration or from Spark; the driver's Service selects by them. */
  readonly driverLabels: Readonly<Record<string, string>>
}

/** A step whose configuration has been read: what it adds to the pod, the properties and the other objects. */
export interface FeatureStep {
  readonly configurePod?: (pod: SparkPod, run: Run) => SparkPod
  /** Properties for `spark.properties`; those of later steps win. */
  readonly properties?: (run: Run) => Readonly<Record<string, string>>
  /** Further entries of the ConfigMap that holds `spark.properties`. */
  readonly configurationData?: (run: Run) => Readonly<Record<string, string>>
  /** Without the metadata that all objects of a submission have in common. */
  readonly configMaps?: (run: Run) => ReadonlyArray<ConfigMap>
  /** Objects of other kinds, likewise. */
  readonly children?: (run: Run) => ReadonlyArray<Child>
}

/** The step that makes the driver's one Service. */
export interface ServiceStep extends FeatureStep {
  readonly service: (run: Run) => Service
}

/** Reads what a step needs; problems go to the reader. */
export type ReadStep = (submitted: Submitted) => FeatureStep
