/** `spec.telemetry`, and `TRACEPARENT` for all applications if the operator is configured so. */

import { assert, describe, it } from "@effect/vitest"
import type { Container, Pod } from "kubernetes-types/core/v1"
import type { BuildOptions } from "../../../src/spark/driver/Build.ts"
import { rootSpanId, traceId, traceparent } from "../../../src/spark/monitoring/Trace.ts"
import { submitJob } from "../../../src/spark/submit/SubmitJob.ts"
import {
  application,
  assertProblem,
  type Changes,
  environment,
  mounts,
  options,
  submission,
  submit,
  valid,
} from "../../support/SparkFixture.ts"

const endpoint = "http://collector.observability:4318"
const otlp = (more: object = {}, mode = "otlp") => ({ telemetry: { mode, otlp: { endpoint, ...more } } })
const built = (changes: Changes, at: BuildOptions = options) => submit(application(changes), submission, at)
const text = (value: unknown) => JSON.stringify(value)
const trace = traceparent(submission.submissionId, true)
const everywhere = (isSampled = true): BuildOptions => ({
  ...options,
  traceContext: { everywhere: true, isSampled: () => isSampled },
})
const ownId = ["spark.application.id=spark-0f0e0d0c0b0a89098807060504030201"]
const attributes = (role: string, id: ReadonlyArray<string>) =>
  [
    "service.namespace=default",
    "k8s.namespace.name=default",
    "k8s.pod.name=$(OTEL_RESOURCE_ATTRIBUTES_POD_NAME)",
    "spark.application.name=spark-pi",
    ...id,
    "spark.application.attempt=1",
    `spark.application.submission_id=${submission.submissionId}`,
    `spark.role=${role}`,
  ].join(",")

const expected = (role: string, id = ownId) => [
  "OTEL_SERVICE_NAME=spark-pi",
  `OTEL_RESOURCE_ATTRIBUTES=${attributes(role, id)}`,
  `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`,
  "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
  `TRACEPARENT=${trace}`,
]
const ofTelemetry = (env: ReadonlyArray<string>) => env.filter((entry) => /^(OTEL_|TRACEPARENT=)/.test(entry))
const named = (env: ReadonlyArray<string>, name: string) => env.filter((entry) => entry.startsWith(`${name}=`))
const executorEnv = (properties: ReadonlyMap<string, string>) =>
  [...properties].flatMap(([key, value]) =>
    key.startsWith("spark.executorEnv.") ? [`${key.slice("spark.executorEnv.".length)}=${value}`] : [],
  )

describe("telemetry of a run", () => {
  it("is absent by default: pods are exactly those of spark-submit", () => {
    const plain = text(built({}))
    assert.strictEqual(text(built({ telemetry: { mode: "none" } })), plain)
    assert.strictEqual(text(built({ telemetry: {} })), plain)
    const sampled: BuildOptions = { ...options, traceContext: { everywhere: false, isSampled: () => true } }
    assert.strictEqual(text(built({}, sampled)), plain)
  })

  it("over OTLP gives driver and executors the variables of OpenTelemetry and the trace of the attempt", () => {
    const { container, properties, executorTemplate } = built(otlp())
    const named = "OTEL_RESOURCE_ATTRIBUTES_POD_NAME=metadata.name"
    assert.deepStrictEqual(ofTelemetry(environment(container)), [named, ...expected("driver")])
    assert.deepStrictEqual(ofTelemetry(executorEnv(properties)), expected("executor").toSorted())
    assert.deepStrictEqual(ofTelemetry(environment(executorTemplate.spec!.containers[0]!)), [named])
    assert.include(trace, traceId(submission.submissionId))
    assert.include(trace, rootSpanId(submission.submissionId))
    assert.notInclude(text(properties), "javaagent")
  })

  it("marks the trace context as not sampled if the operator does not export the trace", () => {
    const unsampled: BuildOptions = { ...options, traceContext: { everywhere: false, isSampled: () => false } }
    const { container } = built(otlp(), unsampled)
    assert.deepStrictEqual(named(environment(container), "TRACEPARENT"), [`TRACEPARENT=${trace.slice(0, -2)}00`])
  })

  it("keeps what the user has set, wherever that is", () => {
    const { container, properties } = built({
      ...otlp({ protocol: "grpc" }),
      sparkConf: {
        "spark.kubernetes.driverEnv.OTEL_SERVICE_NAME": "mine",
        "spark.executorEnv.OTEL_SERVICE_NAME": "mine too",
      },
      driver: { env: [{ name: "OTEL_RESOURCE_ATTRIBUTES", value: "team=a" }], envVars: { TRACEPARENT: "none" } },
      executor: { env: [{ name: "OTEL_EXPORTER_OTLP_ENDPOINT", value: "http://other" }] },
    })
    const driver = environment(container)
    assert.deepStrictEqual(named(driver, "OTEL_SERVICE_NAME"), ["OTEL_SERVICE_NAME=mine"])
    assert.deepStrictEqual(named(driver, "OTEL_RESOURCE_ATTRIBUTES").slice(-1), ["OTEL_RESOURCE_ATTRIBUTES=team=a"])
    assert.deepStrictEqual(named(driver, "TRACEPARENT"), ["TRACEPARENT=none"])
    assert.deepStrictEqual(named(driver, "OTEL_EXPORTER_OTLP_PROTOCOL"), ["OTEL_EXPORTER_OTLP_PROTOCOL=grpc"])
    const executor = executorEnv(properties)
    assert.deepStrictEqual(named(executor, "OTEL_SERVICE_NAME"), ["OTEL_SERVICE_NAME=mine too"])
    assert.deepStrictEqual(named(executor, "OTEL_EXPORTER_OTLP_ENDPOINT"), [])
  })

  it("starts the Java agent from the application's image, next to the user's own options", () => {
    const javaAgent = { jar: "/opt/opentelemetry-javaagent.jar" }
    const { pod, properties } = built({ ...otlp({ javaAgent }), driver: { javaOptions: "-Da=1" } })
    const option = "-javaagent:/opt/opentelemetry-javaagent.jar"
    assert.strictEqual(properties.get("spark.driver.extraJavaOptions"), `-Da=1 ${option}`)
    assert.strictEqual(properties.get("spark.executor.extraJavaOptions"), option)
    assert.isUndefined(pod.spec?.initContainers)
  })

  it("starts the Java agent from an image of its own, which an init container copies", () => {
    const javaAgent = { image: "agent:2.9" }
    const init = [{ name: "mine", image: "busybox" }]
    const { pod, container, properties, executorTemplate } = built({
      ...otlp({ javaAgent }),
      driver: { initContainers: init },
      executor: { initContainers: init },
    })
    assert.strictEqual(properties.get("spark.driver.extraJavaOptions"), "-javaagent:/otel-java-agent/javaagent.jar")
    const check = (it: Pod, spark: Container) => {
      const copy = it.spec?.initContainers?.find(({ image }) => image === "agent:2.9")
      assert.deepStrictEqual(copy?.command, ["cp", "/javaagent.jar", "/otel-java-agent/javaagent.jar"])
      assert.sameMembers(it.spec?.initContainers?.map(({ name }) => name) ?? [], ["mine", "otel-java-agent"])
      assert.include(mounts(spark), "otel-java-agent /otel-java-agent")
      assert.deepInclude(it.spec?.volumes ?? [], { name: "otel-java-agent", emptyDir: {} })
    }
    check(pod, container)
    check(executorTemplate, executorTemplate.spec!.containers[0]!)
    const elsewhere = built(otlp({ javaAgent: { image: "agent:2.9", jar: "/agents/otel.jar" } }))
    assert.strictEqual(elsewhere.pod.spec?.initContainers?.[0]?.command?.[1], "/agents/otel.jar")
  })

  it("is the same if a Job submits, but for the id that spark-submit generates", () => {
    const resource = application({ ...otlp({ javaAgent: { image: "agent:2.9" } }), submission: { submitter: "job" } })
    const { configMap, job } = submitJob(valid(resource), submission, options)
    const args = job.spec?.template.spec?.containers[0]?.args ?? []
    for (const [role, prefix] of [
      ["driver", "spark.kubernetes.driverEnv."],
      ["executor", "spark.executorEnv."],
    ] as const) {
      // The kubelet would expand a single $ in the arguments of the Job's own container.
      for (const entry of expected(role, [])) assert.include(args, `${prefix}${entry}`.replaceAll("$", "$$$$"))
      const template: Pod = JSON.parse(configMap.data?.[`${role}-pod-template.yaml`] ?? "")
      assert.strictEqual(template.spec?.initContainers?.[0]?.image, "agent:2.9")
    }
  })

  it("for Prometheus enables Spark's own endpoints, with the same names for every application", () => {
    const { properties, pod } = built({ telemetry: { mode: "prometheus" } })
    assert.strictEqual(properties.get("spark.ui.prometheus.enabled"), "true")
    assert.strictEqual(properties.get("spark.metrics.namespace"), "spark")
    assert.strictEqual(properties.get("spark.sql.streaming.metricsEnabled"), "true")
    assert.strictEqual(
      properties.get("spark.metrics.conf.driver.sink.prometheusServlet.class"),
      "org.apache.spark.metrics.sink.PrometheusServlet",
    )
    assert.strictEqual(pod.metadata?.annotations?.["prometheus.io/scrape"], "true")
    assert.notInclude(text(pod), "TRACEPARENT")
    const own = built({ telemetry: { mode: "prometheus" }, sparkConf: { "spark.metrics.namespace": "mine" } })
    assert.strictEqual(own.properties.get("spark.metrics.namespace"), "mine")
  })

  it("can be both, and does not override spec.monitoring", () => {
    const { properties, container } = built({
      ...otlp({}, "both"),
      monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: false },
    })
    assert.include(text(environment(container)), "TRACEPARENT")
    assert.isUndefined(properties.get("spark.ui.prometheus.enabled"))
    assert.isDefined(properties.get("spark.metrics.conf.driver.sink.prometheusServlet.class"))
  })
})

describe("the trace context for everyone", () => {
  it("is the only addition", () => {
    const { container, properties } = built({}, everywhere())
    assert.deepStrictEqual(ofTelemetry(environment(container)), [`TRACEPARENT=${trace}`])
    assert.deepStrictEqual(ofTelemetry(executorEnv(properties)), [`TRACEPARENT=${trace}`])
  })

  it("marks a trace that is not exported", () => {
    const { container } = built({}, everywhere(false))
    assert.deepStrictEqual(ofTelemetry(environment(container)), [`TRACEPARENT=${trace.slice(0, -2)}00`])
  })
})

describe("mistakes in spec.telemetry", () => {
  it("of OTLP without an address", () => {
    assertProblem(
      application({ telemetry: { mode: "otlp" } }),
      "spec.telemetry.otlp.endpoint",
      /address of a collector/,
    )
    const byVariable = { telemetry: { mode: "otlp" }, driver: { envVars: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } } }
    assert.deepStrictEqual(valid(application(byVariable)).warnings, [])
  })

  it.each([
    [{ endpoint: "collector:4318" }, "spec.telemetry.otlp.endpoint", /"collector:4318" is not the address/],
    [{ javaAgent: {} }, "spec.telemetry.otlp.javaAgent", /jar.*image/],
    [{ javaAgent: { jar: "agent.jar" } }, "spec.telemetry.otlp.javaAgent.jar", /"agent.jar" is not the path/],
    [{ javaAgent: { image: "a", jar: "/a b.jar" } }, "spec.telemetry.otlp.javaAgent.jar", /is not the path/],
    [{ protocol: "http/json" }, "spec.telemetry.otlp.protocol", /http\/protobuf/],
  ])("of the options %j", (options, field, message) => {
    assertProblem(application(otlp(options)), field, message)
  })

  it("of a mode that does not exist", () => {
    assertProblem(application({ telemetry: { mode: "jaeger" } }), "spec.telemetry.mode", /prometheus/)
  })

  it("warns of options without effect", () => {
    const { warnings } = valid(application({ telemetry: { mode: "prometheus", otlp: { endpoint } } }))
    assert.deepStrictEqual(
      warnings.map(({ field }) => field),
      ["spec.telemetry.otlp"],
    )
  })
})
