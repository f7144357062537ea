/**
 * Labels and annotations that the operator's settings give to all Spark pods. They are a layer below the pod templates of the workload, so
 * everything that the workload says itself wins: a template, a field of a role, the configuration, a label of the resource. No Service
 * selects by them, and no fingerprint contains them: a change of the setting is for pods that are created afterwards, and restarts nothing.
 */

import type { PodTemplateSpec } from "kubernetes-types/core/v1"
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import { withPrefix } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import type { Plan } from "../Plan.ts"
import type { Workload } from "../Workload.ts"
import { annotationError, labelError } from "./MetadataRules.ts"

type StringMap = Readonly<Record<string, string>>

export interface PodMetadata {
  readonly labels: StringMap
  readonly annotations: StringMap
}

export const noPodMetadata: PodMetadata = { labels: {}, annotations: {} }

const operatorPrefix = "sparkoperator.k8s.io/"
const reserved: ReadonlyArray<string> = [...Labels.reservedByOperator, ...Labels.reservedBySparkForExecutors]

const reservedError = (what: string, key: string): string | undefined =>
  key.startsWith(operatorPrefix) || reserved.includes(key)
    ? `${JSON.stringify(key)} is set by the operator or by Spark; choose another ${what}`
    : undefined

/** What is wrong with such labels, one sentence each. */
export const podLabelErrors = (labels: StringMap): ReadonlyArray<string> =>
  Object.entries(labels).flatMap(([key, value]) => reservedError("label", key) ?? labelError(key, value) ?? [])

/** What is wrong with such annotations. */
export const podAnnotationErrors = (annotations: StringMap): ReadonlyArray<string> =>
  Object.keys(annotations).flatMap((key) => reservedError("annotation", key) ?? annotationError(key) ?? [])

const isEmpty = (map: StringMap): boolean => Object.keys(map).length === 0

const below = (template: PodTemplateSpec | undefined, { labels, annotations }: PodMetadata): PodTemplateSpec => {
  const metadata: ObjectMeta = {
    ...template?.metadata,
    ...(isEmpty(labels) ? {} : { labels: { ...labels, ...template?.metadata?.labels } }),
    ...(isEmpty(annotations) ? {} : { annotations: { ...annotations, ...template?.metadata?.annotations } }),
  }
  return { ...template, metadata }
}

/** The workload with these in the templates of its driver and its executors. */
export const withPodMetadata = (workload: Workload, metadata: PodMetadata): Workload => {
  if (isEmpty(metadata.labels) && isEmpty(metadata.annotations)) return workload
  const { driver, executor } = workload.spec
  return {
    ...workload,
    spec: {
      ...workload.spec,
      driver: { ...driver, template: below(driver.template, metadata) },
      executor: { ...executor, template: below(executor.template, metadata) },
    },
  }
}

/** The same for the pod that runs spark-submit: each with the value that the driver has. */
export const submitterMetadata = ({
  podMetadata,
  workload,
  conf,
}: Pick<Plan, "podMetadata" | "workload" | "conf">): PodMetadata => {
  const template = workload.spec.driver.template?.metadata
  const asDriver = (given: StringMap, own: StringMap | undefined, prefix: string): StringMap => {
    const configured = Object.fromEntries(withPrefix(conf, prefix).map(({ name, value }) => [name, value]))
    return Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, configured[key] ?? own?.[key] ?? value]),
    )
  }
  return {
    labels: asDriver(podMetadata.labels, template?.labels, "spark.kubernetes.driver.label."),
    annotations: asDriver(podMetadata.annotations, template?.annotations, "spark.kubernetes.driver.annotation."),
  }
}
