import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, submit, valid } from "../../support/SparkFixture.ts"

const warnings = (changes: Changes) =>
  valid(application(changes)).warnings.map(({ field, message }) => `${field}: ${message}`)

const volumes = [{ name: "spark-local-dir-1", hostPath: { path: "/mnt/d1", type: "DirectoryOrCreate" } }]
const mount = { name: "spark-local-dir-1", mountPath: "/d1" }

describe("options of scratch volumes", () => {
  for (const role of ["driver", "executor"] as const) {
    const changes = (sparkVersion: string, more: object) => ({
      sparkVersion,
      volumes,
      [role]: { volumeMounts: [{ ...mount, ...more }] },
    })

    it(`are passed on for the ${role} where Spark has them`, () => {
      const spec = changes("4.0.0", { subPathExpr: "$(SPARK_APPLICATION_ID)" })
      assert.deepStrictEqual(warnings(spec), [])
      const { properties } = submit(application(spec))
      const prefix = `spark.kubernetes.${role}.volumes.hostPath.spark-local-dir-1`
      assert.strictEqual(properties.get(`${prefix}.mount.subPathExpr`), "$(SPARK_APPLICATION_ID)")
      assert.strictEqual(properties.get(`${prefix}.options.type`), "DirectoryOrCreate")
    })

    it(`are warned about for the ${role} where Spark ignores them`, () => {
      const at = `spec.${role}.volumeMounts[0]`
      const ignored = (option: string) =>
        `${at}: the volume spark-local-dir-1: ${option} is ignored by Spark 3.5: it has this option since 4.0`
      assert.sameMembers(warnings(changes("3.5.3", { subPathExpr: "$(A)", mountPropagation: "HostToContainer" })), [
        ignored("mount.subPathExpr"),
        ignored("options.type"),
        `${at}.mountPropagation: is ignored: Spark mounts the scratch volume spark-local-dir-1 itself and has no option for this`,
      ])
      assert.match(
        warnings(changes("4.3.0", { recursiveReadOnly: "Enabled", readOnly: true })).join(),
        /\.recursiveReadOnly: is ignored/,
      )
    })
  }

  it("of other volumes are applied as they are", () => {
    const other = [{ name: "data", hostPath: { path: "/d", type: "Directory" } }]
    const volumeMounts = [{ name: "data", mountPath: "/d", subPathExpr: "$(A)", mountPropagation: "None" }]
    assert.deepStrictEqual(warnings({ sparkVersion: "3.3.0", volumes: other, driver: { volumeMounts } }), [])
  })
})

describe("options of volumes in spec.sparkConf", () => {
  const prefix = "spark.kubernetes.executor.volumes.persistentVolumeClaim.data"
  const sparkConf = {
    [`${prefix}.mount.path`]: "/data",
    [`${prefix}.options.claimName`]: "OnDemand",
    [`${prefix}.options.storageClass`]: "fast",
    [`${prefix}.options.sizeLimit`]: "1Gi",
  }

  it("are warned about where the version does not know them", () => {
    const labelled = { ...sparkConf, [`${prefix}.label.team`]: "a" }
    assert.deepStrictEqual(warnings({ sparkVersion: "4.1.0", sparkConf: labelled }), [])
    assert.match(
      warnings({ sparkVersion: "3.4.0", sparkConf: labelled }).join(),
      /label\.team is ignored by Spark 3\.4/,
    )
  })

  it("are warned about where no version knows them", () => {
    const unknown = { ...sparkConf, [`${prefix}.mount.mountPropagation`]: "None", [`${prefix}.options.size`]: "1Gi" }
    assert.match(
      warnings({ sparkConf: unknown }).join("\n"),
      /mount\.mountPropagation is not.*\n.*options\.size is not/,
    )
  })
})

describe("scratch volumes that only a sidecar or init container mounts", () => {
  it("are warned about, since Spark makes its own of that name", () => {
    const log = { name: "log", image: "log", volumeMounts: [mount] }
    for (const role of ["driver", "executor"] as const) {
      for (const containers of [{ sidecars: [log] }, { initContainers: [log] }]) {
        assert.match(
          warnings({ volumes, [role]: containers }).join(),
          new RegExp(`^spec.${role}: the container log gets an empty directory of Spark in place of the volume spark-`),
        )
      }
    }
    assert.deepStrictEqual(
      warnings({ volumes, driver: { sidecars: [log], volumeMounts: [mount] }, executor: { volumeMounts: [mount] } }),
      [],
    )
  })
})
