import { assert, describe, it } from "@effect/vitest"
import {
  application,
  assertProblem,
  environment,
  mounts,
  options,
  problems,
  submission,
  submit,
  valid,
} from "../support/SparkFixture.ts"

describe("the driver's template", () => {
  const template = {
    metadata: {
      labels: { mine: "1", "spark-role": "executor" },
      annotations: { note: "x" },
      ownerReferences: [
        { apiVersion: "v1", kind: "Node", name: "n", uid: "1" },
        { apiVersion: "v1", kind: "X", name: "x", uid: "2", controller: true },
      ],
    },
    spec: {
      enableServiceLinks: true,
      restartPolicy: "Always",
      volumes: [{ name: "v", emptyDir: {} }],
      containers: [
        { name: "side", image: "side" },
        {
          name: "spark-kubernetes-driver",
          image: "old",
          command: ["/tini"],
          args: ["--"],
          env: [{ name: "SPARK_USER", value: "me" }],
          volumeMounts: [{ name: "v", mountPath: "/v" }],
          resources: { requests: { cpu: "9", "ephemeral-storage": "1Gi" }, claims: [{ name: "c" }] },
        },
      ],
    },
  }

  it("keeps what Spark does not set, and comes first where lists are joined", () => {
    const { pod, container } = submit(application({ driver: { template } }))
    assert.deepStrictEqual(container.command, ["/tini"])
    assert.deepStrictEqual(container.args?.slice(0, 2), ["--", "driver"])
    assert.deepStrictEqual(environment(container).slice(0, 2), ["SPARK_USER=me", "SPARK_USER=spark"])
    assert.strictEqual(mounts(container)[0], "v /v")
    assert.strictEqual(pod.metadata?.annotations?.["note"], "x")
    assert.strictEqual(pod.metadata?.labels?.["mine"], "1")
    assert.isTrue(pod.spec?.enableServiceLinks)
    assert.deepStrictEqual(container.resources?.claims, [{ name: "c" }])
    assert.strictEqual(container.resources?.requests?.["ephemeral-storage"], "1Gi")
  })

  it("is overridden where Spark decides", () => {
    const { pod, container } = submit(application({ driver: { template } }))
    assert.strictEqual(pod.spec?.restartPolicy, "Never")
    assert.strictEqual(container.image, "spark:4.0.4")
    assert.strictEqual(container.resources?.requests?.["cpu"], "1")
    assert.strictEqual(pod.metadata?.labels?.["spark-role"], "driver")
  })

  it("puts sidecars first and the Spark container last", () => {
    const { pod } = submit(application({ driver: { template } }))
    assert.deepStrictEqual(
      pod.spec?.containers.map(({ name }) => name),
      ["side", "spark-kubernetes-driver"],
    )
  })

  it("has the Spark container first when none has its name, and names it", () => {
    const containers = [
      { name: "main", command: ["x"] },
      { name: "side", image: "side" },
    ]
    const { pod, container } = submit(application({ driver: { template: { spec: { containers } } } }))
    assert.deepStrictEqual(container.command, ["x"])
    assert.deepStrictEqual(
      pod.spec?.containers.map(({ name }) => name),
      ["side", "spark-kubernetes-driver"],
    )
  })

  it("keeps other owners, with the application as the controller", () => {
    const owners = submit(application({ driver: { template } })).pod.metadata?.ownerReferences ?? []
    assert.deepStrictEqual(
      owners.map(({ kind }) => kind),
      ["Node", "SparkApplication"],
    )
  })

  it("must have the shape of a pod", () => {
    const template = { metadata: { labels: { a: 1 } }, spec: { containers: [{ args: "x", env: {} }, 3], volumes: {} } }
    assert.deepStrictEqual(
      problems(application({ driver: { template } })).map(({ field }) => field.replace("spec.driver.template.", "")),
      ["metadata.labels", "spec.containers", "spec.volumes", "spec.containers[0].env", "spec.containers[0].args"],
    )
  })
})

describe("the executor template", () => {
  it.each([
    ["default", /^spark-drv-[0-9a-f]{16}-conf-map$/],
    ["strict", /^spark-pi-[0-9a-f]{16}-driver-podspec-conf-map$/],
  ] as const)("is in a ConfigMap that the driver mounts; with parity %s in %s", (parity, name) => {
    const { configMaps, container, pod, properties } = submit(application(), submission, { ...options, parity })
    const holder = configMaps.find(({ data }) => data?.["podspec-configmap-key"] !== undefined)
    assert.match(holder?.metadata?.name ?? "", name)
    assert.isTrue(holder?.immutable)
    assert.deepStrictEqual(pod.spec?.volumes?.[0], {
      name: "pod-template-volume",
      configMap: {
        name: holder?.metadata?.name ?? "",
        items: [{ key: "podspec-configmap-key", path: "pod-spec-template.yml" }],
      },
    })
    assert.include(mounts(container), "pod-template-volume /opt/spark/pod-template")
    assert.strictEqual(
      properties.get("spark.kubernetes.executor.podTemplateFile"),
      "/opt/spark/pod-template/pod-spec-template.yml",
    )
  })

  it("switches off service links, has the attributes of its service and does not belong to the application", () => {
    const { executorTemplate } = submit(application())
    assert.deepStrictEqual(executorTemplate, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        annotations: {
          "resource.opentelemetry.io/service.name": "spark-pi",
          "resource.opentelemetry.io/service.namespace": "default",
          "resource.opentelemetry.io/spark.application.attempt": "1",
        },
      },
      spec: { enableServiceLinks: false, containers: [{ name: "spark-kubernetes-executor" }] },
    })
  })

  it("is the user's, in which Spark finds its container by name", () => {
    const template = {
      metadata: { labels: { a: "1" } },
      spec: { runtimeClassName: "gvisor", containers: [{ name: "main" }] },
    }
    const { executorTemplate, properties } = submit(application({ executor: { template } }))
    assert.deepStrictEqual(executorTemplate.metadata?.labels, { a: "1" })
    assert.strictEqual(executorTemplate.spec?.runtimeClassName, "gvisor")
    assert.strictEqual(
      properties.get("spark.kubernetes.executor.podTemplateContainerName"),
      executorTemplate.spec?.containers[0]?.name,
    )
  })
})

describe("podTemplate", () => {
  const template = {
    metadata: { labels: { mine: "1" } },
    spec: {
      runtimeClassName: "gvisor",
      containers: [{ name: "main", lifecycle: { preStop: { sleep: { seconds: 1 } } } }],
    },
  }

  it.each(["driver", "executor"])("of the %s is another spelling of template", (role) => {
    const aliased = application({ [role]: { podTemplate: template } })
    assert.deepStrictEqual(submit(aliased), submit(application({ [role]: { template } })))
    assert.strictEqual(
      role === "driver"
        ? submit(aliased).pod.metadata?.labels?.["mine"]
        : submit(aliased).executorTemplate.metadata?.labels?.["mine"],
      "1",
    )
  })

  it.each(["driver", "executor"])("of the %s is refused next to template, even an equal one", (role) => {
    const both = application({ [role]: { template, podTemplate: template } })
    assertProblem(
      both,
      `spec.${role}.podTemplate`,
      new RegExp(`spec\\.${role}\\.template are the same setting; remove one`),
    )
  })

  it("may be used in one role and template in the other", () => {
    const { pod, executorTemplate } = submit(application({ driver: { podTemplate: template }, executor: { template } }))
    assert.strictEqual(pod.metadata?.labels?.["mine"], "1")
    assert.strictEqual(executorTemplate.metadata?.labels?.["mine"], "1")
  })

  it("is an object", () => {
    assertProblem(application({ driver: { podTemplate: "x" } }), "spec.driver.podTemplate", /expected an object/)
  })

  it("has problems and warnings under its own name", () => {
    const fieldsOf = (spelling: string, template: object) =>
      problems(application({ driver: { [spelling]: template }, executor: { [spelling]: template } })).map(
        ({ field }) => field,
      )
    for (const wrong of [
      { metadata: { labels: { a: 1 } }, spec: { containers: [{ env: {} }] } },
      { metadata: { labels: { "sparkoperator.k8s.io/app-name": "other" } } },
    ]) {
      const fields = fieldsOf("template", wrong)
      assert.isNotEmpty(fields)
      assert.deepStrictEqual(
        fieldsOf("podTemplate", wrong),
        fields.map((field) => field.replace(/^(spec\.\w+)\.template/, "$1.podTemplate")),
      )
    }
    const replaced = (spelling: string) =>
      valid(application({ executor: { [spelling]: template }, sparkConf: { "spark.decommission.enabled": "true" } }))
        .warnings
    assert.deepStrictEqual(
      replaced("podTemplate"),
      replaced("template").map((warning) => ({ ...warning, field: "spec.executor.podTemplate" })),
    )
    assert.lengthOf(replaced("podTemplate"), 1)
  })
})
