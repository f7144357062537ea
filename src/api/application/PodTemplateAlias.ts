/**
 * `podTemplate` of driver and executor: another spelling of `template`, which is the name that kubeflow's operator gave the field. Only this
 * file knows both. Where a spec is filled in with defaults or compared with an earlier one, `podTemplate` becomes `template`, so everything
 * that builds pods reads `template` alone and a change of the spelling is not a change of the run. Problems name the field as it is written.
 */

import { Predicate } from "effect"
import { rule } from "../schema/Field.ts"

const roles = ["driver", "executor"] as const

interface Role {
  readonly template?: object
  readonly podTemplate?: object
}

const isAliased = (role: unknown): role is Required<Pick<Role, "podTemplate">> =>
  Predicate.isObject(role) && role["podTemplate"] !== undefined && role["template"] === undefined

const roleOf = (spec: unknown, role: (typeof roles)[number]): unknown =>
  Predicate.hasProperty(spec, role) ? spec[role] : undefined

const renamed = ({ podTemplate, ...role }: Required<Pick<Role, "podTemplate">>) => ({ ...role, template: podTemplate })

/** The rule that a role has one of the two spellings. Both together are a mistake even if they are equal. */
export const oneSpelling = (role: (typeof roles)[number]) =>
  rule<Role>({
    field: "podTemplate",
    rule: "!has(self.template) || !has(self.podTemplate)",
    holds: ({ template, podTemplate }) => template === undefined || podTemplate === undefined,
    message: `spec.${role}.podTemplate and spec.${role}.template are the same setting; remove one of them`,
  })

/**
 * The spec with `template` in place of `podTemplate`; the same object if it has no `podTemplate`. A role with both is left unchanged: it
 * is invalid, and equal to neither of its corrections. Accepts a spec of any shape, because specs are compared before they are validated.
 */
export const withTemplates = <Spec>(spec: Spec): Spec =>
  roles.reduce((result, name) => {
    const role = roleOf(spec, name)
    return isAliased(role) ? { ...result, [name]: renamed(role) } : result
  }, spec)

/** From a field of the spec returned by `withTemplates` to the same field in `spec` as the user wrote it. */
export const fieldAsWritten = (spec: unknown): ((field: string) => string) => {
  const aliased = roles.filter((name) => isAliased(roleOf(spec, name)))
  return (field) =>
    aliased.reduce((path, name) => {
      const canonical = `spec.${name}.template`
      const rest = path.slice(canonical.length)
      return path.startsWith(canonical) && /^($|[.[])/.test(rest) ? `spec.${name}.podTemplate${rest}` : path
    }, field)
}
