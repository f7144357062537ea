/**
 * Whether a user's pod template has the shape of a pod in the parts that the builder reads. The schema of the custom resource accepts any
 * template, and the API server checks the rest when the pod is created.
 */

import { Predicate } from "effect"
import type { Problem } from "../../api/Problem.ts"

type Shape = "object" | "list" | "map of strings"

const matches: Readonly<Record<Shape, (value: unknown) => boolean>> = {
  object: (value) => Predicate.isObject(value) && !Array.isArray(value),
  list: (value) => Array.isArray(value) && value.every((item) => Predicate.isObject(item)),
  "map of strings": (value) => Predicate.isObject(value) && Object.values(value).every(Predicate.isString),
}

const templateShape: Readonly<Record<string, Shape>> = {
  metadata: "object",
  "metadata.labels": "map of strings",
  "metadata.annotations": "map of strings",
  "metadata.ownerReferences": "list",
  spec: "object",
  "spec.containers": "list",
  "spec.initContainers": "list",
  "spec.volumes": "list",
  "spec.imagePullSecrets": "list",
  "spec.tolerations": "list",
  "spec.hostAliases": "list",
  "spec.nodeSelector": "map of strings",
}

const containerShape: Readonly<Record<string, Shape>> = {
  env: "list",
  envFrom: "list",
  ports: "list",
  volumeMounts: "list",
  resources: "object",
  "resources.requests": "object",
  "resources.limits": "object",
}

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (Predicate.hasProperty(value, key) ? value[key] : undefined), value)

const check = (value: unknown, shapes: Readonly<Record<string, Shape>>, field: string): ReadonlyArray<Problem> =>
  Object.entries(shapes).flatMap(([path, shape]) => {
    const member = at(value, path)
    return member === undefined || matches[shape](member)
      ? []
      : [{ field: `${field}.${path}`, message: `must be a ${shape}, as in a pod`.replace("a object", "an object") }]
  })

const argsProblems = (container: unknown, field: string): ReadonlyArray<Problem> => {
  const args = at(container, "args")
  return args === undefined || (Array.isArray(args) && args.every(Predicate.isString))
    ? []
    : [{ field: `${field}.args`, message: "must be a list of strings" }]
}

/** Why a template cannot be used; without problems it may be read as a `PodTemplateSpec`. */
export const templateProblems = (template: unknown, field: string): ReadonlyArray<Problem> => {
  if (template === undefined) return []
  const problems = check(template, templateShape, field)
  const containers = at(template, "spec.containers")
  if (!Array.isArray(containers)) return problems
  return [
    ...problems,
    ...containers.flatMap((container, index) => {
      const path = `${field}.spec.containers[${index}]`
      return [...check(container, containerShape, path), ...argsProblems(container, path)]
    }),
  ]
}
