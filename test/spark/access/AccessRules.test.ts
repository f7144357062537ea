import { assert, describe, it } from "@effect/vitest"
import type { SparkApplication } from "../../../src/api/application/SparkApplication.ts"
import { workloadOf } from "../../../src/application/Workload.ts"
import { accessWarnings } from "../../../src/spark/access/AccessRules.ts"
import { noChildOptions } from "../../../src/spark/ChildOptions.ts"
import { application, assertProblem } from "../../support/SparkFixture.ts"

const entry = (fields: object) =>
  application({ driverIngressOptions: [{ servicePort: 80, servicePortName: "a", ...fields }] })
const ui = (fields: object) => application({ sparkUIOptions: fields })

describe("Services and Ingresses of a driver", () => {
  const table: ReadonlyArray<readonly [title: string, resource: unknown, field: string, message: RegExp]> = [
    ["a port out of range", entry({ servicePort: 70000 }), "spec.driverIngressOptions[0].servicePort", /1 to 65535/],
    ["port 0 for the UI", ui({ servicePort: 0 }), "spec.sparkUIOptions.servicePort", /1 to 65535/],
    [
      "a port's name with capitals",
      ui({ servicePortName: "UI" }),
      "spec.sparkUIOptions.servicePortName",
      /lower-case letters/,
    ],
    [
      "a type without a driver behind it",
      ui({ serviceType: "ExternalName" }),
      "spec.sparkUIOptions.serviceType",
      /NodePort/,
    ],
    ["an illegal label", ui({ serviceLabels: { a: "b c" } }), "spec.sparkUIOptions.serviceLabels.a", /label value/],
    [
      "an illegal annotation",
      ui({ ingressAnnotations: { "a b": "" } }),
      'spec.sparkUIOptions.ingressAnnotations["a b"]',
      /annotation key/,
    ],
    [
      "an unknown token",
      entry({ ingressURLFormat: "{{$app}}.example.com" }),
      "spec.driverIngressOptions[0].ingressURLFormat",
      /appNamespace/,
    ],
    [
      "a port that is there twice",
      application({
        driverIngressOptions: [
          { servicePort: 80, servicePortName: "a" },
          { servicePort: 80, servicePortName: "b" },
        ],
      }),
      "spec.driverIngressOptions[1].servicePort",
      /twice/,
    ],
    [
      "an address that is there twice",
      application({
        driverIngressOptions: [
          { servicePort: 80, servicePortName: "a", ingressURLFormat: "http://spark-pi.example.com/" },
          { servicePort: 81, servicePortName: "b", ingressURLFormat: "https://{{$appName}}.example.com" },
        ],
      }),
      "spec.driverIngressOptions[1].ingressURLFormat",
      /spark-pi\.example\.com is used twice/,
    ],
  ]
  for (const [title, resource, field, message] of table) {
    it(`refuses ${title}`, () => assertProblem(resource, field, message))
  }
})

describe("an application id in the address of an Ingress", () => {
  const options = { ...noChildOptions, uiService: true, ingressUrlFormat: "{{$appId}}.example.com" }
  const fieldsOf = (by: "native" | "job") =>
    accessWarnings(workloadOf(application() as SparkApplication), options, by).map(({ field }) => field)

  it("is resolved if the operator submits, and causes a warning if a Job does", () => {
    assert.deepStrictEqual(fieldsOf("native"), [])
    assert.deepStrictEqual(fieldsOf("job"), ["spec.submission.submitter"])
  })
})
