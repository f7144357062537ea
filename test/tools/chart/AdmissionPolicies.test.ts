/** The policies are evaluated here by another implementation of CEL than the API server's: test/cluster/install/Admission.test.ts has that one. */

import { assert, describe, it } from "@effect/vitest"
import { Environment } from "@marcbachmann/cel-js"
import { Result } from "effect"
import { forbiddenKeys } from "../../../src/api/pod/ForbiddenKeys.ts"
import { validate as validateApplication } from "../../../src/application/Validate.ts"
import { validate as validateConnect } from "../../../src/connect/Validate.ts"
import { type AdmissionPolicy, admissionPolicies } from "../../../tools/chart/AdmissionPolicies.ts"
import { connectSettings } from "../../support/ConnectFixture.ts"
import { everyField } from "../../support/EveryField.ts"
import { plainSettings } from "../../support/SparkFixture.ts"

type Fields = Readonly<Record<string, unknown>>

const environment = new Environment({ unlistedVariablesAreDyn: true })

const [applications, schedules, connects] = admissionPolicies as readonly [
  AdmissionPolicy,
  AdmissionPolicy,
  AdmissionPolicy,
]

/** The messages with which the policy refuses this object. */
const refusals = (policy: AdmissionPolicy, object: object, operation = "CREATE"): ReadonlyArray<string> => {
  const variables: Record<string, unknown> = {}
  const run = (expression: string): unknown =>
    environment.evaluate(expression, { object, variables, request: { operation } })
  for (const { name, expression } of policy.variables) variables[name] = run(expression)
  return policy.validations.flatMap((validation) => {
    if (run(validation.expression) === true) return []
    return [String("messageExpression" in validation ? run(validation.messageExpression) : validation.message)]
  })
}

const metadata = (name = "pi") => ({ name, namespace: "team-a", uid: "u" })

const spec = (more: Fields = {}): Fields => ({
  type: "Python",
  sparkVersion: "4.0.1",
  mainApplicationFile: "local:///app.py",
  image: "spark",
  driver: {},
  executor: {},
  ...more,
})

const application = (more: Fields = {}, name?: string) => ({ metadata: metadata(name), spec: spec(more) })
const schedule = (more: Fields = {}, name?: string) => ({
  metadata: metadata(name),
  spec: { schedule: "@daily", template: spec(more) },
})
const connect = (more: Fields = {}, name?: string) => ({
  apiVersion: "sparkoperator.k8s.io/v1alpha1",
  kind: "SparkConnect",
  metadata: metadata(name),
  spec: { sparkVersion: "4.0.1", image: "spark", server: {}, executor: {}, ...more },
})

const without = (...fields: ReadonlyArray<string>): Fields =>
  Object.fromEntries(fields.map((field) => [field, undefined]))
const json = <A extends object>(object: A): A => JSON.parse(JSON.stringify(object)) as A

describe("the admission policies", () => {
  it("accept what is right, with and without configuration", () => {
    const sparkConf = { "spark.ui.port": "4041", "spark.kubernetes.namespace": "team-a" }
    for (const more of [{}, { sparkConf }]) {
      assert.deepStrictEqual(refusals(applications, application(more)), [])
      assert.deepStrictEqual(refusals(schedules, schedule(more)), [])
      assert.deepStrictEqual(refusals(connects, connect(more)), [])
    }
    const { sparkConf: conf, ...rest } = everyField.spec
    assert.isDefined(conf)
    assert.deepStrictEqual(refusals(applications, { ...everyField, spec: rest }), [])
  })

  it("refuse every key of kubeflow's list by its name, with what to use instead", () => {
    for (const key of forbiddenKeys) {
      const sparkConf = { a: "b", [key]: "x" }
      for (const [policy, object, path] of [
        [applications, application({ sparkConf }), "spec"],
        [schedules, schedule({ sparkConf }), "spec.template"],
        [connects, connect({ sparkConf }), "spec"],
      ] as const) {
        const [message = "", ...others] = refusals(policy, object)
        assert.deepStrictEqual(others, [])
        assert.isTrue(message.startsWith(`${path}.sparkConf["${key}"] is not allowed: `), message)
        assert.isAbove(message.split(" is not allowed: ")[1]!.length, 20)
      }
    }
    const image = { sparkConf: { "spark.kubernetes.driver.container.image": "x" } }
    assert.match(refusals(applications, application(image))[0]!, /use spec\.driver\.image instead$/)
    assert.match(refusals(schedules, schedule(image))[0]!, /use spec\.template\.driver\.image instead$/)
    assert.match(refusals(connects, connect(image))[0]!, /the image of a container in spec\.server\.template/)
  })

  it("refuse keys that a Connect server may not have, and another namespace", () => {
    const token = { sparkConf: { "spark.connect.authenticate.token": "x" } }
    assert.match(refusals(connects, connect(token))[0]!, /set spec\.auth\.mode to Token/)
    assert.deepStrictEqual(refusals(applications, application(token)), [])
    const other = { sparkConf: { "spark.kubernetes.namespace": "team-b" } }
    assert.match(
      refusals(applications, application(other))[0]!,
      /"spark.kubernetes.namespace"\] is not allowed: .*its own namespace/,
    )
  })

  it("refuse illegal names when an object is created, but not a change of one that exists", () => {
    for (const [policy, make, longest] of [
      [applications, application, 63],
      [schedules, schedule, 54],
      [connects, connect, 56],
    ] as const) {
      assert.deepStrictEqual(refusals(policy, make({}, "a".repeat(longest))), [])
      for (const name of ["a".repeat(longest + 1), "1pi", "pi.daily", "pi-"]) {
        assert.match(refusals(policy, make({}, name))[0] ?? name, /^metadata\.name is not .*; use at most/)
        assert.deepStrictEqual(refusals(policy, make({}, name), "UPDATE"), [])
      }
    }
  })

  it("refuse what has no image", () => {
    const none = without("image")
    const of = (policy: AdmissionPolicy, object: object) =>
      refusals(policy, json(object)).map((message) => message.split(";")[0])
    const both = ["there is no image for the driver", "there is no image for the executors"]
    assert.deepStrictEqual(of(applications, application(none)), both)
    assert.deepStrictEqual(of(applications, application({ image: "" })), both)
    assert.deepStrictEqual(of(applications, application({ ...none, driver: { image: "spark" } })), both.slice(1))
    assert.deepStrictEqual(
      of(applications, application({ ...none, driver: { image: "a" }, executor: { image: "b" } })),
      [],
    )
    assert.deepStrictEqual(of(schedules, schedule(none)), both)
    assert.deepStrictEqual(of(connects, connect(none)), ["there is no image"])
    const template = { spec: { containers: [{ name: "spark-kubernetes-driver", image: "spark" }] } }
    assert.deepStrictEqual(of(connects, connect({ ...none, server: { template } })), [])
    assert.deepStrictEqual(of(connects, connect({ ...none, executor: { template } })), [])
    assert.deepStrictEqual(
      of(connects, connect({ ...none, server: { template: { spec: { containers: [{ name: "x" }] } } } })),
      ["there is no image"],
    )
  })

  it("refuse nothing that the operator would accept", () => {
    const keys = [
      ...forbiddenKeys,
      "spark.kubernetes.driver.podTemplateFile",
      "spark.kubernetes.executor.podTemplateFile",
    ]
    const changes: ReadonlyArray<Fields> = [
      ...keys.map((key) => ({ sparkConf: { [key]: "x" } })),
      { sparkConf: { "spark.kubernetes.namespace": "team-b" } },
      without("image"),
      { image: "" },
      { ...without("image"), driver: { image: "a" } },
    ]
    for (const change of changes) {
      const one = json(application(change))
      assert.isNotEmpty(refusals(applications, one), JSON.stringify(change))
      assert.isTrue(Result.isFailure(validateApplication(one, plainSettings)), JSON.stringify(change))
      if ("driver" in change) continue
      const server = json(connect(change))
      assert.isNotEmpty(refusals(connects, server), JSON.stringify(change))
      assert.isTrue(Result.isFailure(validateConnect(server, 1, connectSettings)), JSON.stringify(change))
    }
  })
})
