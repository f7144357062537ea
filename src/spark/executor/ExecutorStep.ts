/**
 * The contract of the feature steps that a driver applies to the template of its executors, in the order of Spark's
 * `KubernetesExecutorBuilder`. As for drivers, a step is read once, when everything is checked, and applied later.
 */

import type { Child } from "../Child.ts"
import type { Configured } from "../driver/FeatureStep.ts"
import type { SparkPod } from "../pod/SparkPod.ts"

/** One executor of one submission. */
export interface ExecutorRun {
  /** Spark's application id. */
  readonly appId: string
  /** Counted by the driver from 1. */
  readonly executorId: string
  /** The name of the pod, which names of claims begin with. */
  readonly podName: string
  /** The ConfigMap that the driver makes for the configuration of its executors. */
  readonly confConfigMap: string
  /** The driver, which owns its executors. */
  readonly driver: { readonly name: string; readonly uid: string }
  /** The IP address of the driver's pod. */
  readonly driverAddress: string
  /** The driver's own `SPARK_LOCAL_DIRS`, which it reads as an environment variable. */
  readonly localDirs: string | undefined
  /** `SPARK_USER` of the driver. */
  readonly sparkUser: string
  /** The finished properties, from which the driver reads what needs no check. */
  readonly properties: ReadonlyMap<string, string>
}

export interface ExecutorStep {
  readonly configurePod: (pod: SparkPod, run: ExecutorRun) => SparkPod
  /** The claims that the driver makes together with the pod. */
  readonly claims?: (run: ExecutorRun) => ReadonlyArray<Child>
}

/** Reads what a step needs; problems go to the reader. */
export type ReadExecutorStep = (submitted: Configured) => ExecutorStep

/** The properties under a prefix, the rest of their keys as names. */
export const propertiesUnder = (
  properties: ReadonlyMap<string, string>,
  prefix: string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...properties].flatMap(([key, value]) =>
      key.startsWith(prefix) && key.length > prefix.length ? [[key.slice(prefix.length), value]] : [],
    ),
  )
