import { assert, describe, it } from "@effect/vitest"
import type { Container, Pod } from "kubernetes-types/core/v1"
import { application, assertProblem, environment, mounts, submit } from "../../support/SparkFixture.ts"

const fields = {
  env: [{ name: "A", value: "1" }],
  envFrom: [{ secretRef: { name: "db" } }],
  configMaps: [{ name: "app.conf", path: "/etc/app" }],
  volumeMounts: [{ name: "data", mountPath: "/data" }],
  ports: [{ name: "jmx", protocol: "TCP", containerPort: 8090 }],
  hostNetwork: true,
  hostAliases: [{ ip: "10.0.0.1", hostnames: ["hive"] }],
  initContainers: [{ name: "init", image: "busybox" }],
  sidecars: [{ name: "log", image: "fluent-bit" }],
  dnsConfig: { nameservers: ["1.1.1.1"] },
  priorityClassName: "high",
  schedulerName: "yunikorn",
  nodeSelector: { disk: "ssd" },
  affinity: { nodeAffinity: {} },
  tolerations: [{ key: "spot", operator: "Exists" }],
  gpu: { name: "nvidia.com/gpu", quantity: 2 },
  securityContext: { runAsNonRoot: true },
  podSecurityContext: { fsGroup: 185 },
  terminationGracePeriodSeconds: 60,
  lifecycle: { preStop: { exec: { command: ["sleep", "1"] } } },
  shareProcessNamespace: true,
}
const volumes = [
  { name: "data", csi: { driver: "ebs" } },
  { name: "unused", emptyDir: {} },
]
const both = () =>
  submit(application({ volumes, driver: fields, executor: fields, hadoopConfigMap: "h", sparkConfigMap: "s" }))

const assertFields = (pod: Pod, container: Container) => {
  const { spec } = pod
  assert.include(environment(container), "A=1")
  assert.deepStrictEqual(container.envFrom, fields.envFrom)
  assert.deepStrictEqual(container.ports?.at(-1), fields.ports[0])
  assert.isTrue(spec?.hostNetwork)
  assert.strictEqual(spec?.dnsPolicy, "ClusterFirstWithHostNet")
  assert.deepStrictEqual(spec?.hostAliases, fields.hostAliases)
  assert.deepStrictEqual(spec?.initContainers, fields.initContainers)
  assert.deepStrictEqual(
    spec?.containers.map(({ name }) => name),
    ["log", container.name],
  )
  assert.deepStrictEqual(spec?.dnsConfig, fields.dnsConfig)
  assert.strictEqual(spec?.priorityClassName, "high")
  assert.strictEqual(spec?.schedulerName, "yunikorn")
  assert.deepStrictEqual(spec?.nodeSelector, fields.nodeSelector)
  assert.deepStrictEqual(spec?.affinity, fields.affinity)
  assert.deepStrictEqual(spec?.tolerations, fields.tolerations)
  assert.strictEqual(container.resources?.limits?.["nvidia.com/gpu"], "2")
  assert.deepStrictEqual(container.securityContext, fields.securityContext)
  assert.deepStrictEqual(spec?.securityContext, fields.podSecurityContext)
  assert.strictEqual(spec?.terminationGracePeriodSeconds, 60)
  assert.deepStrictEqual(container.lifecycle, fields.lifecycle)
  assert.isTrue(spec?.shareProcessNamespace)
  assert.includeMembers(
    [...mounts(container)],
    ["data /data", "hadoop-configmap-volume /etc/hadoop/conf", "spark-configmap-volume /etc/spark/conf"],
  )
  assert.include(environment(container), "HADOOP_CONF_DIR=/etc/hadoop/conf")
  const names = (spec?.volumes ?? []).map(({ name }) => name)
  assert.include(names, "data")
  assert.notInclude(names, "unused")
}

describe("withPodFields", () => {
  it("applies every field to the driver", () => {
    const { pod, container } = both()
    assertFields(pod, container)
    assert.strictEqual(environment(container).at(-1), "SPARK_CONF_DIR=/etc/spark/conf")
  })

  it("applies every field to the executor template", () => {
    const { executorTemplate, properties } = both()
    assertFields(executorTemplate, executorTemplate.spec?.containers.at(-1) ?? assert.fail())
    assert.strictEqual(properties.get("spark.executorEnv.SPARK_CONF_DIR"), "/etc/spark/conf")
  })

  it("uses another volume name for ConfigMaps whose name is not valid for a volume", () => {
    const configMaps = [
      { name: "plain", path: "/a" },
      { name: "app.conf", path: "/b" },
      { name: "x".repeat(80), path: "/c" },
    ]
    const names = (submit(application({ driver: { configMaps } })).pod.spec?.volumes ?? [])
      .map(({ name }) => name)
      .slice(-3)
    assert.strictEqual(names[0], "plain-vol")
    assert.match(names[1] ?? "", /^app-conf-[0-9a-f]{8}-vol$/)
    assert.match(names[2] ?? "", /^x{50}-[0-9a-f]{8}-vol$/)
  })

  it("limits the driver's memory in Kubernetes' units, but not below what it requests", () => {
    const { container } = submit(application({ driver: { memoryLimit: "2g" } }))
    assert.deepStrictEqual(
      [container.resources?.requests?.["memory"], container.resources?.limits?.["memory"]],
      ["1408Mi", "2Gi"],
    )
    assertProblem(
      application({ driver: { memoryLimit: "1g" } }),
      "spec.driver",
      /memory limit 1Gi is below the request 1408Mi/,
    )
  })

  it("uses a priority class instead of the priority in a template", () => {
    const template = { spec: { priority: 7, preemptionPolicy: "Never" } }
    const { spec } = submit(application({ driver: { template, priorityClassName: "high" } })).pod
    assert.deepStrictEqual(
      [spec?.priorityClassName, spec?.priority, spec?.preemptionPolicy],
      ["high", undefined, undefined],
    )
  })

  it("adds a sidecar only once", () => {
    const sidecar = { name: "log", image: "fluent-bit" }
    const template = { spec: { containers: [{ name: "spark-kubernetes-driver" }, sidecar] } }
    const { spec } = submit(application({ driver: { template, sidecars: [sidecar] } })).pod
    assert.deepStrictEqual(
      spec?.containers.map(({ name }) => name),
      ["log", "spark-kubernetes-driver"],
    )
    const other = application({ driver: { template, sidecars: [{ name: "log", image: "other" }] } })
    assertProblem(other, "spec.driver", /the container "log" twice/)
  })

  it("rejects mounts without a volume, and invalid GPUs and Secrets", () => {
    const mount = application({ driver: { volumeMounts: [{ name: "data", mountPath: "/data" }] } })
    assertProblem(mount, "spec.driver.volumeMounts[0].name", /no volume "data" in spec.volumes/)
    const gpu = (gpu: object) => application({ executor: { gpu } })
    assertProblem(gpu({ name: "nvidia.com/gpu", quantity: 0 }), "spec.executor.gpu.quantity", /at least 1/)
    assertProblem(gpu({ name: "", quantity: 1 }), "spec.executor.gpu.name", /not the name of a resource/)
    const secret = { name: "db", path: "/a", secretType: "Generic" }
    const secrets = application({ driver: { secrets: [secret, secret] } })
    assertProblem(secrets, "spec.driver.volumeMounts", /the mount path "\/a" twice/)
    assertProblem(application({ volumes: [...volumes, volumes[0]] }), "spec.volumes[2].name", /two volumes "data"/)
  })

  it("also detects collisions in executors", () => {
    const volumeMounts = [
      { name: "data", mountPath: "/data" },
      { name: "unused", mountPath: "/data" },
    ]
    assertProblem(application({ volumes, executor: { volumeMounts } }), "spec.executor.volumeMounts", /"\/data" twice/)
  })
})
