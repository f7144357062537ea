import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, environment, mounts, submit } from "../../support/SparkFixture.ts"

const withVolume = (source: object, mount: object = {}) => {
  const volumeMounts = [{ name: "spark-local-dir-1", mountPath: "/data", ...mount }]
  const volumes = [{ name: "spark-local-dir-1", ...source }]
  return application({ volumes, driver: { volumeMounts }, executor: { volumeMounts } })
}
const keys = (source: object, mount?: object) =>
  [...submit(withVolume(source, mount)).properties]
    .filter(([key]) => key.startsWith("spark.kubernetes.executor.volumes."))
    .map(([key, value]) => `${key.slice("spark.kubernetes.executor.volumes.".length)}=${value}`)

describe("localDirConf", () => {
  it("configures scratch volumes of every kind that Spark supports", () => {
    assert.deepStrictEqual(keys({ emptyDir: { sizeLimit: "10Gi", medium: "Memory" } }), [
      "emptyDir.spark-local-dir-1.mount.path=/data",
      "emptyDir.spark-local-dir-1.options.medium=Memory",
      "emptyDir.spark-local-dir-1.options.sizeLimit=10Gi",
    ])
    assert.deepStrictEqual(keys({ hostPath: { path: "/ssd", type: "Directory" } }, { subPath: "a", readOnly: true }), [
      "hostPath.spark-local-dir-1.mount.path=/data",
      "hostPath.spark-local-dir-1.mount.readOnly=true",
      "hostPath.spark-local-dir-1.mount.subPath=a",
      "hostPath.spark-local-dir-1.options.path=/ssd",
      "hostPath.spark-local-dir-1.options.type=Directory",
    ])
    assert.include(keys({ nfs: { path: "/x", server: "nfs" } }), "nfs.spark-local-dir-1.options.server=nfs")
    assert.include(
      keys({ persistentVolumeClaim: { claimName: "c" } }),
      "persistentVolumeClaim.spark-local-dir-1.options.claimName=c",
    )
  })

  it("makes them the driver's only scratch space", () => {
    const { container, pod } = submit(withVolume({ emptyDir: {} }))
    assert.include(environment(container), "SPARK_LOCAL_DIRS=/data")
    assert.deepStrictEqual(
      mounts(container).filter((mount) => mount.startsWith("spark-local-dir")),
      ["spark-local-dir-1 /data"],
    )
    assert.deepStrictEqual(pod.spec?.volumes?.find(({ name }) => name === "spark-local-dir-1")?.emptyDir, {
      medium: "",
    })
  })

  it("omits them from the executor template, since Spark adds them", () => {
    assert.isUndefined(submit(withVolume({ emptyDir: {} })).executorTemplate.spec?.volumes)
  })

  it("requires a kind of volume that Spark supports", () => {
    const resource = application({
      volumes: [{ name: "spark-local-dir-1", configMap: { name: "x" } }],
      driver: { volumeMounts: [{ name: "spark-local-dir-1", mountPath: "/data" }] },
    })
    assertProblem(
      resource,
      "spec.driver.volumeMounts[0].name",
      /must be an emptyDir, hostPath, nfs or persistentVolumeClaim/,
    )
  })
})
