/** Properties that hold for whatever legal specs make, tried on specs put together by a seeded generator. */

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { isDnsLabel, isDnsSubdomain } from "../../src/kube/names/ObjectName.ts"
import { build } from "../../src/spark/driver/Build.ts"
import { labelError } from "../../src/spark/pod/MetadataRules.ts"
import { podGroup } from "../../src/spark/scheduler/PodGroup.ts"
import { resourceList } from "../../src/spark/scheduler/PodRequests.ts"
import { profiles } from "../../src/spark/SparkProfile.ts"
import { submissionId } from "../../src/spark/submit/Submission.ts"
import { application, options, submission, submit, valid, validate } from "../support/SparkFixture.ts"

/** Numbers from 0 to `bound - 1`, the same for the same seed (a linear congruential generator). */
const generator = (seed: number) => {
  let state = seed + 1
  return (bound: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

type Fields = Readonly<Record<string, unknown>>

const legalSpec = (seed: number) => {
  const below = generator(seed)
  const pick = <A>(choices: ReadonlyArray<A>): A => choices[below(choices.length)] as A
  const some = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(() => below(2) === 0))
  const role = () =>
    some({
      cores: 1 + below(16),
      coreRequest: pick(["100m", "1", "0.5"]),
      memory: pick(["512m", "1g", "2048", "3G", "1t"]),
      memoryOverhead: pick(["0m", "1g", "384"]),
      labels: { team: pick(["", "a", "x".repeat(63)]), "example.com/tier": "gold" },
      annotations: { note: pick(["", "any thing", "日本", "{{APP_ID}}"]) },
      envVars: { A: pick(["", "1", "a=b", "${B}"]) },
      env: [{ name: "B", value: "2" }],
      envSecretKeyRefs: { PASSWORD: { name: "db", key: "password" } },
      secrets: [{ name: "gcp", path: "/mnt/gcp", secretType: pick(["GCPServiceAccount", "Generic"]) }],
      configMaps: [{ name: pick(["conf", "my.conf", "c".repeat(100)]), path: "/etc/conf" }],
      volumeMounts: [
        { name: "data", mountPath: "/data" },
        { name: "spark-local-dir-1", mountPath: "/scratch" },
      ],
      ports: [{ name: "jmx", protocol: "TCP", containerPort: 8090 }],
      sidecars: [{ name: "log", image: "fluent-bit" }],
      initContainers: [{ name: "init", image: "busybox" }],
      gpu: { name: "nvidia.com/gpu", quantity: 1 + below(8) },
      priorityClassName: "high",
      hostAliases: [{ ip: "10.0.0.1", hostnames: ["db"] }],
      envFrom: [{ configMapRef: { name: "settings" } }],
      lifecycle: { preStop: { exec: { command: ["sync"] } } },
      terminationGracePeriodSeconds: below(60),
      tolerations: [{ operator: "Exists" }],
      serviceAccount: "spark",
      javaOptions: pick(["-Dx=1", '-Dy="a b"', "-Dz=\\"]),
      template: {
        spec: { containers: [{ name: pick(["main", "spark-kubernetes-driver", "spark-kubernetes-executor"]) }] },
      },
    })
  const main = pick([
    { type: "Scala", mainClass: "x.Main", mainApplicationFile: "local:///a.jar" },
    { type: "Java", mainClass: "x.Main", mainApplicationFile: "spark-internal" },
    { type: "Python", mainApplicationFile: "s3a://bucket/a.py" },
    { type: "R", mainApplicationFile: "https://host/a.R" },
  ])
  const name = pick(["a", "spark-pi", "a--b", "x".repeat(63), `${"ab-".repeat(20)}abc`])
  const version = `${pick(profiles).minor}.${below(9)}`
  return application(
    {
      ...main,
      sparkVersion: version,
      volumes: [
        { name: "data", emptyDir: {} },
        { name: "spark-local-dir-1", emptyDir: {} },
      ],
      driver: role(),
      executor: role(),
      ...some({
        arguments: ["--a", "b c", ""],
        memoryOverheadFactor: pick(["0", "0.1", ".5", "1e-4"]),
        sparkConf: {
          "spark.ui.port": String(5000 + below(1000)),
          "spark.x": pick(["", " ", "a:b=c#d!", "\\", "line\nline"]),
        },
        hadoopConf: { "fs.defaultFS": "hdfs://nn:8020" },
        hadoopConfigMap: "hadoop",
        sparkConfigMap: "spark",
        nodeSelector: { disk: "ssd" },
        dynamicAllocation: { enabled: true, minExecutors: below(3), maxExecutors: 3 + below(3) },
        proxyUser: "alice",
        batchScheduler: pick(["volcano", "yunikorn"]),
      }),
    },
    { name, labels: some({ app: "x", "kueue.x-k8s.io/queue-name": "q" }) },
  )
}

const seeds = Array.from({ length: 150 }, (_, seed) => seed)
const distinct = (names: ReadonlyArray<string | undefined>) => new Set(names).size === names.length

describe("valid specs", () => {
  it("result in objects with valid names and labels", () => {
    for (const seed of seeds) {
      const { pod, service, configMaps } = submit(legalSpec(seed), {
        ...submission,
        submissionId: submissionId(`u${seed}`, 1),
      })
      assert.isTrue(isDnsLabel(service.metadata?.name ?? ""), `${seed}: ${service.metadata?.name}`)
      for (const { metadata } of [pod, ...configMaps]) assert.isTrue(isDnsSubdomain(metadata?.name ?? ""), `${seed}`)
      for (const { metadata } of [pod, service, ...configMaps]) {
        for (const [key, value] of Object.entries(metadata?.labels ?? {})) {
          assert.isUndefined(labelError(key, value), `${seed}: ${key}=${value}`)
        }
      }
    }
  })

  it("result in pods without two volumes, mount paths, ports, variables or containers of one name", () => {
    for (const seed of seeds) {
      const { pod, executorTemplate } = submit(legalSpec(seed))
      for (const { spec } of [pod, executorTemplate]) {
        assert.isTrue(distinct((spec?.volumes ?? []).map(({ name }) => name)), `${seed}: volumes`)
        assert.isTrue(distinct((spec?.containers ?? []).map(({ name }) => name)), `${seed}: containers`)
        for (const { env, ports, volumeMounts } of spec?.containers ?? []) {
          assert.isTrue(distinct((volumeMounts ?? []).map(({ mountPath }) => mountPath)), `${seed}: mounts`)
          assert.isTrue(distinct((ports ?? []).map(({ name }) => name)), `${seed}: ports`)
          // The one variable that is meant to be set again: the user's own Spark configuration directory.
          const names = (env ?? []).map(({ name }) => name).filter((name) => name !== "SPARK_CONF_DIR")
          assert.isTrue(distinct(names), `${seed}: ${names.join()}`)
        }
      }
    }
  })

  it("result in ConfigMaps within the size limit", () => {
    for (const seed of seeds) {
      for (const { data } of submit(legalSpec(seed)).configMaps) {
        assert.isBelow(new TextEncoder().encode(JSON.stringify(data)).length, 1024 * 1024, `${seed}`)
      }
    }
  })

  it("result in groups of pods that a scheduler can place", () => {
    const scheduling = { enabled: true, defaultScheduler: "yunikorn", kubeSchedulerNames: ["volcano"] }
    for (const seed of seeds) {
      const plan = Result.getOrThrow(validate(legalSpec(seed), { scheduling }))
      const name = podGroup(plan, submission)?.object.metadata?.name
      if (name !== undefined) assert.isTrue(isDnsLabel(name), name)
      for (const amounts of [plan.batch?.gang.driver, plan.batch?.gang.executor]) {
        const { cpu, memory } = resourceList(amounts ?? new Map())
        assert.match(cpu ?? "", /^[1-9]\d*m?$/, `${seed}`)
        assert.match(memory ?? "", /^[1-9]\d*Mi$/, `${seed}`)
      }
    }
  })

  it("result in the same text every time, and in properties that are read back as the configuration", () => {
    for (const seed of seeds) {
      const text = () => JSON.stringify(build(valid(legalSpec(seed)), submission, options))
      assert.strictEqual(text(), text())
      const { conf } = valid(legalSpec(seed))
      const { properties } = submit(legalSpec(seed))
      for (const { key, value } of conf.values()) {
        if (key === "spark.kubernetes.memoryOverheadFactor")
          assert.match(properties.get(key) ?? "", /^\d+\.\d+(E-?\d+)?$/)
        else if (!key.startsWith("spark.jars")) assert.strictEqual(properties.get(key), value, `${seed}: ${key}`)
      }
    }
  })
})
