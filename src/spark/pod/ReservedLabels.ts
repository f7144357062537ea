/** Labels by which the operator finds its pods: a user must not give them another value. */

import type { Problem } from "../../api/Problem.ts"
import { keyOf } from "../conf/SparkConf.ts"
import * as Labels from "../Labels.ts"
import type { Workload } from "../Workload.ts"

type Labelling = readonly [field: string, label: string, value: string]

/** Every label of pods and of the driver's Service that a user wrote, with its field. */
const writtenLabels = ({ metadata, spec }: Workload): ReadonlyArray<Labelling> => {
  const fromMap = (field: string, labels: Readonly<Record<string, string>> | undefined) =>
    Object.entries({ ...labels }).map(([label, value]): Labelling => [keyOf(field, label), label, value])
  const fromRole = (role: "driver" | "executor") => [
    ...fromMap(`spec.${role}.labels`, spec[role].labels),
    ...fromMap(`spec.${role}.template.metadata.labels`, spec[role].template?.metadata?.labels),
  ]
  const fromConf = Object.entries({ ...spec.sparkConf }).flatMap(([key, value]): ReadonlyArray<Labelling> => {
    const label = /^spark\.kubernetes\.(?:driver|executor)\.label\.(.+)$/.exec(key)?.[1]
    return label === undefined ? [] : [[keyOf("spec.sparkConf", key), label, value]]
  })
  return [
    ...fromMap("metadata.labels", metadata.labels),
    ...fromRole("driver"),
    ...fromMap("spec.driver.serviceLabels", spec.driver.serviceLabels),
    ...fromRole("executor"),
    ...fromConf,
  ]
}

/** Where a user sets one of these labels to another value. */
export const reservedLabelProblems = (workload: Workload): ReadonlyArray<Problem> => {
  const own: Readonly<Record<string, string>> = {
    [workload.identity.nameLabel]: workload.metadata.name,
    [Labels.launchedBy]: "true",
  }
  return writtenLabels(workload)
    .filter(([, label, value]) => Labels.reservedByOperator.includes(label) && value !== own[label])
    .map(([field, label]) => ({
      field,
      message: `the operator finds pods by the label ${label} and sets it itself; remove it`,
    }))
}
