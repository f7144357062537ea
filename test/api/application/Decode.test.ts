import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { decodeSparkApplication } from "../../../src/api/application/Decode.ts"
import { everyField } from "../../support/EveryField.ts"

const minimal = {
  type: "Python",
  sparkVersion: "4.0.1",
  mainApplicationFile: "local:///a.py",
  driver: {},
  executor: {},
}

const application = (spec: object) => ({ metadata: { name: "pi", namespace: "default", uid: "u" }, spec })

/** `field: message` of each problem; none when the application is accepted. */
const problems = (input: unknown): ReadonlyArray<string> =>
  Result.match(decodeSparkApplication(input), {
    onFailure: (problems) => problems.map(({ field, message }) => `${field}: ${message}`),
    onSuccess: () => [],
  })

const problemsOf = (spec: object) => problems(application({ ...minimal, ...spec }))

describe("decoding a SparkApplication", () => {
  it("accepts an application with only the required fields", () => {
    assert.deepStrictEqual(problemsOf({}), [])
  })

  it("accepts every field of kubeflow's operator, and returns the object unchanged", () => {
    const result = decodeSparkApplication(everyField)
    assert.deepStrictEqual(problems(everyField), [])
    assert.strictEqual(Result.getOrThrow(result), everyField as never)
  })

  it("keeps unknown fields and all of the metadata", () => {
    const input = application({ ...minimal, future: { field: 1 } })
    Object.assign(input.metadata, { labels: { a: "b" }, resourceVersion: "7" })
    assert.deepStrictEqual(Result.getOrThrow(decodeSparkApplication(input)), input as never)
  })

  it("names every missing field and its purpose", () => {
    assert.deepStrictEqual(problems(application({ driver: {} })), [
      "spec.type: is required: The language of the application: Java, Python, Scala or R.",
      "spec.sparkVersion: is required: The version of Spark in the image, such as 4.0.1.",
      "spec.mainApplicationFile: is required: The jar, Python or R file to run, such as local:///opt/app.jar.",
      "spec.executor: is required: The executors of the application.",
    ])
  })

  it("lists the values that an enumeration allows", () => {
    assert.deepStrictEqual(problemsOf({ type: "Rust", mode: "local", restartPolicy: { type: "Sometimes" } }), [
      'spec.type: expected one of Java, Python, Scala, R, got "Rust"',
      'spec.mode: expected one of cluster, client, got "local"',
      'spec.restartPolicy.type: expected one of Never, Always, OnFailure, got "Sometimes"',
    ])
  })

  it("explains values whose type YAML changed", () => {
    assert.deepStrictEqual(
      problemsOf({
        suspend: "true",
        sparkVersion: 3.5,
        sparkConf: { "spark.ui.enabled": false },
        pythonVersion: 3,
        executor: { instances: "2", sidecars: [{ name: "s", resources: { limits: { cpu: 0.5 } } }] },
      }),
      [
        'spec.suspend: expected true or false, got "true"; remove the quotes',
        "spec.sparkVersion: expected a string, got 3.5; put it in quotes",
        'spec.sparkConf["spark.ui.enabled"]: expected a string, got false; put it in quotes',
        "spec.executor.sidecars[0].resources.limits.cpu: expected a whole number or a string, got 0.5; put it in quotes",
        'spec.executor.instances: expected a whole number, got "2"; remove the quotes',
        'spec.pythonVersion: expected one of "2", "3", got 3; put it in quotes',
      ],
    )
  })

  it("rejects schedules, fractions and infinity as a number of seconds", () => {
    for (const value of ["*/5 * * * *", "5m", 1.5, 0, -1, 2 ** 60]) {
      const found = problemsOf({
        restartPolicy: { onFailureRetryInterval: value },
        deadlines: { runningSeconds: value },
      })
      assert.strictEqual(found.length, 2, String(value))
    }
    assert.deepStrictEqual(problemsOf({ restartPolicy: { onFailureRetryInterval: "*/5 * * * *" } }), [
      'spec.restartPolicy.onFailureRetryInterval: expected a whole number, got "*/5 * * * *"',
    ])
  })

  it("distinguishes lists, objects and values", () => {
    assert.deepStrictEqual(
      problemsOf({
        arguments: "1 2",
        driver: { tolerations: {}, env: { A: "1" }, template: [] },
        volumes: [7],
        hadoopConf: null,
      }),
      [
        'spec.arguments: expected a list, got "1 2"',
        "spec.hadoopConf: expected an object, got null",
        "spec.volumes[0]: expected an object, got 7",
        "spec.driver.template: expected an object, got a list",
        "spec.driver.env: expected a list, got an object",
        "spec.driver.tolerations: expected a list, got an object",
      ],
    )
  })

  it("reports paths into lists and maps, and quotes keys with special characters", () => {
    const driver = {
      envSecretKeyRefs: { "a.b": { name: "s" } },
      volumeMounts: [{ name: "v", mountPath: "/v" }, { name: "w" }],
    }
    assert.deepStrictEqual(problemsOf({ driver }), [
      'spec.driver.envSecretKeyRefs["a.b"].key: is required: The key in that Secret.',
      "spec.driver.volumeMounts[1].mountPath: is required: The path inside the container.",
    ])
  })

  it.each(["1", "512m", "512M", "2g", "2gb", "2GB", "1t", "0", "100b"])(
    "accepts the Spark memory size %s",
    (memory) => {
      assert.deepStrictEqual(problemsOf({ driver: { memory, memoryLimit: memory, memoryOverhead: memory } }), [])
    },
  )

  it.each(["1.5g", "2Gi", "-1g", "1e3", "lots", "", " 1g", "1 g", "g"])(
    "refuses the Spark memory size %j",
    (memory) => {
      assert.deepStrictEqual(problemsOf({ driver: { memory } }), [
        `spec.driver.memory: ${JSON.stringify(memory)} is not a Spark memory size; use a whole number with the unit k, m, g or t, such as 1536m`,
      ])
    },
  )

  it("also accepts a memory limit in Kubernetes' notation", () => {
    for (const memoryLimit of ["2Gi", "1.5Gi", "2g"])
      assert.deepStrictEqual(problemsOf({ driver: { memoryLimit } }), [])
    assert.strictEqual(problemsOf({ driver: { memoryLimit: "2GiB" } }).length, 1)
  })

  it("rejects quantities, factors, ports and names that no later step could read", () => {
    const found = problemsOf({
      memoryOverheadFactor: "40%",
      driver: {
        coreRequest: "half",
        coreLimit: "1 core",
        podName: "My_Driver",
        ports: [{ name: "p", protocol: "TCP", containerPort: 70000 }],
      },
      executor: { cores: 0, instances: 0 },
      batchSchedulerOptions: { resources: { memory: "4GB" } },
      monitoring: {
        exposeDriverMetrics: true,
        exposeExecutorMetrics: true,
        prometheus: { jmxExporterJar: "/j", port: 80 },
      },
    })
    assert.deepStrictEqual(
      found.map((problem) => problem.split(":")[0]),
      [
        "spec.driver.coreRequest",
        "spec.driver.coreLimit",
        "spec.driver.ports[0].containerPort",
        "spec.driver.podName",
        "spec.executor.cores",
        "spec.executor.instances",
        "spec.memoryOverheadFactor",
        "spec.monitoring.prometheus.port",
        "spec.batchSchedulerOptions.resources.memory",
      ],
    )
  })

  it("reports rules over several fields at the field to change", () => {
    assert.deepStrictEqual(
      problemsOf({
        dynamicAllocation: { enabled: true, minExecutors: 5, maxExecutors: 2 },
        nodeSelector: { a: "b" },
        driver: { nodeSelector: {} },
      }),
      ["spec.dynamicAllocation.minExecutors: minExecutors must not be more than maxExecutors"],
      "rules of the spec are checked once its fields are right",
    )
    assert.deepStrictEqual(problemsOf({ nodeSelector: { a: "b" }, driver: { nodeSelector: {} } }), [
      "spec.nodeSelector: nodeSelector must be set either in spec or in driver and executor, not in both",
    ])
  })

  it("rejects documents that are not an application", () => {
    assert.deepStrictEqual(problems(null), [": expected an object, got null"])
    assert.deepStrictEqual(problems("pi"), [': expected an object, got "pi"'])
    assert.strictEqual(problems({}).length, 2)
  })

  it("quotes only the beginning of a long value", () => {
    const [problem] = problemsOf({ type: "x".repeat(10_000) })
    assert.isBelow(problem!.length, 200)
  })

  it("reads a status that kubeflow's operator has written", () => {
    const status = {
      applicationState: { state: "SUBMITTED", errorMessage: "" },
      driverInfo: { podName: "pi-driver", webUIPort: 4040 },
      executorState: { "pi-exec-1": "RUNNING" },
      lastSubmissionAttemptTime: "2026-11-20T10:00:00Z",
      terminationTime: null,
      executionAttempts: 1,
      submissionAttempts: 1,
    }
    assert.deepStrictEqual(problems({ ...application(minimal), status }), [])
  })
})
