import { assert, describe, it } from "@effect/vitest"
import { application, environment, mounts, submit } from "../../support/SparkFixture.ts"

const scratch = (sparkConf: object) => {
  const { container, pod } = submit(application({ sparkConf }))
  return {
    variable: environment(container).find((variable) => variable.startsWith("SPARK_LOCAL_DIRS")),
    mounts: mounts(container).filter((mount) => mount.startsWith("spark-local-dir")),
    volumes: (pod.spec?.volumes ?? []).filter(({ name }) => name.startsWith("spark-local-dir")),
  }
}

describe("LocalDirs", () => {
  it("gives the driver a directory of its own for each submission", () => {
    const { variable, volumes } = scratch({})
    assert.match(variable ?? "", /^SPARK_LOCAL_DIRS=\/var\/data\/spark-[0-9a-f-]{36}$/)
    assert.deepStrictEqual(volumes, [{ name: "spark-local-dir-1", emptyDir: {} }])
  })

  it("makes a volume for each entry of spark.local.dir, in memory if configured", () => {
    const found = scratch({ "spark.local.dir": "/a, /b", "spark.kubernetes.local.dirs.tmpfs": "true" })
    assert.strictEqual(found.variable, "SPARK_LOCAL_DIRS=/a,/b")
    assert.deepStrictEqual(found.mounts, ["spark-local-dir-1 /a", "spark-local-dir-2 /b"])
    assert.deepStrictEqual(found.volumes[1], { name: "spark-local-dir-2", emptyDir: { medium: "Memory" } })
  })

  it("uses the scratch volumes of a template", () => {
    const template = {
      spec: {
        volumes: [{ name: "spark-local-dir-x", emptyDir: {} }],
        containers: [{ volumeMounts: [{ name: "spark-local-dir-x", mountPath: "/x" }] }],
      },
    }
    const { container } = submit(application({ driver: { template } }))
    assert.include(environment(container), "SPARK_LOCAL_DIRS=/x")
    assert.notInclude(mounts(container).join(), "/var/data")
  })
})
