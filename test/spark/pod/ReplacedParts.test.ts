import { assert, describe, it } from "@effect/vitest"
import { application, type Changes, valid } from "../../support/SparkFixture.ts"

const warnings = (sparkVersion: string, changes: Changes) =>
  valid(application({ sparkVersion, ...changes })).warnings.map(({ field, message }) => `${field}: ${message}`)
const ofExecutor = (executor: Changes): Changes => ({ executor })
const container = (fields: object): Changes => ofExecutor({ template: { spec: { containers: [fields] } } })
const ports = [{ name: "jmx", protocol: "TCP", containerPort: 8090 }]

describe("parts of executors that the driver replaces", () => {
  it("are the ports in Spark 3.3, whichever field they come from", () => {
    const replaced = "replaced by the driver of Spark 3.3"
    assert.deepStrictEqual(warnings("3.3.4", ofExecutor({ ports })), [`spec.executor.ports: is ${replaced}`])
    assert.deepStrictEqual(warnings("3.3.4", container({ ports })), [`spec.executor.template: ports is ${replaced}`])
    const prometheus = { jmxExporterJar: "/prometheus/exporter.jar" }
    const monitoring = { exposeDriverMetrics: false, exposeExecutorMetrics: true, prometheus }
    assert.deepStrictEqual(warnings("3.3.4", { monitoring }), [`spec.monitoring: ports is ${replaced}`])
    for (const version of ["3.4.4", "3.5.9", "4.0.5", "4.1.4", "4.2.0", "4.3.0"]) {
      assert.deepStrictEqual(warnings(version, ofExecutor({ ports })), [])
    }
  })

  it("are privileges since Spark 4.3, unless the configuration gives them", () => {
    const changes = ofExecutor({ securityContext: { allowPrivilegeEscalation: true, runAsUser: 1 } })
    assert.deepStrictEqual(warnings("4.2.0", changes), [])
    const key = "spark.kubernetes.executor.securityContext.allowPrivilegeEscalation"
    assert.deepStrictEqual(warnings("4.3.0", changes), [
      `spec.executor.securityContext: securityContext.allowPrivilegeEscalation is replaced by the driver of Spark 4.3; use ${key} in spec.sparkConf`,
    ])
    assert.deepStrictEqual(warnings("4.3.0", { ...changes, sparkConf: { [key]: "true" } }), [])
  })

  it("are image, sizes and account of the template", () => {
    const said = warnings("4.0.5", {
      driver: { serviceAccount: "of-driver" },
      executor: {
        template: {
          spec: {
            restartPolicy: "Always",
            serviceAccountName: "own",
            containers: [{ image: "other", resources: { requests: { cpu: "7", "example.com/x": "1" } } }],
          },
        },
      },
    }).join("\n")
    assert.match(said, /template: image is replaced by the driver of Spark 4\.0; use spec\.executor\.image/)
    assert.match(said, /template: resources\.requests\.cpu is replaced .*; use cores, coreRequest/)
    assert.match(said, /template: serviceAccountName is replaced .*; use spec\.executor\.serviceAccount/)
    assert.match(said, /template: restartPolicy is replaced/)
    assert.notInclude(said, "example.com")
  })

  it("are Spark's own labels, and variables that it sets again", () => {
    const template = {
      metadata: { labels: { "spark-exec-id": "7", team: "a" } },
      spec: { containers: [{ env: [{ name: "SPARK_EXECUTOR_POD_NAME", value: "me" }] }] },
    }
    const env = [{ name: "SPARK_USER", value: "me" }]
    assert.deepStrictEqual(warnings("4.1.4", ofExecutor({ template, env })), [
      "spec.executor.template: metadata.labels.spark-exec-id is replaced by the driver of Spark 4.1",
      "spec.executor.template: env.SPARK_EXECUTOR_POD_NAME is replaced by the driver of Spark 4.1",
      "spec.executor.env[0]: env.SPARK_USER is replaced by the driver of Spark 4.1",
    ])
  })

  it("are not those that the driver keeps or that have the same value", () => {
    const kept = {
      image: "spark:4.0.4",
      command: ["/wrapper"],
      args: ["first"],
      env: [{ name: "A", value: "1" }],
      resources: { requests: { "ephemeral-storage": "1Gi" } },
      livenessProbe: { exec: { command: ["true"] } },
    }
    assert.deepStrictEqual(warnings("4.1.4", container(kept)), [])
    const grace = ofExecutor({ terminationGracePeriodSeconds: 75, template: { spec: { priorityClassName: "low" } } })
    assert.deepStrictEqual(warnings("4.1.4", grace), [])
  })
})

describe("parts of the driver's template that spark-submit replaces", () => {
  const ofDriver = (sparkVersion: string, template: object, changes: Changes = {}) =>
    warnings(sparkVersion, { ...changes, driver: { ...changes["driver"], template } })

  it("are image, sizes, account, scheduler and restart policy", () => {
    const containers = [{ image: "other", imagePullPolicy: "Always", resources: { requests: { cpu: "7" } } }]
    const spec = { restartPolicy: "Always", serviceAccountName: "own", schedulerName: "mine", containers }
    const sparkConf = { "spark.kubernetes.driver.scheduler.name": "other" }
    const by = "is replaced by spark-submit of Spark 4.1"
    assert.deepStrictEqual(ofDriver("4.1.4", { spec }, { driver: { serviceAccount: "spark" }, sparkConf }), [
      `spec.driver.template: image ${by}; use spec.driver.image`,
      `spec.driver.template: imagePullPolicy ${by}; use spec.imagePullPolicy`,
      `spec.driver.template: resources.requests.cpu ${by}; use cores, coreRequest, coreLimit, memory and memoryOverhead of spec.driver`,
      `spec.driver.template: restartPolicy ${by}`,
      `spec.driver.template: serviceAccountName ${by}; use spec.driver.serviceAccount`,
      `spec.driver.template: schedulerName ${by}; use spec.driver.schedulerName`,
    ])
  })

  it("are Spark's own labels, and variables that it sets again", () => {
    const containers = [{ env: ["SPARK_USER", "SPARK_CONF_DIR", "MINE"].map((name) => ({ name, value: "x" })) }]
    const template = { metadata: { labels: { "spark-role": "other", team: "a" } }, spec: { containers } }
    const by = "is replaced by spark-submit of Spark 3.5"
    assert.deepStrictEqual(ofDriver("3.5.9", template), [
      `spec.driver.template: metadata.labels.spark-role ${by}`,
      `spec.driver.template: env.SPARK_USER ${by}; use spec.driver.env`,
      `spec.driver.template: env.SPARK_CONF_DIR ${by}; use spec.driver.env`,
    ])
  })

  it("are privileges since Spark 4.3", () => {
    const template = { spec: { containers: [{ securityContext: { allowPrivilegeEscalation: true, runAsUser: 1 } }] } }
    assert.deepStrictEqual(ofDriver("4.2.0", template), [])
    assert.deepStrictEqual(ofDriver("4.3.0", template), [
      "spec.driver.template: securityContext.allowPrivilegeEscalation is replaced by spark-submit of Spark 4.3; use spark.kubernetes.driver.securityContext.allowPrivilegeEscalation in spec.sparkConf",
    ])
  })

  it("are not those that it keeps, has added to, or gives the same value", () => {
    const container = {
      image: "spark:4.0.4",
      command: ["/wrapper"],
      args: ["first"],
      ports: [{ name: "jmx", containerPort: 8090 }],
      resources: { limits: { "example.com/x": "1" } },
    }
    const spec = {
      restartPolicy: "Never",
      serviceAccountName: "spark",
      nodeSelector: { a: "b" },
      tolerations: [{ operator: "Exists" }],
      imagePullSecrets: [{ name: "mine" }],
      containers: [container, { name: "sidecar", image: "other" }],
    }
    assert.deepStrictEqual(ofDriver("4.0.4", { spec }, { imagePullSecrets: ["more"] }), [])
  })
})
