import { assert, describe, it } from "@effect/vitest"
import type { Service } from "kubernetes-types/core/v1"
import { children } from "../../../src/spark/Children.ts"
import { application, type Changes, options, submission, valid } from "../../support/SparkFixture.ts"

const access = { serviceType: "NodePort", serviceAnnotations: { owner: "me" }, serviceLabels: { team: "a" } }

const services = (changes: Changes): ReadonlyArray<Service> =>
  children(valid(application(changes)), submission, {
    ...options,
    children: { uiService: true, driverPodDisruptionBudget: false },
  }).flatMap(({ kind, object }) => (kind === "Service" ? [object as Service] : []))

describe("Services of a driver", () => {
  it("have the type, the annotations and the labels that the user gives", () => {
    const made = services({
      sparkUIOptions: access,
      driverIngressOptions: [{ ...access, servicePort: 8888, servicePortName: "notebook" }],
    })
    assert.deepStrictEqual(
      made.map(({ metadata }) => metadata?.name),
      ["spark-pi-ui-svc", "spark-pi-driver-8888"],
    )
    for (const { metadata, spec } of made) {
      assert.strictEqual(spec?.type, "NodePort")
      assert.deepInclude(metadata?.annotations, { owner: "me" })
      assert.deepInclude(metadata?.labels, { team: "a" })
    }
  })

  it("are reachable inside the cluster only, unless the user sets another type", () => {
    assert.deepStrictEqual(
      services({}).map(({ spec }) => spec?.type),
      ["ClusterIP"],
    )
  })
})
