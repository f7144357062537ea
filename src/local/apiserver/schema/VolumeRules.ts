/** What the API server refuses of the volumes of a pod: `ValidateVolumes` of Kubernetes 1.36, for the sources that Spark's pods have. */

import { type FieldError, forbidden, invalidValue, required, unsupported } from "../ApiError.ts"
import { type Fields, fields, text } from "../ApiObject.ts"
import { duplicate } from "./ContainerRules.ts"
import { nameProblems } from "./ObjectMetaRules.ts"

const modeProblems = (mode: unknown, field: string): ReadonlyArray<FieldError> =>
  typeof mode === "number" && (mode < 0 || mode > 0o777)
    ? [invalidValue(field, mode, "must be a number between 0 and 0777 (octal), both inclusive")]
    : []

const hostPathTypes = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
]

const hostPathProblems = ({ path, type }: Fields, field: string): ReadonlyArray<FieldError> => {
  if (!text(path)) return [required(`${field}.path`)]
  return [
    ...(String(path).split("/").includes("..") ? [invalidValue(`${field}.path`, path, "must not contain '..'")] : []),
    ...(type === undefined || hostPathTypes.includes(String(type))
      ? []
      : [unsupported(`${field}.type`, type, hostPathTypes)]),
  ]
}

/** The name that a source must have. */
const names: Readonly<Record<string, string>> = {
  configMap: "name",
  persistentVolumeClaim: "claimName",
  secret: "secretName",
}

const sourceProblems = (source: string, value: Fields, field: string): ReadonlyArray<FieldError> => {
  if (source === "hostPath") return hostPathProblems(value, field)
  const name = names[source]
  return [
    ...(name !== undefined && !text(value[name]) ? [required(`${field}.${name}`)] : []),
    ...modeProblems(value["defaultMode"], `${field}.defaultMode`),
  ]
}

export interface CheckedVolumes {
  /** The names of valid volumes: only those can be mounted. */
  readonly usable: ReadonlySet<string>
  readonly problems: ReadonlyArray<FieldError>
}

export const checkVolumes = (volumes: ReadonlyArray<unknown>, path: string): CheckedVolumes => {
  const usable = new Set<string>()
  const problems: Array<FieldError> = []
  for (const [index, volume] of volumes.entries()) {
    const { name: given, ...sources } = fields(volume)
    const name = text(given) ?? ""
    const here = `${path}[${index}]`
    const [first, ...more] = Object.entries(sources).filter(([, value]) => value !== null && value !== undefined)
    const found: ReadonlyArray<FieldError> = [
      ...(first === undefined ? [] : sourceProblems(first[0], fields(first[1]), `${here}.${first[0]}`)),
      ...more.map(([source]) => forbidden(`${here}.${source}`, "may not specify more than 1 volume type")),
      ...(name === ""
        ? [required(`${here}.name`)]
        : nameProblems(name, "label").map((message) => invalidValue(`${here}.name`, name, message))),
      ...(usable.has(name) ? [duplicate(`${here}.name`, name)] : []),
    ]
    if (found.length === 0) usable.add(name)
    problems.push(...found)
  }
  return { usable, problems }
}
