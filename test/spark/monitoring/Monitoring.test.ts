import { assert, describe, it } from "@effect/vitest"
import type { ConfigMap } from "kubernetes-types/core/v1"
import { parse } from "yaml"
import { children } from "../../../src/spark/Children.ts"
import {
  application,
  assertProblem,
  mounts,
  options,
  submission,
  submit,
  valid,
  type Changes,
} from "../../support/SparkFixture.ts"

const jar = "/prometheus/jmx_prometheus_javaagent.jar"
const both = { exposeDriverMetrics: true, exposeExecutorMetrics: true }
const jmx = { ...both, prometheus: { jmxExporterJar: jar } }

const filesOf = (monitoring: object): ConfigMap["data"] => {
  const [child] = children(valid(application({ monitoring })), submission, options)
  return (child?.object as ConfigMap | undefined)?.data
}
const built = (monitoring: object, changes: Changes = {}) => submit(application({ ...changes, monitoring }))

describe("monitoring with the JMX exporter", () => {
  it("adds the agent to the Java options of exposed roles, wherever those are set", () => {
    const agent = `-javaagent:${jar}=8090:/etc/metrics/conf/prometheus.yaml`
    const { properties } = built(jmx, {
      driver: { javaOptions: "-Da=1" },
      sparkConf: { "spark.executor.extraJavaOptions": "-Db=2" },
    })
    assert.strictEqual(properties.get("spark.driver.extraJavaOptions"), `-Da=1 ${agent}`)
    assert.strictEqual(properties.get("spark.executor.extraJavaOptions"), `-Db=2 ${agent}`)
    const driverOnly = built({ ...jmx, exposeExecutorMetrics: false }).properties
    assert.isUndefined(driverOnly.get("spark.executor.extraJavaOptions"))
  })

  it("configures the files, and names metrics after the application", () => {
    const { properties } = built(jmx, { sparkConf: { "spark.metrics.namespace": "mine" } })
    assert.strictEqual(properties.get("spark.metrics.conf"), "/etc/metrics/conf/metrics.properties")
    assert.strictEqual(properties.get("spark.metrics.namespace"), "default.spark-pi")
  })

  it("keeps the user's namespace if the rules are also the user's", () => {
    const own = { ...both, prometheus: { jmxExporterJar: jar, configuration: "rules: []" } }
    const { properties } = built(own, { sparkConf: { "spark.metrics.namespace": "mine" } })
    assert.strictEqual(properties.get("spark.metrics.namespace"), "mine")
  })

  it("adds annotations, port and files to exposed pods only", () => {
    const prometheus = { jmxExporterJar: jar, port: 9999, portName: "jmx" }
    const { pod, container, executorTemplate } = built({ ...both, exposeExecutorMetrics: false, prometheus })
    assert.strictEqual(pod.metadata?.annotations?.["prometheus.io/port"], "9999")
    assert.strictEqual(pod.metadata?.annotations?.["prometheus.io/path"], "/metrics")
    assert.deepInclude(container.ports ?? [], { name: "jmx", containerPort: 9999, protocol: "TCP" })
    assert.include(mounts(container), "spark-pi-prom-conf-vol /etc/metrics/conf")
    assert.notInclude(JSON.stringify(executorTemplate), "prom-conf")
    const exposed = built(jmx)
    assert.include(mounts(exposed.executorTemplate.spec?.containers[0] ?? assert.fail()).join(), "/etc/metrics/conf")
    assert.strictEqual(exposed.properties.get("spark.kubernetes.executor.annotation.prometheus.io/port"), "8090")
  })

  it("has default rules for all that kubeflow's have, in their order", () => {
    const data = filesOf(jmx)
    const { rules } = parse(data?.["prometheus.yaml"] ?? "") as {
      rules: ReadonlyArray<{ pattern: string; name: string; type: string; labels: Readonly<Record<string, string>> }>
    }
    assert.lengthOf(rules, 13)
    /** What the exporter makes of the name of a metric. */
    const exported = (metric: string) => {
      for (const { pattern, name, type, labels } of rules) {
        const match = new RegExp(`^${pattern}$`).exec(metric)
        if (match) {
          const filled = (text: string) => text.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "")
          return [filled(name), type, Object.values(labels).map(filled).join(" ")]
        }
      }
      return undefined
    }
    const of = (rest: string) => exported(`metrics<name=default.pi.${rest}`)
    assert.deepStrictEqual(of("driver.jvm.heap.used><>Value"), ["spark_driver_jvm_heap.used", "GAUGE", "default pi"])
    assert.deepStrictEqual(of("7.executor.bytesRead><>Count"), [
      "spark_executor_bytesRead_count",
      "COUNTER",
      "default pi 7",
    ])
    assert.deepStrictEqual(of("driver.spark.streaming.q1.inputRate><>Value"), [
      "spark_structured_streaming_driver_inputRate",
      "GAUGE",
      "default pi q1",
    ])
    assert.deepStrictEqual(of("3.jvm.heap><>Value"), ["spark_executor_jvm_heap", "GAUGE", "default pi 3"])
    assert.deepStrictEqual(of("driver.LiveListenerBus.queue><>Value"), [
      "spark_driver_LiveListenerBus_queue",
      "GAUGE",
      "default pi",
    ])
    assert.isUndefined(of("driver.other.x><>Value"))
  })

  it("adds only the files that the image does not have", () => {
    const files = (monitoring: object) => Object.keys(filesOf(monitoring) ?? {})
    assert.deepStrictEqual(files(jmx), ["metrics.properties", "prometheus.yaml"])
    assert.deepStrictEqual(files({ ...jmx, metricsPropertiesFile: "/a" }), ["prometheus.yaml"])
    const configFile = { ...both, prometheus: { jmxExporterJar: jar, configFile: "/b" } }
    assert.deepStrictEqual(files(configFile), ["metrics.properties"])
    assert.deepStrictEqual(files({ ...configFile, metricsPropertiesFile: "/a" }), [])
    const { properties, container } = built({ ...configFile, metricsPropertiesFile: "/a" })
    assert.strictEqual(properties.get("spark.metrics.conf"), "/a")
    assert.match(properties.get("spark.driver.extraJavaOptions") ?? "", /=8090:\/b$/)
    assert.notInclude(mounts(container).join(), "/etc/metrics/conf")
  })
})

describe("monitoring without the JMX exporter", () => {
  it("uses the user's metrics.properties", () => {
    const monitoring = { ...both, metricsProperties: "*.sink.x.class=X" }
    assert.deepStrictEqual(filesOf(monitoring), { "metrics.properties": "*.sink.x.class=X" })
    const { properties, container } = built(monitoring)
    assert.strictEqual(properties.get("spark.metrics.conf"), "/etc/metrics/conf/metrics.properties")
    assert.include(mounts(container), "spark-pi-prom-conf-vol /etc/metrics/conf")
    assert.isUndefined(properties.get("spark.driver.extraJavaOptions"))
  })

  it("enables Spark's own endpoints without another configuration, on the port of the UI", () => {
    const { properties, pod } = built(both, { sparkConf: { "spark.ui.port": "4041" } })
    assert.strictEqual(properties.get("spark.ui.prometheus.enabled"), "true")
    assert.strictEqual(properties.get("spark.metrics.conf.driver.sink.prometheusServlet.path"), "/metrics/prometheus")
    assert.deepStrictEqual(
      ["scrape", "port", "path"].map((key) => pod.metadata?.annotations?.[`prometheus.io/${key}`]),
      ["true", "4041", "/metrics/prometheus/"],
    )
    assert.isUndefined(filesOf(both))
  })

  it("uses the executors' endpoint if only they are exposed, and does not override the user's configuration", () => {
    const executors = { exposeDriverMetrics: false, exposeExecutorMetrics: true }
    const { properties, pod } = built(executors, { sparkConf: { "spark.ui.prometheus.enabled": "false" } })
    assert.strictEqual(pod.metadata?.annotations?.["prometheus.io/path"], "/metrics/executors/prometheus/")
    assert.strictEqual(properties.get("spark.ui.prometheus.enabled"), "false")
    assert.isUndefined(properties.get("spark.metrics.conf.driver.sink.prometheusServlet.class"))
  })

  it("does nothing when nothing is exposed", () => {
    const nothing = { exposeDriverMetrics: false, exposeExecutorMetrics: false, prometheus: jmx.prometheus }
    const { properties } = built(nothing)
    assert.isEmpty([...properties.keys()].filter((key) => /metrics|prometheus|JavaOptions/.test(key)))
  })
})

describe("monitoring is refused", () => {
  const prometheus = (fields: object, changes: Changes = {}) =>
    application({ ...changes, monitoring: { ...both, prometheus: { jmxExporterJar: jar, ...fields } } })
  const at = (field: string) => `spec.monitoring.prometheus.${field}`
  const table: ReadonlyArray<readonly [title: string, resource: unknown, field: string, message: RegExp]> = [
    [
      "a jar that no image holds",
      prometheus({ jmxExporterJar: "https://a/b.jar" }),
      at("jmxExporterJar"),
      /path of a jar/,
    ],
    ["a long name of a port", prometheus({ portName: "much-too-long-name" }), at("portName"), /15/],
    ["a relative file", prometheus({ configFile: "conf.yaml" }), at("configFile"), /begin it with/],
    ["a port below 1024", prometheus({ port: 80 }), at("port"), /1024/],
    [
      "a port that a role has already",
      prometheus({}, { driver: { ports: [{ name: "mine", containerPort: 8090, protocol: "TCP" }] } }),
      at("port"),
      /use another/,
    ],
  ]
  for (const [title, resource, field, message] of table) {
    it(`for ${title}`, () => assertProblem(resource, field, message))
  }
})
