import { assert, describe, it } from "@effect/vitest"
import { accessWarnings } from "../../../src/spark/access/AccessRules.ts"
import { noChildOptions } from "../../../src/spark/ChildOptions.ts"
import { application, assertProblem, type Changes, valid } from "../../support/SparkFixture.ts"

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
      "a Gateway without a name",
      ui({ parentRefs: [{ name: "a" }, { namespace: "b" }] }),
      "spec.sparkUIOptions.parentRefs[1].name",
      /is required/,
    ],
    [
      "a listener that is no text",
      entry({ parentRefs: [{ name: "a", sectionName: 443 }] }),
      "spec.driverIngressOptions[0].parentRefs[0].sectionName",
      /put it in quotes/,
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
    accessWarnings({ ...valid(application()), submitter: { by, reasons: [] } }, options).map(({ field }) => field)

  it("is resolved if the operator submits, and causes a warning if a Job does", () => {
    assert.deepStrictEqual(fieldsOf("native"), [])
    assert.deepStrictEqual(fieldsOf("job"), ["spec.submission.submitter"])
  })
})

describe("what an HTTPRoute cannot do", () => {
  const operator = { ...noChildOptions, uiService: true, ingressUrlFormat: "{{$appName}}.example.com" }
  const parentRefs = [{ name: "public" }]
  const warned = (changes: Changes, more: object = {}) =>
    accessWarnings(valid(application(changes)), { ...operator, ...more }).map(({ field }) => field)

  it("causes a warning: certificates of its own, TLS to the UI, and no address", () => {
    const ingressTLS = [{ secretName: "tls" }]
    assert.deepStrictEqual(warned({ sparkUIOptions: { ingressTLS } }), [])
    assert.deepStrictEqual(warned({ sparkUIOptions: { ingressTLS, parentRefs } }), ["spec.sparkUIOptions.ingressTLS"])
    const gateway = { uiRoute: "gateway", gatewayParents: parentRefs }
    assert.deepStrictEqual(warned({ sparkConf: { "spark.ssl.ui.enabled": "true" } }, gateway), ["spec.sparkUIOptions"])
    assert.deepStrictEqual(warned({ sparkUIOptions: { parentRefs } }, { ingressUrlFormat: undefined }), [
      "spec.sparkUIOptions.parentRefs",
    ])
    const port = { servicePort: 80, servicePortName: "a" }
    assert.deepStrictEqual(warned({ driverIngressOptions: [{ ...port, parentRefs }] }), [
      "spec.driverIngressOptions[0].parentRefs",
    ])
    assert.deepStrictEqual(
      warned({ driverIngressOptions: [{ ...port, ingressURLFormat: "a.b", ingressTLS }] }, gateway),
      ["spec.driverIngressOptions[0].ingressTLS"],
    )
  })
})
