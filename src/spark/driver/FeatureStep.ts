/**
 * The shape of Spark's feature steps (`KubernetesFeatureConfigStep`), in two halves. Reading takes what a step needs out of the
 * configuration and refuses what it cannot use; the step it returns only builds, and cannot fail.
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
import type { Workload } from "../Workload.ts"
import type { MainResource } from "./MainResource.ts"

/** How close the objects are to those of spark-submit. */
export type Parity = "default" | "strict"

/** Where the objects are made, and what a submitter would take from its own environment. */
export interface BuildOptions {
  /** `spark.master`, such as `k8s://https://kubernetes.default.svc:443`. */
  readonly master: string
  /** The user that Spark runs as for Hadoop (`SPARK_USER`); `spark` when left out, as in the images of Apache Spark. */
  readonly sparkUser?: string
  /** What is made beside the driver; nothing that needs a setting when left out. */
  readonly children?: ChildOptions
  /** The trace of the operator that pods join; as if all traces were sampled when left out. */
  readonly traceContext?: TraceContext
  /** Further environment of the Spark container of the driver. Not with strict parity. */
  readonly driverEnv?: ReadonlyArray<EnvVar>
  /**
   * `strict` makes what spark-submit makes and adds nothing, but that everything is owned by the application. `default`, also when left
   * out, adds what makes objects easier to find and drivers easier to reach: `docs/submission.md` lists it.
   */
  readonly parity?: Parity
}

export interface TraceContext {
  /** `TRACEPARENT` goes also to applications that do not ask for telemetry. */
  readonly everywhere: boolean
  /** Whether the operator exports the trace of this id. */
  readonly isSampled: (traceId: string) => boolean
}

/** What reading may look at. */
export interface Submitted {
  readonly workload: Workload
  readonly profile: SparkProfile
  readonly main: MainResource
  readonly read: ConfReader
  readonly ui: Ui
}

/** What building may look at: one submission of an application. */
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

/** A step whose configuration has been read: what it adds to the pod, to the properties and to the objects beside the pod. */
export interface FeatureStep {
  readonly configurePod?: (pod: SparkPod, run: Run) => SparkPod
  /** Properties for `spark.properties`; those of later steps win. */
  readonly properties?: (run: Run) => Readonly<Record<string, string>>
  /** Without the metadata that all objects of a submission share. */
  readonly configMaps?: (run: Run) => ReadonlyArray<ConfigMap>
  /** Objects of other kinds, likewise. */
  readonly children?: (run: Run) => ReadonlyArray<Child>
}

/** The step that makes the driver's one Service. */
export interface ServiceStep extends FeatureStep {
  readonly service: (run: Run) => Service
}

/** Reads what a step needs; what is wrong goes to the reader. */
export type ReadStep = (submitted: Submitted) => FeatureStep
