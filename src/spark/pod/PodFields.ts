/**
 * The fields of driver and executor that have no Spark configuration key: environment, volumes, placement, security.
 * Where kubeflow's operator patches pods in a webhook, here they go into the driver pod and the executor template, in the same order
 * and by the same rules.
 */

import type { Container } from "kubernetes-types/core/v1"
import type { DriverSpec } from "../../api/application/DriverSpec.ts"
import type { ExecutorSpec } from "../../api/application/ExecutorSpec.ts"
import { memoryQuantity } from "../conf/Memory.ts"
import type { WorkloadSpec } from "../Workload.ts"
import { addEnv, addPorts, addResources, type SparkPod, withContainer, withSpec } from "./SparkPod.ts"
import { withConfigMaps, withMoreSecretPaths, withVolumes } from "./VolumeFields.ts"

type RoleSpec = DriverSpec | ExecutorSpec
type Patch = (pod: SparkPod) => SparkPod

const environment =
  ({ env = [], envFrom = [] }: RoleSpec): Patch =>
  (pod) => {
    const added = addEnv(pod, env)
    return envFrom.length === 0
      ? added
      : withContainer(added, { envFrom: [...(added.container.envFrom ?? []), ...envFrom] })
  }

/** The containers that are not present yet with the same name and image. */
const newContainers = (present: ReadonlyArray<Container>, added: ReadonlyArray<Container>) =>
  added.filter(
    (container) => !present.some((other) => other.name === container.name && other.image === container.image),
  )

const containers =
  ({ initContainers = [], sidecars = [] }: RoleSpec): Patch =>
  (pod) => {
    const init = pod.spec.initContainers ?? []
    const newSidecars = newContainers([...pod.sidecars, pod.container], sidecars)
    const withSidecars = { ...pod, sidecars: [...pod.sidecars, ...newSidecars] }
    return initContainers.length === 0
      ? withSidecars
      : withSpec(withSidecars, { initContainers: [...init, ...newContainers(init, initContainers)] })
  }

const network =
  ({ hostNetwork, hostAliases = [], dnsConfig }: RoleSpec): Patch =>
  (pod) =>
    withSpec(pod, {
      ...(hostNetwork === true ? { hostNetwork, dnsPolicy: "ClusterFirstWithHostNet" } : {}),
      ...(hostAliases.length > 0 ? { hostAliases: [...(pod.spec.hostAliases ?? []), ...hostAliases] } : {}),
      ...(dnsConfig === undefined ? {} : { dnsConfig }),
    })

/** A priority class replaces the priority and preemption policy of a template. */
const priority =
  ({ priorityClassName }: RoleSpec): Patch =>
  (pod) => {
    if (priorityClassName === undefined) return pod
    const { priority: _priority, preemptionPolicy: _policy, ...spec } = pod.spec
    return { ...pod, spec: { ...spec, priorityClassName } }
  }

/** A batch scheduler places both roles, so it wins over the scheduler of the role. */
const placement =
  (batchScheduler: string | undefined, role: RoleSpec): Patch =>
  (pod) => {
    const { nodeSelector, affinity, tolerations = [] } = role
    const schedulerName = batchScheduler || role.schedulerName
    return withSpec(pod, {
      ...(schedulerName ? { schedulerName } : {}),
      ...(nodeSelector === undefined ? {} : { nodeSelector: { ...pod.spec.nodeSelector, ...nodeSelector } }),
      ...(affinity === undefined ? {} : { affinity }),
      ...(tolerations.length > 0 ? { tolerations: [...(pod.spec.tolerations ?? []), ...tolerations] } : {}),
    })
  }

const limits =
  ({ memoryLimit, gpu }: RoleSpec): Patch =>
  (pod) =>
    memoryLimit === undefined && gpu === undefined
      ? pod
      : addResources(pod, {
          limits: {
            ...(memoryLimit === undefined ? {} : { memory: memoryQuantity(memoryLimit) }),
            ...(gpu === undefined ? {} : { [gpu.name]: String(gpu.quantity) }),
          },
        })

const securityAndLife =
  (role: RoleSpec): Patch =>
  (pod) => {
    const { securityContext, podSecurityContext, terminationGracePeriodSeconds, lifecycle } = role
    const container = withContainer(pod, {
      ...(securityContext === undefined ? {} : { securityContext }),
      ...(lifecycle === undefined ? {} : { lifecycle }),
    })
    return withSpec(container, {
      ...(podSecurityContext === undefined ? {} : { securityContext: podSecurityContext }),
      ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }),
      ...(role.shareProcessNamespace === true ? { shareProcessNamespace: true } : {}),
    })
  }

/** The pod with the role's fields applied, later ones over earlier ones. */
export const withPodFields = (pod: SparkPod, spec: WorkloadSpec, role: "driver" | "executor"): SparkPod => {
  const patches: ReadonlyArray<Patch> = [
    environment(spec[role]),
    containers(spec[role]),
    (pod) => withConfigMaps(pod, spec, role),
    (pod) => withMoreSecretPaths(pod, spec, role),
    (pod) => withVolumes(pod, spec, role),
    (pod) => addPorts(pod, spec[role].ports ?? []),
    network(spec[role]),
    priority(spec[role]),
    placement(spec.batchScheduler, spec[role]),
    limits(spec[role]),
    securityAndLife(spec[role]),
  ]
  return patches.reduce((pod, patch) => patch(pod), pod)
}
