/**
 * Kubernetes' rules for the parts of a pod that users write (`pkg/apis/core/validation`), where mistakes are likely. For
 * executors they are not checked anywhere else in time: the API server sees their pods only when the driver makes them, and then the
 * driver fails.
 */

import type { Container, Pod, Volume } from "kubernetes-types/core/v1"
import type { Problem } from "../../api/Problem.ts"
import { keyOf } from "../conf/SparkConf.ts"
import { annotationError, labelError } from "./MetadataRules.ts"

/** IANA service names, as for names of ports. */
const portName = /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/
const maxPortName = 15
const protocols: ReadonlyArray<string> = ["TCP", "UDP", "SCTP"]

const portProblems = ({ ports = [] }: Container, field: string): ReadonlyArray<Problem> =>
  ports.flatMap(({ name, protocol = "TCP" }) => [
    ...(name === undefined || (portName.test(name) && name.length <= maxPortName)
      ? []
      : [
          {
            field: `${field}.ports`,
            message: `${JSON.stringify(name)} is not a valid name of a port; use at most ${maxPortName} lower-case letters, digits and single -`,
          },
        ]),
    ...(protocols.includes(protocol)
      ? []
      : [
          {
            field: `${field}.ports`,
            message: `${JSON.stringify(protocol)} is not a protocol of ports; use one of ${protocols.join(", ")}`,
          },
        ]),
  ])

const variableProblems = ({ env = [] }: Container, field: string): ReadonlyArray<Problem> =>
  env.flatMap(({ name, value, valueFrom }) => [
    ...(typeof name === "string" && name !== "" && !name.includes("=")
      ? []
      : [{ field: `${field}.env`, message: `${JSON.stringify(name)} is not the name of an environment variable` }]),
    ...(value && valueFrom
      ? [{ field: `${field}.env`, message: `${name} has a value and a valueFrom; keep one of the two` }]
      : []),
  ])

const mountProblems = ({ volumeMounts = [] }: Container, field: string): ReadonlyArray<Problem> =>
  volumeMounts.flatMap(({ name, mountPath, subPath, subPathExpr }) => [
    ...(typeof mountPath === "string" && mountPath !== "" && !mountPath.includes(":")
      ? []
      : [
          {
            field: `${field}.volumeMounts`,
            message: `${JSON.stringify(mountPath)} cannot be the mount path of ${name}; use a path without a colon`,
          },
        ]),
    ...(subPath && subPathExpr
      ? [{ field: `${field}.volumeMounts`, message: `${name} has both subPath and subPathExpr; keep one of the two` }]
      : []),
  ])

/** Problems within one container; Spark sets the image of its own container. */
export const partProblems = (container: Container, field: string, isSpark: boolean): ReadonlyArray<Problem> => [
  ...(isSpark || container.image
    ? []
    : [{ field, message: `the container ${JSON.stringify(container.name)} needs an image` }]),
  ...portProblems(container, field),
  ...variableProblems(container, field),
  ...mountProblems(container, field),
]

/** A volume has exactly one source; without one the API server makes it an empty directory. */
export const volumeProblems = (volumes: ReadonlyArray<Volume>): ReadonlyArray<Problem> =>
  volumes.flatMap(({ name, ...sources }) => {
    const given = Object.entries(sources).flatMap(([source, value]) => (value === undefined ? [] : [source]))
    return given.length > 1
      ? [{ field: "spec.volumes", message: `the volume ${name} has several sources (${given.join(", ")}); keep one` }]
      : []
  })

/** Labels and annotations of a finished pod, from any source. */
export const metadataProblems = ({ metadata = {} }: Pod, field: string): ReadonlyArray<Problem> => [
  ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    const message = labelError(key, value)
    return message === undefined ? [] : [{ field: keyOf(`${field}.template.metadata.labels`, key), message }]
  }),
  ...Object.keys(metadata.annotations ?? {}).flatMap((key) => {
    const message = annotationError(key)
    return message === undefined ? [] : [{ field: keyOf(`${field}.template.metadata.annotations`, key), message }]
  }),
]
