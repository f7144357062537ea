import { assert, describe, it } from "@effect/vitest"
import type { Child } from "../../../src/spark/Child.ts"
import type { ChildOptions } from "../../../src/spark/ChildOptions.ts"
import { children, childrenInfo } from "../../../src/spark/Children.ts"
import { application, type Changes, options, submission, valid } from "../../support/SparkFixture.ts"

const ingress: ChildOptions = {
  uiService: true,
  driverPodDisruptionBudget: false,
  ingressUrlFormat: "https://spark.example.com/{{$appNamespace}}/{{$appName}}",
  ingressAnnotations: { a: "all" },
}
const gateway: ChildOptions = {
  ...ingress,
  uiRoute: "gateway",
  gatewayParents: [{ name: "public", namespace: "gateways", sectionName: "https" }],
}
const notebook = (more: object = {}) => ({
  servicePort: 8888,
  servicePortName: "notebook",
  ingressURLFormat: "{{$appName}}.example.com",
  ...more,
})

const made = (settings: ChildOptions, changes: Changes = {}): ReadonlyArray<Child> =>
  children(valid(application(changes)), submission, { ...options, children: settings })

const routes = (settings: ChildOptions, changes: Changes = {}) =>
  made(settings, changes).filter(({ kind }) => kind === "HTTPRoute")

const specOf = (route: Child | undefined) => (route?.object.spec ?? {}) as Readonly<Record<string, unknown>>

describe("the HTTPRoute of an address", () => {
  it("leads from the operator's Gateways to the UI, without the path of the address", () => {
    const [route, ...others] = routes(gateway)
    assert.deepStrictEqual(others, [])
    assert.deepStrictEqual(
      [route?.group, route?.version, route?.plural],
      ["gateway.networking.k8s.io", "v1", "httproutes"],
    )
    const { apiVersion, metadata, spec } = route?.object ?? {}
    assert.strictEqual(apiVersion, "gateway.networking.k8s.io/v1")
    assert.strictEqual(metadata?.name, "spark-pi-ui-route")
    assert.deepStrictEqual(metadata?.annotations, { a: "all" })
    assert.strictEqual(metadata?.ownerReferences?.[0]?.name, "spark-pi")
    assert.deepStrictEqual(spec, {
      parentRefs: [{ name: "public", namespace: "gateways", sectionName: "https" }],
      hostnames: ["spark.example.com"],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/default/spark-pi" } }],
          filters: [
            {
              type: "URLRewrite",
              urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } },
            },
          ],
          backendRefs: [{ name: "spark-pi-ui-svc", port: 4040 }],
        },
      ],
    })
  })

  it("rewrites nothing where the address is a host alone", () => {
    const [route] = routes({ ...gateway, ingressUrlFormat: "https://{{$appName}}.example.com" })
    assert.deepStrictEqual(specOf(route)["rules"], [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        backendRefs: [{ name: "spark-pi-ui-svc", port: 4040 }],
      },
    ])
  })

  it("replaces the Ingress where the operator or the application chooses Gateways, for each port by itself", () => {
    const kinds = (settings: ChildOptions, changes: Changes) =>
      made(settings, changes).flatMap(({ kind, object }) =>
        kind === "Service" ? [] : [`${kind} ${object.metadata?.name}`],
      )
    const own = { parentRefs: [{ name: "own" }] }
    assert.deepStrictEqual(kinds(gateway, { driverIngressOptions: [notebook()] }), [
      "HTTPRoute spark-pi-ui-route",
      "HTTPRoute spark-pi-route-8888",
    ])
    assert.deepStrictEqual(kinds(ingress, { sparkUIOptions: own, driverIngressOptions: [notebook()] }), [
      "HTTPRoute spark-pi-ui-route",
      "Ingress spark-pi-ing-8888",
    ])
    assert.deepStrictEqual(kinds(ingress, { driverIngressOptions: [notebook(own)] }), [
      "Ingress spark-pi-ui-ingress",
      "HTTPRoute spark-pi-route-8888",
    ])
  })

  it("prefers the Gateways and annotations of the application, and knows where the Gateways are named", () => {
    const sparkUIOptions = { parentRefs: [{ name: "own" }], ingressAnnotations: { b: "own" } }
    const [own] = routes(gateway, { sparkUIOptions })
    assert.deepStrictEqual(specOf(own)["parentRefs"], [{ name: "own" }])
    assert.deepStrictEqual(own?.object.metadata?.annotations, { b: "own" })
    assert.strictEqual(own?.parentsFrom, "spec.sparkUIOptions.parentRefs")
    assert.strictEqual(routes(gateway)[0]?.parentsFrom, "--gateway-parent-refs")
    const driverIngressOptions = [
      notebook({ servicePort: 1, ingressURLFormat: "a.b" }),
      notebook({ parentRefs: [{ name: "x" }] }),
    ]
    assert.deepStrictEqual(
      routes(ingress, { driverIngressOptions }).map(({ parentsFrom }) => parentsFrom),
      ["spec.driverIngressOptions[1].parentRefs"],
    )
  })

  it("gives the status the address of the UI, and Spark the path of its links", () => {
    const plan = valid(application())
    const existing = made(gateway).map(({ object }) => object)
    const { webUIIngressName, webUIIngressAddress } = childrenInfo(plan, submission, { children: gateway }, existing)
    assert.deepStrictEqual(
      [webUIIngressName, webUIIngressAddress],
      ["spark-pi-ui-route", "https://spark.example.com/default/spark-pi"],
    )
  })
})
