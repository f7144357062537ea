/** A name that an application may have, from the one of spark-submit, which may be any text. Pure. */

import { isServiceName } from "../../../kube/names/ObjectName.ts"
import { maxLabelLength } from "../../../spark/Names.ts"

export interface NameFor {
  readonly name: string
  /** If it differs from what was given. */
  readonly remark: string | undefined
}

const fallback = "spark-application"

/** `org.example.My Job` → `my-job`: of a class or a path only the last part, in lower case, with dashes. */
export const nameFor = (given: string): NameFor => {
  const name = legal(given)
  return {
    name,
    remark:
      name === given
        ? undefined
        : `metadata.name: ${name}, because "${given}" is not a name of an object in Kubernetes`,
  }
}

const legal = (given: string): string => {
  if (isServiceName(given)) return given
  const last = given
    .replace(/\.(jar|py|r)$/i, "")
    .split(/[/:]/)
    .at(-1)!
  const isClass = /^([a-z_]\w*\.)+[A-Z]\w*\$?$/.test(last)
  const short = isClass
    ? last
        .split(".")
        .at(-1)!
        .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    : last
  const name = short
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, maxLabelLength)
    .replace(/-+$/, "")
  return name === "" ? fallback : name
}
