import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { build } from "../../../src/spark/driver/Build.ts"
import { executorPod } from "../../../src/spark/executor/ExecutorPod.ts"
import {
  application,
  assertProblem,
  type Changes,
  options,
  problems,
  submission,
  valid,
} from "../../support/SparkFixture.ts"

const executor = (changes: Changes): Pod => {
  const checked = valid(application(changes))
  return executorPod(checked, build(checked, submission, options).pod, submission, options)
}
const versions = ["3.3.4", "3.4.4", "3.5.9", "4.0.5", "4.1.4", "4.2.0", "4.3.0"]
const containers = (name: string, mountPath: string) => {
  const container = { name: "other", image: "busybox", volumeMounts: [{ name, mountPath }] }
  return [
    { initContainers: [container] },
    { sidecars: [container] },
    { template: { spec: { containers: [{}, container] } } },
  ]
}

describe("containers of executors may mount what Spark adds", () => {
  const scratch = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1"
  const claim = {
    [`${scratch}.options.claimName`]: "OnDemand",
    [`${scratch}.options.storageClass`]: "fast",
    [`${scratch}.options.sizeLimit`]: "20Gi",
    [`${scratch}.mount.path`]: "/scratch",
    [`${scratch}.mount.readOnly`]: "false",
  }
  const emptyDir = { name: "spark-local-dir-1", emptyDir: {} }
  const added: Readonly<Record<string, readonly [volume: string, more: Changes, executor?: object]>> = {
    "the scratch directory of Spark": ["spark-local-dir-1", {}],
    "the second of several scratch directories": ["spark-local-dir-2", { sparkConf: { "spark.local.dir": "/a,/b" } }],
    "a claim of each executor": ["spark-local-dir-1", { sparkConf: claim }],
    "a scratch volume of spec.volumes": [
      "spark-local-dir-1",
      { volumes: [emptyDir] },
      { volumeMounts: [{ name: "spark-local-dir-1", mountPath: "/scratch" }] },
    ],
    "a volume of the configuration": [
      "data",
      { sparkConf: { "spark.kubernetes.executor.volumes.emptyDir.data.mount.path": "/data" } },
    ],
    "a Secret": ["db-volume", {}, { secrets: [{ name: "db", path: "/db", secretType: "Generic" }] }],
    "the configuration of the driver": ["spark-conf-volume-exec", {}],
  }
  for (const [what, [volume, more, role = {}]] of Object.entries(added)) {
    it(what, () => {
      for (const sparkVersion of versions) {
        for (const other of containers(volume, "/there")) {
          assert.deepStrictEqual(problems(application({ sparkVersion, ...more, executor: { ...role, ...other } })), [])
        }
      }
    })
  }

  it("the Hadoop ConfigMap since Spark 3.5, and nothing that does not exist", () => {
    const sparkConf = { "spark.kubernetes.hadoop.configMapName": "hadoop" }
    const mounting = (sparkVersion: string) =>
      problems(application({ sparkVersion, sparkConf, executor: containers("hadoop-properties", "/h")[0]! })).length
    assert.deepStrictEqual(versions.map(mounting), [1, 1, 0, 0, 0, 0, 0])
    assertProblem(
      application({ executor: containers("nothing", "/n")[0]! }),
      "spec.executor",
      /mounts the unknown volume "nothing"/,
    )
    const disabled = { "spark.kubernetes.executor.disableConfigMap": "true" }
    const executor = containers("spark-conf-volume-exec", "/c")[0]!
    assertProblem(application({ sparkConf: disabled, executor }), "spec.executor", /unknown volume "spark-conf/)
  })
})

describe("what the API server or Spark would reject in an executor", () => {
  const refused: ReadonlyArray<
    readonly [what: string, field: string, message: RegExp, changes: Changes, more?: Changes]
  > = [
    [
      "a mount at the directory of the configuration",
      "volumeMounts",
      /"\/opt\/spark\/conf" twice, for the volumes shared-vol and spark-conf-volume-exec/,
      { configMaps: [{ name: "shared", path: "/opt/spark/conf" }] },
    ],
    [
      "a Secret at the path of another mount",
      "volumeMounts",
      /"\/s" twice/,
      { configMaps: [{ name: "shared", path: "/s" }], secrets: [{ name: "db", path: "/s", secretType: "Generic" }] },
    ],
    ["cores above their limit", "", /cpu limit 1 is below the request 2/, { cores: 2, coreLimit: "1" }],
    [
      "a requested core above the limit",
      "",
      /cpu limit 1 is below the request 3/,
      { coreRequest: "3", coreLimit: "1" },
    ],
    [
      "a port with Spark's own name",
      "ports",
      /"blockmanager" twice/,
      { ports: [{ name: "blockmanager", protocol: "TCP", containerPort: 1 }] },
    ],
    [
      "an invalid name of a volume, which Spark makes of a Secret",
      "",
      /"my\.db-volume" is not a valid name of a volume/,
      { secrets: [{ name: "my.db", path: "/db", secretType: "Generic" }] },
    ],
    [
      "a volume that Spark makes as well",
      "",
      /the volume "spark-conf-volume-exec" twice/,
      { volumeMounts: [{ name: "spark-conf-volume-exec", mountPath: "/x" }] },
      { volumes: [{ name: "spark-conf-volume-exec", emptyDir: {} }] },
    ],
    [
      "an invalid name of a volume in the configuration",
      "",
      /"Data_1" is not a valid name of a volume/,
      {},
      { sparkConf: { "spark.kubernetes.executor.volumes.emptyDir.Data_1.mount.path": "/d" } },
    ],
  ]
  for (const [what, field, message, changes, more = {}] of refused) {
    it(what, () => {
      const at = field === "" ? "spec.executor" : `spec.executor.${field}`
      assertProblem(application({ ...more, executor: changes }), at, message)
    })
  }

  it("labels that Spark writes itself, wherever they come from", () => {
    for (const label of [
      "spark-role",
      "spark-exec-id",
      "spark-exec-resourceprofile-id",
      "spark-app-selector",
      "spark-version",
    ]) {
      assertProblem(
        application({ executor: { labels: { [label]: "x" } } }),
        `spec.executor.labels["${label}"]`,
        /itself/,
      )
      const key = `spark.kubernetes.executor.label.${label}`
      assertProblem(application({ sparkConf: { [key]: "x" } }), `spec.sparkConf["${key}"]`, /Spark writes the label/)
    }
  })

  it("a port that an executor cannot use", () => {
    assertProblem(
      application({ sparkConf: { "spark.blockManager.port": "80" } }),
      `spec.sparkConf["spark.blockManager.port"]`,
      /from 1024 to 65535/,
    )
  })
})

describe("the executor", () => {
  it("has its number in labels and annotations", () => {
    const { metadata } = executor({
      sparkConf: { "spark.kubernetes.executor.label.number": "n-{{EXECUTOR_ID}}" },
      executor: { annotations: { number: "{{EXECUTOR_ID}}" } },
    })
    assert.strictEqual(metadata?.labels?.["number"], "n-1")
    assert.strictEqual(metadata?.annotations?.["number"], "1")
    assert.deepStrictEqual(
      problems(application({ sparkConf: { "spark.kubernetes.executor.label.n": "{{APP_ID}}-{{EXECUTOR_ID}}" } })),
      [],
    )
  })

  it("belongs to its driver and is named like its companions", () => {
    const { metadata, spec } = executor({})
    assert.match(metadata?.name ?? "", /^spark-pi-[0-9a-f]{16}-exec-1$/)
    assert.strictEqual(metadata?.ownerReferences?.[0]?.name, "spark-pi-driver")
    assert.strictEqual(spec?.hostname, metadata?.name)
  })
})
