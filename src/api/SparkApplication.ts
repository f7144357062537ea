/** placeholder until the schema lands */
import type { ObjectMeta } from "kubernetes-types/meta/v1"
import type { SparkApplicationStatus } from "./SparkApplicationStatus.ts"
export type SparkApplicationSpec = any
export interface SparkApplication {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta & { name: string; namespace: string; uid: string }
  readonly spec: SparkApplicationSpec
  readonly status?: SparkApplicationStatus
}
