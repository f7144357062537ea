/** Service accounts with which drivers and Connect servers run: those that do not exist, and those that are deleted with kubeflow's chart. Pure. */

import { keyOf } from "../../runtime/Store.ts"
import type { ClusterFacts } from "./ClusterFacts.ts"
import { type Checked, type Finding, warning } from "./Finding.ts"

/** The account that a resource names, and the field in which it does. Specs may be as incomplete as an older definition let them be. */
interface Named {
  readonly field: string
  readonly account: string | undefined
}

type Application = Partial<ClusterFacts["applications"][number]["spec"]> | undefined

const ofDriver = (spec: Application, path: string): Named => ({
  field: `${path}.driver.serviceAccount`,
  account: spec?.driver?.serviceAccount,
})

export const accountOfApplication = ({ spec }: ClusterFacts["applications"][number]): Named => ofDriver(spec, "spec")

export const accountOfSchedule = ({ spec }: ClusterFacts["schedules"][number]): Named =>
  ofDriver((spec as Partial<typeof spec> | undefined)?.template, "spec.template")

export const accountOfConnect = ({ spec }: ClusterFacts["connects"][number]): Named => {
  const pod = (spec as Partial<typeof spec> | undefined)?.server?.template?.spec
  return {
    field: "spec.server.template.spec.serviceAccountName",
    account: pod?.serviceAccountName ?? pod?.serviceAccount,
  }
}

/** kubeflow's chart created the accounts of drivers, so one may be missing. */
export const missingAccount = (
  facts: ClusterFacts,
  namespace: string,
  { field, account }: Named,
): ReadonlyArray<Finding> => {
  const known = facts.serviceAccounts.some(
    ({ metadata }) => metadata?.namespace === namespace && metadata.name === account,
  )
  return account === undefined || known || facts.unread.some(({ what }) => what === "serviceaccounts")
    ? []
    : [warning(field, `ServiceAccount ${account} does not exist in ${namespace}`)]
}

/** Accounts of kubeflow's chart that are in use. */
export const chartAccounts = (facts: ClusterFacts): ReadonlyArray<Checked> => {
  const keys = <A extends { readonly metadata: { readonly namespace: string } }>(
    objects: ReadonlyArray<A>,
    named: (object: A) => Named,
  ) =>
    objects.map((object) =>
      keyOf({ metadata: { namespace: object.metadata.namespace, name: named(object).account ?? "default" } }),
    )
  const used = new Set([
    ...keys(facts.applications, accountOfApplication),
    ...keys(facts.schedules, accountOfSchedule),
    ...keys(facts.connects, accountOfConnect),
  ])
  return facts.serviceAccounts.flatMap((account) => {
    const { namespace = "", name = "", annotations = {}, labels = {} } = account.metadata ?? {}
    const release = annotations["meta.helm.sh/release-name"]
    const isTheirs = labels["helm.sh/chart"]?.startsWith("spark-operator-") === true
    if (release === undefined || !isTheirs || !used.has(keyOf(account))) return []
    if (annotations["helm.sh/resource-policy"] === "keep") return []
    const message = `drivers or Connect servers use it, and helm uninstall ${release} would delete it with its Role and RoleBinding; annotate all three with helm.sh/resource-policy=keep, or uninstall when no driver is running`
    return [{ kind: "ServiceAccount", namespace, name, findings: [warning("metadata.annotations", message)] }]
  })
}
