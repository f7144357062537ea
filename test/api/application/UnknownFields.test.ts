import { assert, describe, it } from "@effect/vitest"
import type { SparkApplicationSpec } from "../../../src/api/application/SparkApplication.ts"
import { unknownFields } from "../../../src/api/application/UnknownFields.ts"
import { everyField } from "../../support/EveryField.ts"

const fields = (changes: object) =>
  unknownFields({ ...everyField.spec, ...changes } as unknown as SparkApplicationSpec).map(({ field }) => field)

describe("unknown fields", () => {
  it("do not include any field of kubeflow's operator", () => {
    assert.deepStrictEqual(fields({}), [])
  })

  it("are found at any depth, also under names such as constructor", () => {
    assert.deepStrictEqual(
      fields({
        imagePullPolicies: "Always",
        toString: "x",
        driver: { core: 1, env: [{ name: "A", val: "1" }], labels: { any: "label" } },
        volumes: [{ name: "a", emptyDir: { size: "1Gi" } }],
      }),
      [
        "spec.volumes[0].emptyDir.size",
        "spec.driver.core",
        "spec.driver.env[0].val",
        "spec.imagePullPolicies",
        "spec.toString",
      ],
    )
  })

  it("in templates and hooks are left to the API server", () => {
    const driver = { template: { spec: { anything: 1 } }, lifecycle: { preStop: { later: {} } } }
    assert.deepStrictEqual(fields({ driver }), [])
  })
})
