/**
 * The settings that shape the objects of an application, and what they mean to those who make them: the operator, and `firesteel render`,
 * which shows the same objects without a cluster.
 */

import type { BuildOptions } from "../spark/driver/Build.ts"
import type { BatchScheduling } from "../spark/scheduler/BatchScheduler.ts"
import { settingsFlags, type Settings } from "./Settings.ts"

const { master, submitter, submissionParity, traceContext } = settingsFlags
const { enableUiService, ingressUrlFormat, ingressClassName, ingressTls, ingressAnnotations } = settingsFlags
const { enableDriverPdb, enableBatchScheduler, defaultBatchScheduler, kubeSchedulerNames } = settingsFlags

export const podFlags = {
  master,
  submitter,
  submissionParity,
  traceContext,
  enableUiService,
  ingressUrlFormat,
  ingressClassName,
  ingressTls,
  ingressAnnotations,
  enableDriverPdb,
  enableBatchScheduler,
  defaultBatchScheduler,
  kubeSchedulerNames,
} as const

export type PodSettings = Pick<Settings, keyof typeof podFlags>

/** `isSampled`: whether the operator exports the trace of this id. */
export const buildOptionsOf = (settings: PodSettings, isSampled: (traceId: string) => boolean): BuildOptions => ({
  master: settings.master,
  parity: settings.submissionParity,
  traceContext: { everywhere: settings.traceContext && settings.submissionParity !== "strict", isSampled },
  children: {
    uiService: settings.enableUiService,
    ingressUrlFormat: settings.ingressUrlFormat,
    ingressClassName: settings.ingressClassName,
    ingressTls: settings.ingressTls,
    ingressAnnotations: settings.ingressAnnotations,
    driverPodDisruptionBudget: settings.enableDriverPdb,
  },
})

export const batchSchedulingOf = (settings: PodSettings): BatchScheduling => ({
  enabled: settings.enableBatchScheduler,
  defaultScheduler: settings.defaultBatchScheduler,
  kubeSchedulerNames: settings.kubeSchedulerNames,
})
