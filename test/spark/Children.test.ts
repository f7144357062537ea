import { assert, describe, it } from "@effect/vitest"
import type { Service } from "kubernetes-types/core/v1"
import type { Ingress } from "kubernetes-types/networking/v1"
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1"
import { isDnsLabel, isDnsSubdomain } from "../../src/kube/names/ObjectName.ts"
import type { ChildObject } from "../../src/spark/Child.ts"
import { driverServiceName, uiServiceName } from "../../src/spark/ChildNames.ts"
import type { ChildOptions } from "../../src/spark/ChildOptions.ts"
import { children, childrenInfo } from "../../src/spark/Children.ts"
import { submitJob } from "../../src/spark/submit/SubmitJob.ts"
import { application, options, submission, submit, valid, type Changes } from "../support/SparkFixture.ts"

const off: ChildOptions = { uiService: false, driverPodDisruptionBudget: false }
const on: ChildOptions = {
  uiService: true,
  driverPodDisruptionBudget: true,
  ingressUrlFormat: "https://spark.example.com/{{$appNamespace}}/{{$appName}}",
}

const made = (changes: Changes, settings: ChildOptions) =>
  children(valid(application(changes)), submission, { ...options, children: settings })
const names = (changes: Changes, settings: ChildOptions) =>
  made(changes, settings).map(({ kind, object, phase }) => `${phase} ${kind} ${object.metadata?.name}`)
const find = <A = ChildObject>(changes: Changes, settings: ChildOptions, kind: string) =>
  (made(changes, settings).find((child) => child.kind === kind)?.object ?? assert.fail(`no ${kind}`)) as A

const jmx = { exposeDriverMetrics: true, exposeExecutorMetrics: false, prometheus: { jmxExporterJar: "/jmx.jar" } }

describe("companion objects of a driver", () => {
  const table: ReadonlyArray<readonly [title: string, Changes, ChildOptions, ReadonlyArray<string>]> = [
    ["an operator without a UI Service makes none", {}, off, []],
    ["a UI Service by the operator's setting", {}, { ...off, uiService: true }, ["after Service spark-pi-ui-svc"]],
    [
      "and an Ingress if the operator has a format of addresses",
      {},
      on,
      ["after Service spark-pi-ui-svc", "after Ingress spark-pi-ui-ingress"],
    ],
    ["no Service to a UI that is off", { sparkConf: { "spark.ui.enabled": "false" } }, on, []],
    [
      "a Service for each further port, and an Ingress where it has an address",
      {
        driverIngressOptions: [
          { servicePort: 8888, servicePortName: "notebook" },
          { servicePort: 9999, servicePortName: "api", ingressURLFormat: "{{$appName}}.example.com" },
        ],
      },
      off,
      ["after Service spark-pi-driver-8888", "after Service spark-pi-driver-9999", "after Ingress spark-pi-ing-9999"],
    ],
    [
      "a PodDisruptionBudget with the name of the driver",
      { driverPodDisruptionBudget: true, driver: { podName: "my-driver" } },
      { ...off, driverPodDisruptionBudget: true },
      ["after PodDisruptionBudget my-driver"],
    ],
    ["none where the operator makes none", { driverPodDisruptionBudget: true }, off, []],
    ["the files of monitoring before the driver", { monitoring: jmx }, off, ["before ConfigMap spark-pi-prom-conf"]],
  ]
  for (const [title, changes, settings, expected] of table) {
    it(title, () => {
      assert.deepStrictEqual(names(changes, settings), expected)
    })
  }

  it("belong to the application and carry its labels, which users' labels do not replace", () => {
    const serviceLabels = { team: "a", "sparkoperator.k8s.io/app-name": "other" }
    const { metadata } = find({ sparkUIOptions: { serviceLabels } }, on, "Service")
    assert.deepStrictEqual(metadata?.labels, {
      team: "a",
      "sparkoperator.k8s.io/app-name": "spark-pi",
      "sparkoperator.k8s.io/submission-id": submission.submissionId,
      "sparkoperator.k8s.io/created-by-spark-operator": "true",
    })
    assert.deepStrictEqual(
      metadata?.ownerReferences?.map(({ uid, controller }) => [uid, controller]),
      [["2f1b8e2a-58cd-4a43-a4f6-5a8d3b4d2c11", true]],
    )
  })

  const ports: ReadonlyArray<readonly [Changes, port: number, targetPort: number, name: string]> = [
    [{}, 4040, 4040, "spark-driver-ui-port"],
    [{ sparkConf: { "spark.ui.port": "4041" } }, 4041, 4041, "spark-driver-ui-port"],
    [{ sparkConf: { "spark.ui.port": "4041" }, sparkUIOptions: {} }, 4040, 4041, "spark-driver-ui-port"],
    [{ sparkUIOptions: { servicePort: 80, servicePortName: "http" } }, 80, 4040, "http"],
  ]
  for (const [changes, port, targetPort, name] of ports) {
    it(`the UI Service of ${JSON.stringify(changes)} leads from ${port} to ${targetPort}`, () => {
      const service = find<Service>(changes, on, "Service")
      assert.deepStrictEqual(service.spec?.ports, [{ name, port, targetPort, protocol: "TCP" }])
      assert.deepStrictEqual(service.spec?.selector, {
        "sparkoperator.k8s.io/app-name": "spark-pi",
        "spark-role": "driver",
      })
    })
  }

  it("an Ingress below a path removes the path; one of a whole host does not", () => {
    const below = find<Ingress>({}, on, "Ingress")
    assert.strictEqual(below.metadata?.annotations?.["nginx.ingress.kubernetes.io/rewrite-target"], "/$2")
    const rule = below.spec?.rules?.[0]
    assert.strictEqual(rule?.host, "spark.example.com")
    assert.deepStrictEqual(rule?.http?.paths, [
      {
        path: "/default/spark-pi(/|$)(.*)",
        pathType: "ImplementationSpecific",
        backend: { service: { name: "spark-pi-ui-svc", port: { number: 4040 } } },
      },
    ])
    const whole = find<Ingress>({}, { ...on, ingressUrlFormat: "{{$appName}}.example.com" }, "Ingress")
    assert.isUndefined(whole.metadata?.annotations)
    assert.strictEqual(whole.spec?.rules?.[0]?.http?.paths[0]?.path, "/")
  })

  it("an Ingress has the operator's class, and its certificates and annotations unless the application has its own", () => {
    const settings = {
      ...on,
      ingressUrlFormat: "{{$appName}}.example.com",
      ingressClassName: "inner",
      ingressTls: [{ secretName: "all" }],
      ingressAnnotations: { a: "all" },
    }
    const byDefault = find<Ingress>({}, settings, "Ingress")
    assert.deepStrictEqual(
      [byDefault.spec?.ingressClassName, byDefault.spec?.tls, byDefault.metadata?.annotations],
      ["inner", [{ secretName: "all" }], { a: "all" }],
    )
    const sparkUIOptions = { ingressTLS: [{ secretName: "own" }], ingressAnnotations: { b: "own" } }
    const own = find<Ingress>({ sparkUIOptions }, settings, "Ingress")
    assert.deepStrictEqual([own.spec?.tls, own.metadata?.annotations], [[{ secretName: "own" }], { b: "own" }])
  })

  it("a PodDisruptionBudget protects the driver", () => {
    const budget = find<PodDisruptionBudget>({ driverPodDisruptionBudget: true }, on, "PodDisruptionBudget")
    assert.deepStrictEqual(budget.spec, {
      minAvailable: 1,
      selector: { matchLabels: { "sparkoperator.k8s.io/app-name": "spark-pi", "spark-role": "driver" } },
    })
  })

  it("have valid names of Services, however long the application's name is", () => {
    const long = "a".repeat(63)
    assert.strictEqual(uiServiceName(long), `${"a".repeat(48)}b06521f3-ui-svc`)
    assert.isAtMost(driverServiceName(long, 65535).length, 63)
    assert.notStrictEqual(uiServiceName(`${"a".repeat(62)}b`), uiServiceName(long))
  })

  it("are valid for the longest name that an application may have", () => {
    const driverIngressOptions = [{ servicePort: 65535, servicePortName: "a", ingressURLFormat: "a.b/{{$appName}}" }]
    const changes = { driverIngressOptions, driverPodDisruptionBudget: true, monitoring: jmx }
    const long = valid(application(changes, { name: "a".repeat(63) }))
    const found = children(long, submission, { ...options, children: on })
    assert.lengthOf(found, 6)
    for (const { kind, object } of found) {
      const name = object.metadata?.name ?? ""
      assert.isTrue(kind === "Service" ? isDnsLabel(name) : isDnsSubdomain(name), `${kind} ${name}`)
    }
    assert.strictEqual(new Set(found.map(({ kind, object }) => `${kind} ${object.metadata?.name}`)).size, 6)
  })

  it("provide the address of the UI, once they exist", () => {
    const plan = valid(application())
    const existing = made({}, on).map(({ object }) => object)
    const withAddress = existing.map((object) =>
      object.kind === "Service" ? { ...object, spec: { ...(object.spec as object), clusterIP: "10.0.0.7" } } : object,
    )
    assert.deepStrictEqual(childrenInfo(plan, submission, { children: on }, withAddress), {
      webUIServiceName: "spark-pi-ui-svc",
      webUIPort: 4040,
      webUIAddress: "10.0.0.7:4040",
      webUIIngressName: "spark-pi-ui-ingress",
      webUIIngressAddress: "https://spark.example.com/default/spark-pi",
    })
    assert.deepStrictEqual(childrenInfo(plan, submission, { children: on }, []), {})
  })
})

describe("the UI below a path", () => {
  const proxyBase = (changes: Changes, settings: ChildOptions) => {
    const { properties } = submit(application(changes), submission, { ...options, children: settings })
    return ["spark.ui.proxyBase", "spark.ui.proxyRedirectUri"].map((key) => properties.get(key))
  }

  it("has its path configured, unless the user sets it", () => {
    assert.deepStrictEqual(proxyBase({}, on), ["/default/spark-pi", "/"])
    assert.deepStrictEqual(proxyBase({ sparkConf: { "spark.ui.proxyBase": "/x" } }, on), ["/x", "/"])
  })

  it("also has it configured by a Job's spark-submit", () => {
    const { job } = submitJob(valid(application({ submission: { submitter: "job" } })), submission, {
      ...options,
      children: on,
    })
    assert.include(JSON.stringify(job), '"spark.ui.proxyBase=/default/spark-pi"')
  })

  it("has no path configured if it has a host of its own, or no Ingress", () => {
    assert.deepStrictEqual(proxyBase({}, { ...on, ingressUrlFormat: "{{$appName}}.example.com" }), [
      undefined,
      undefined,
    ])
    assert.deepStrictEqual(proxyBase({}, off), [undefined, undefined])
  })
})
