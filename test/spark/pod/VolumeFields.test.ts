import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { submitJob } from "../../../src/spark/submit/SubmitJob.ts"
import {
  application,
  assertProblem,
  environment,
  mounts,
  options,
  problems,
  submission,
  submit,
  valid,
} from "../../support/SparkFixture.ts"

const roles = ["driver", "executor"] as const

/** The pod of the driver, or the template of executors. */
const podOf = (role: (typeof roles)[number], changes: object, more: object = {}): Pod => {
  const built = submit(application({ ...more, [role]: changes }))
  return role === "driver" ? built.pod : built.executorTemplate
}
const volumesOf = (pod: Pod) => (pod.spec?.volumes ?? []).map(({ name }) => name)
const sparkMounts = (pod: Pod) => mounts(pod.spec?.containers.at(-1) ?? assert.fail())

const agent = { name: "agent", configMap: { name: "agent", defaultMode: 0o644 } }
const volumeMounts = [{ name: "agent", mountPath: "/etc/agent" }]

describe("volumes of spec.volumes", () => {
  const users = {
    sidecars: { sidecars: [{ name: "log", image: "log", volumeMounts }] },
    initContainers: { initContainers: [{ name: "log", image: "log", volumeMounts }] },
    devices: { sidecars: [{ name: "log", image: "log", volumeDevices: [{ name: "agent", devicePath: "/dev/x" }] }] },
    "a container of the template": {
      template: { spec: { containers: [{}, { name: "log", image: "log", volumeMounts }] } },
    },
    "the Spark container of the template": { template: { spec: { containers: [{ volumeMounts }] } } },
    "an init container of the template": {
      template: { spec: { containers: [], initContainers: [{ name: "log", image: "log", volumeMounts }] } },
    },
  }
  for (const role of roles) {
    for (const [who, changes] of Object.entries(users)) {
      it(`are added to the ${role} when only ${who} use them`, () => {
        const pod = podOf(role, changes, { volumes: [agent, { name: "unused", emptyDir: {} }] })
        assert.deepStrictEqual(
          (pod.spec?.volumes ?? []).filter(({ name }) => name === "agent" || name === "unused"),
          [agent],
        )
      })
    }

    it(`do not replace a volume of the same name in the template or the configuration of the ${role}`, () => {
      const sidecars = [{ name: "log", image: "log", volumeMounts }]
      const template = { spec: { volumes: [{ name: "agent", emptyDir: {} }], containers: [] } }
      const pod = podOf(role, { sidecars, template }, { volumes: [agent] })
      assert.deepStrictEqual(
        pod.spec?.volumes?.filter(({ name }) => name === "agent"),
        template.spec.volumes,
      )
      const prefix = `spark.kubernetes.${role}.volumes.hostPath.agent`
      const sparkConf = { [`${prefix}.mount.path`]: "/x", [`${prefix}.options.path`]: "/y" }
      const configured = podOf(role, { sidecars }, { volumes: [agent], sparkConf })
      assert.notDeepInclude(configured.spec?.volumes ?? [], agent)
    })
  }

  it("are available to a sidecar that uses a scratch volume which Spark mounts", () => {
    const scratch = [{ name: "spark-local-dir-1", mountPath: "/scratch" }]
    const changes = { volumeMounts: scratch, sidecars: [{ name: "log", image: "log", volumeMounts: scratch }] }
    const pod = podOf("driver", changes, { volumes: [{ name: "spark-local-dir-1", hostPath: { path: "/d" } }] })
    assert.deepStrictEqual(
      pod.spec?.volumes?.filter(({ name }) => name === "spark-local-dir-1"),
      [{ name: "spark-local-dir-1", hostPath: { path: "/d", type: "" } }],
    )
  })

  it("are not added to the pod of a submission by Job, which has none of these containers", () => {
    const changes = { sidecars: [{ name: "log", image: "log", volumeMounts }] }
    const { job } = submitJob(valid(application({ volumes: [agent], driver: changes })), submission, options)
    const { volumes } = job.spec?.template.spec ?? {}
    assert.isFalse(volumes?.some(({ name }) => name === "agent"))
  })
})

describe("ConfigMaps and Secrets at two paths", () => {
  for (const role of roles) {
    it(`make one volume of the ${role}`, () => {
      const configMaps = [
        { name: "shared", path: "/etc/a" },
        { name: "shared", path: "/etc/b" },
        { name: "x.y", path: "/etc/c" },
        { name: "x.y", path: "/etc/d" },
      ]
      const pod = podOf(role, { configMaps })
      const made = volumesOf(pod).filter((name) => name.endsWith("-vol"))
      assert.strictEqual(made.length, 2)
      const mounted = sparkMounts(pod).filter((mount) => /\/etc\/[abcd]$/.test(mount))
      assert.deepStrictEqual(mounted.slice(0, 2), ["shared-vol /etc/a", "shared-vol /etc/b"])
      assert.deepStrictEqual(mounted.slice(2), [`${made[1]} /etc/c`, `${made[1]} /etc/d`])
      const same = application({ [role]: { configMaps: [configMaps[0], configMaps[0]] } })
      assertProblem(same, `spec.${role}.volumeMounts`, /the mount path "\/etc\/a" twice/)
    })
  }

  const secrets = [
    { name: "db", path: "/a", secretType: "Generic" },
    { name: "db", path: "/b", secretType: "GCPServiceAccount" },
  ]
  it("mount a Secret of the driver twice", () => {
    const { pod, container } = submit(application({ driver: { secrets } }))
    assert.strictEqual(volumesOf(pod).filter((name) => name === "db-volume").length, 1)
    assert.includeMembers([...mounts(container)], ["db-volume /a", "db-volume /b"])
    assert.include(environment(container), "GOOGLE_APPLICATION_CREDENTIALS=/b/key.json")
  })

  it("mount a Secret of executors by the configuration and, at the second path, by the template", () => {
    const { properties, executorTemplate } = submit(application({ executor: { secrets } }))
    assert.strictEqual(properties.get("spark.kubernetes.executor.secrets.db"), "/a")
    assert.include(sparkMounts(executorTemplate), "db-volume /b")
    assert.notInclude(volumesOf(executorTemplate), "db-volume")
  })
})

describe("names of generated volumes", () => {
  const other = (name: string) => ({ name, emptyDir: {} })
  const configMaps = [{ name: "shared", path: "/etc/a" }]
  for (const role of roles) {
    it(`do not collide with those of the user in the ${role}`, () => {
      const mount = (name: string) => ({ name, mountPath: `/of-user/${name}` })
      const names = ["shared-vol", "hadoop-configmap-volume", "spark-configmap-volume", "otel-java-agent"]
      const telemetry = { mode: "otlp", otlp: { endpoint: "http://c:4318", javaAgent: { image: "agent" } } }
      const pod = podOf(
        role,
        { configMaps, volumeMounts: names.map(mount) },
        { volumes: names.map(other), hadoopConfigMap: "h", sparkConfigMap: "s", telemetry },
      )
      const all = volumesOf(pod)
      assert.deepStrictEqual([...new Set(all)], [...all])
      const generated = (pod.spec?.volumes ?? []).filter(({ configMap }) =>
        ["shared", "h", "s"].includes(configMap?.name ?? ""),
      )
      assert.strictEqual(generated.length, 3)
      for (const { name } of generated) assert.match(name, /^(shared|h|s)-[0-9a-f]{8}-vol$/)
    })

    it(`do not collide with those of the template or the configuration of the ${role}`, () => {
      const template = { spec: { volumes: [other("shared-vol")], containers: [] } }
      const inTemplate = podOf(role, { configMaps, template })
      assert.match(sparkMounts(inTemplate).join(), /shared-[0-9a-f]{8}-vol \/etc\/a/)
      const key = `spark.kubernetes.${role}.volumes.emptyDir.shared-vol.mount.path`
      const inConf = podOf(role, { configMaps }, { sparkConf: { [key]: "/x" } })
      assert.match(sparkMounts(inConf).join(), /shared-[0-9a-f]{8}-vol \/etc\/a/)
    })
  }

  it("stay the same as before where nothing collides", () => {
    const { warnings } = valid(application({ driver: { configMaps } }))
    assert.deepStrictEqual(warnings, [])
    assert.deepStrictEqual(problems(application({ driver: { configMaps }, executor: { configMaps } })), [])
    assert.include(sparkMounts(podOf("executor", { configMaps })), "shared-vol /etc/a")
  })
})
