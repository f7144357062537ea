import { assert, describe, it } from "@effect/vitest"
import { stepChildren } from "../../../src/spark/driver/DriverObjects.ts"
import { application, assertProblem, options, submission, submit, valid } from "../../support/SparkFixture.ts"

const withKeys = (keys: Readonly<Record<string, string>>, role = "driver", sparkVersion = "4.0.4") =>
  application({
    sparkVersion,
    sparkConf: Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [`spark.kubernetes.${role}.volumes.${key}`, value]),
    ),
  })
const mounted = (keys: Readonly<Record<string, string>>, sparkVersion?: string) => {
  const { pod, container } = submit(withKeys(keys, "driver", sparkVersion))
  return [pod.spec?.volumes?.[0], container.volumeMounts?.[0]]
}

describe("MountVolumes", () => {
  it("mounts each kind of volume, with the empty values that Spark writes", () => {
    assert.deepStrictEqual(mounted({ "hostPath.v.mount.path": "/m", "hostPath.v.options.path": "/h" }), [
      { name: "v", hostPath: { path: "/h", type: "" } },
      { name: "v", mountPath: "/m", readOnly: false, subPath: "", subPathExpr: "" },
    ])
    assert.deepStrictEqual(
      mounted({
        "persistentVolumeClaim.v.mount.path": "/m",
        "persistentVolumeClaim.v.mount.readOnly": "true",
        "persistentVolumeClaim.v.options.claimName": "c",
      })[0],
      { name: "v", persistentVolumeClaim: { claimName: "c", readOnly: true } },
    )
    assert.deepStrictEqual(mounted({ "emptyDir.v.mount.path": "/m", "emptyDir.v.options.sizeLimit": "1Gi" })[0], {
      name: "v",
      emptyDir: { medium: "", sizeLimit: "1Gi" },
    })
    assert.deepStrictEqual(
      mounted({ "nfs.v.mount.path": "/m", "nfs.v.options.path": "/x", "nfs.v.options.server": "s" })[0],
      { name: "v", nfs: { path: "/x", server: "s" } },
    )
  })

  it("supports types of host paths and sub path expressions from 4.0 on", () => {
    const keys = {
      "hostPath.v.mount.path": "/m",
      "hostPath.v.mount.subPathExpr": "$(POD)",
      "hostPath.v.options.path": "/h",
      "hostPath.v.options.type": "Directory",
    }
    assert.deepStrictEqual(mounted(keys), [
      { name: "v", hostPath: { path: "/h", type: "Directory" } },
      { name: "v", mountPath: "/m", readOnly: false, subPath: "", subPathExpr: "$(POD)" },
    ])
    assert.deepStrictEqual(mounted(keys, "3.5.1"), [
      { name: "v", hostPath: { path: "/h", type: "" } },
      { name: "v", mountPath: "/m", readOnly: false, subPath: "" },
    ])
  })

  it("refuses what Spark refuses, for executors too", () => {
    const field = (key: string, role = "driver") => `spec.sparkConf["spark.kubernetes.${role}.volumes.${key}"]`
    for (const role of ["driver", "executor"]) {
      assertProblem(
        withKeys({ "csi.v.mount.path": "/m" }, role),
        field("csi.v.mount.path", role),
        /not support volumes of type csi/,
      )
      assertProblem(
        withKeys({ "nfs.v.options.path": "/p", "nfs.v.mount.path": "/m" }, role),
        field("nfs.v.options.path", role),
        /options\.server/,
      )
      assertProblem(withKeys({ emptyDir: "/m" }, role), field("emptyDir", role), /<type>\.<name>/)
    }
    const both = { "emptyDir.v.mount.path": "/m", "emptyDir.v.mount.subPath": "a", "emptyDir.v.mount.subPathExpr": "b" }
    assertProblem(withKeys(both), field("emptyDir.v.mount.path"), /both subPath and subPathExpr/)
    const shared = { "emptyDir.v.mount.path": "/m", "emptyDir.w.mount.path": "/m" }
    assertProblem(withKeys(shared), "spec.driver.volumeMounts", /the mount path "\/m" twice/)
    assertProblem(withKeys(shared, "executor"), field("emptyDir.w.mount.path", "executor"), /mounted at \/m/)
    const small = { "emptyDir.v.mount.path": "/m", "emptyDir.v.options.sizeLimit": "5" }
    assertProblem(withKeys(small), field("emptyDir.v.options.sizeLimit"), /5Gi/)
  })

  it("creates a claim on demand if class and size are given, for one pod from 4.0 on", () => {
    const keys = {
      "persistentVolumeClaim.v.mount.path": "/m",
      "persistentVolumeClaim.v.options.claimName": "OnDemand",
      "persistentVolumeClaim.v.options.storageClass": "fast",
      "persistentVolumeClaim.v.options.sizeLimit": "1Gi",
    }
    const accessModes = (sparkVersion: string, more = {}) => {
      const resource = withKeys(keys, "driver", sparkVersion)
      const spec = resource["spec"] as { readonly sparkConf: Readonly<Record<string, string>> }
      const plan = valid({ ...resource, spec: { ...spec, sparkConf: { ...spec.sparkConf, ...more } } })
      return stepChildren(plan, submission, options).map(({ phase, object }) => [phase, object.spec])
    }
    const claim = (mode: string) => [
      ["before", { storageClassName: "fast", accessModes: [mode], resources: { requests: { storage: "1Gi" } } }],
    ]
    assert.deepStrictEqual(accessModes("3.5.9"), claim("ReadWriteOnce"))
    assert.deepStrictEqual(accessModes("4.0.4"), claim("ReadWriteOncePod"))
    const legacy = { "spark.kubernetes.legacy.useReadWriteOnceAccessMode": "true" }
    assert.deepStrictEqual(accessModes("4.0.4", legacy), claim("ReadWriteOnce"))
  })

  it("rejects a claim on demand that would not be created, but leaves those of executors to the driver", () => {
    const keys = { "persistentVolumeClaim.v.mount.path": "/m", "persistentVolumeClaim.v.options.claimName": "OnDemand" }
    const field = 'spec.sparkConf["spark.kubernetes.driver.volumes.persistentVolumeClaim.v.mount.path"]'
    assertProblem(withKeys(keys), field, /Spark makes a claim only when/)
    assert.isDefined(submit(withKeys(keys, "executor")))
  })
})
