import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, problems, python, submit, valid, type Changes } from "../support/SparkFixture.ts"

const conf = (key: string, value: string) => application({ sparkConf: { [key]: value } })
const at = (key: string) => `spec.sparkConf["${key}"]`

describe("validate", () => {
  it("fills in defaults", () => {
    const { application: defaulted } = valid(application())
    assert.strictEqual(defaulted.spec.mode, "cluster")
    assert.strictEqual(defaulted.spec.executor.instances, 1)
  })

  it("reports all problems at once, each with its field", () => {
    const resource = application({
      sparkVersion: "2.4.8",
      mainClass: undefined,
      image: undefined,
      memoryOverheadFactor: "much",
      driver: { labels: { a: "not legal" }, volumeMounts: [{ name: "x", mountPath: "/x" }] },
      deps: { jars: ["file:///a.jar"] },
    })
    assert.deepStrictEqual(
      problems(resource).map(({ field }) => field),
      [
        "spec.memoryOverheadFactor",
        "spec.sparkVersion",
        "spec.driver.volumeMounts[0].name",
        "spec.mainClass",
        "spec.driver.labels.a",
        "spec.image",
        "spec.deps.jars",
        "spec.image",
      ],
    )
  })

  it("includes the problems of decoding", () => {
    assert.deepStrictEqual(
      problems({ metadata: {}, spec: 3 })
        .map(({ field }) => field)
        .includes("spec"),
      true,
    )
    assert.deepStrictEqual(
      problems(application({ driver: { memory: "1.5g" } })).map(({ field }) => field),
      ["spec.driver.memory"],
    )
    for (const nonsense of [null, 3, "x", []]) assert.isNotEmpty(problems(nonsense))
  })

  it("refuses impossible sizes of memory in sparkConf", () => {
    for (const key of [
      "spark.driver.memory",
      "spark.executor.memory",
      "spark.driver.memoryOverhead",
      "spark.executor.pyspark.memory",
    ]) {
      assertProblem(conf(key, "1.5g"), at(key), /"1.5g" is not a Spark memory size/)
    }
  })

  it("refuses Spark versions without a profile", () => {
    assertProblem(
      application({ sparkVersion: "5.0.0" }),
      "spec.sparkVersion",
      /3\.3, 3\.4, 3\.5, 4\.0, 4\.1, 4\.2, 4\.3/,
    )
    assertProblem(application({ sparkVersion: `4.0.4-${"x".repeat(60)}` }), "spec.sparkVersion", /label value/)
  })

  it("refuses names that cannot begin the name of a Service", () => {
    for (const name of ["9job", "a_b", "a.b", "a-", "a".repeat(64)]) {
      assertProblem(application({}, { name }), "metadata.name", /is not an application name/)
    }
  })

  it("rejects invalid labels and annotations at the field that has them", () => {
    assertProblem(
      application({ executor: { labels: { "a b": "x" } } }),
      'spec.executor.labels["a b"]',
      /not a legal label key/,
    )
    assertProblem(application({ driver: { labels: { a: "x".repeat(64) } } }), "spec.driver.labels.a", /label value/)
    assertProblem(
      application({ driver: { annotations: { "a/b/c": "" } } }),
      'spec.driver.annotations["a/b/c"]',
      /annotation key/,
    )
    assertProblem(application({ nodeSelector: { a: "b c" } }), "spec.nodeSelector.a", /label value/)
    assertProblem(application({ driver: { nodeSelector: { a: "b c" } } }), "spec.driver.nodeSelector", /label value/)
  })

  it("refuses labels that Spark or the operator sets", () => {
    assertProblem(
      application({ driver: { labels: { "spark-role": "x" } } }),
      'spec.driver.labels["spark-role"]',
      /Spark writes/,
    )
    const own = { "sparkoperator.k8s.io/submission-id": "x" }
    assertProblem(
      application({}, { labels: own }),
      'metadata.labels["sparkoperator.k8s.io/submission-id"]',
      /sets it itself/,
    )
    assertProblem(
      application({ executor: { labels: own } }),
      'spec.executor.labels["sparkoperator.k8s.io/submission-id"]',
      /remove/,
    )
    const key = "spark.kubernetes.driver.label.sparkoperator.k8s.io/app-name"
    assertProblem(conf(key, "other"), at(key), /remove/)
    const template = { metadata: { labels: own } }
    assert.lengthOf(problems(application({ driver: { template } })), 1)
  })

  it("accepts the operator's labels with the values that they would have anyway", () => {
    assert.isEmpty(problems(application({}, { labels: { "sparkoperator.k8s.io/app-name": "spark-pi" } })))
  })

  it("refuses files that would have to be uploaded", () => {
    for (const file of ["file:///opt/app.jar", "/opt/app.jar", "app.jar"]) {
      assertProblem(application({ mainApplicationFile: file }), "spec.mainApplicationFile", /use local:\/\//)
    }
    for (const field of ["jars", "files", "archives", "pyFiles"]) {
      assertProblem(
        application({ deps: { [field]: ["data.csv"] } }),
        `spec.deps.${field}`,
        /"data.csv" is a file of the submitting/,
      )
    }
    assertProblem(conf("spark.files", "/a"), at("spark.files"), /local:\/\//)
  })

  it("refuses patterns in remote files, but not where Spark takes them literally", () => {
    assertProblem(application({ deps: { jars: ["s3a://b/*.jar"] } }), "spec.deps.jars", /pattern/)
    assert.isEmpty(problems(application({ deps: { jars: ["https://h/a?b=[1]", "local:///opt/*.jar"] } })))
  })

  it("warns about a type that is not that of the file, which Spark runs by its name", () => {
    for (const [spec, message] of [
      [
        { type: "Scala", mainApplicationFile: "local:///a.py", mainClass: undefined },
        /local:\/\/\/a\.py is run as Python$/,
      ],
      [{ type: "Python", mainApplicationFile: "s3a://b/beam.jar", mainClass: "org.example.Beam" }, /is run as Java$/],
      [{ type: "Java", mainApplicationFile: "local:///a.R" }, /is run as R$/],
    ] as const) {
      const [warning, ...others] = valid(application(spec)).warnings
      assert.deepStrictEqual([warning?.field, others], ["spec.type", []])
      assert.match(warning?.message ?? "", message)
    }
  })

  it("refuses a file that Spark would run as Java without a class", () => {
    assertProblem(python({ mainApplicationFile: "local:///a.zip" }), "spec.mainApplicationFile", /must end in \.py/)
  })

  it("refuses what spark-submit cannot run in a cluster", () => {
    assertProblem(application({ mainApplicationFile: "spark-shell" }), "spec.mainApplicationFile", /shell/)
    const mainClass = "org.apache.spark.sql.connect.service.SparkConnectServer"
    assertProblem(application({ mainClass, mainApplicationFile: "spark-internal" }), "spec.mainClass", /cluster mode/)
    assertProblem(application({ mainClass: undefined }), "spec.mainClass", /needs its main class/)
    assertProblem(application({ mode: "client" }), "spec.mode", /cluster/)
    const r = application({ type: "R", mainApplicationFile: "local:///a.R", deps: { jars: ["local:///a.jar"] } })
    assertProblem(r, "spec.deps.jars", /R application with jars/)
  })

  it("refuses references in values that Spark would expand at submission, and no others", () => {
    assertProblem(conf("spark.driver.port", "${spark.my.port}"), at("spark.driver.port"), /write the value out/)
    assertProblem(application({ image: "${env:IMAGE}" }), "spec.image", /write the value out/)
    assert.isEmpty(problems(conf("spark.my.path", "${env:HOME}/x")))
    assert.isEmpty(problems(application({ driver: { envVars: { A: "${B}" } } })))
  })

  it("refuses the keys that kubeflow's webhook refuses", () => {
    const keys = [
      "spark.kubernetes.authenticate.driver.serviceAccountName",
      "spark.kubernetes.authenticate.executor.serviceAccountName",
      "spark.kubernetes.authenticate.executor.oauthToken",
      "spark.kubernetes.authenticate.oauthTokenFile",
      "spark.master",
      "spark.kubernetes.driver.master",
      "spark.kubernetes.container.image",
      "spark.kubernetes.driver.container.image",
      "spark.kubernetes.executor.container.image",
    ]
    for (const key of keys) assertProblem(conf(key, "x"), at(key), /use|remove/)
    assertProblem(conf("spark.kubernetes.namespace", "other"), at("spark.kubernetes.namespace"), /own namespace/)
    assert.isEmpty(problems(conf("spark.kubernetes.namespace", "default")))
  })

  it("rejects templates in files, additional feature steps, and the exclusion of steps that are used", () => {
    for (const key of ["spark.kubernetes.driver.podTemplateFile", "spark.kubernetes.executor.podTemplateFile"]) {
      assertProblem(conf(key, "/t.yaml"), at(key), /spec\.(driver|executor)\.template/)
    }
    const steps = "spark.kubernetes.driver.pod.featureSteps"
    assertProblem(conf(steps, "org.x.Step"), at(steps), /spec.driver.template/)
    const excluded = "spark.kubernetes.driver.pod.excludedFeatureSteps"
    assertProblem(
      conf(excluded, "org.apache.spark.deploy.k8s.features.LocalDirsFeatureStep"),
      at(excluded),
      /be excluded/,
    )
    assert.isEmpty(problems(conf(excluded, "org.apache.spark.deploy.k8s.features.NetworkPolicyFeatureStep")))
  })

  it("refuses a limit that Spark would overwrite on executors", () => {
    assertProblem(application({ executor: { memoryLimit: "4g" } }), "spec.executor.memoryLimit", /memoryOverhead/)
  })

  it("refuses more configuration than a ConfigMap can hold", () => {
    assertProblem(conf("spark.my.data", "x".repeat(2 * 1024 * 1024)), "spec.sparkConf", /1048576/)
    const annotations = { huge: "x".repeat(1024 * 1024) }
    const template = { metadata: { annotations } }
    assertProblem(application({ executor: { template } }), "spec.executor", /1048576/)
  })

  it("refuses numbers of executors that the driver would refuse", () => {
    assertProblem(conf("spark.executor.instances", "0"), at("spark.executor.instances"), /from 1 to/)
    const sparkConf = {
      "spark.dynamicAllocation.enabled": "true",
      "spark.dynamicAllocation.minExecutors": "5",
      "spark.dynamicAllocation.maxExecutors": "2",
    }
    assertProblem(application({ sparkConf }), at("spark.dynamicAllocation.minExecutors"), /at least 5 and at most 2/)
    assert.isEmpty(
      problems(
        application({ sparkConf: { "spark.dynamicAllocation.enabled": "true", "spark.executor.instances": "0" } }),
      ),
    )
    const prefix = "spark.kubernetes.executor.podNamePrefix"
    assertProblem(conf(prefix, "x".repeat(48)), at(prefix), /at most 47/)
  })

  it("refuses driver names that cannot name a pod", () => {
    const key = "spark.kubernetes.driver.pod.name"
    assertProblem(conf(key, "Not_A_Pod"), "spec.driver.podName", /is not a valid name of a pod/)
    assert.strictEqual(submit(conf(key, "my-driver")).pod.metadata?.name, "my-driver")
  })

  it("handles names such as constructor and __proto__", () => {
    assert.isEmpty(problems(conf("constructor", "toString")))
    assert.isEmpty(problems(application({ driver: { secrets: [{ name: "a", path: "/a", secretType: "toString" }] } })))
    const volume = "spark.kubernetes.driver.volumes.constructor.v.mount.path"
    assertProblem(conf(volume, "/m"), at(volume), /not support volumes of type constructor/)
    const tmpfs = "spark.kubernetes.local.dirs.tmpfs"
    assertProblem(conf(tmpfs, "constructor"), at(tmpfs), /true or false/)
  })

  it("refuses values of the wrong kind in sparkConf", () => {
    assertProblem(conf("spark.driver.cores", "two"), at("spark.driver.cores"), /whole number/)
    assertProblem(
      conf("spark.kubernetes.driver.limit.cores", "1x"),
      at("spark.kubernetes.driver.limit.cores"),
      /quantity/,
    )
    assertProblem(
      conf("spark.kubernetes.local.dirs.tmpfs", "yes"),
      at("spark.kubernetes.local.dirs.tmpfs"),
      /true or false/,
    )
    assertProblem(
      application({ imagePullPolicy: "Sometimes" }),
      "spec.imagePullPolicy",
      /one of Always, Never, IfNotPresent/,
    )
  })
})

describe("warnings", () => {
  const warned = (changes: Changes) => valid(application(changes)).warnings.map(({ field }) => field)

  it("name what has no effect", () => {
    assert.deepStrictEqual(warned({}), [])
    assert.deepStrictEqual(warned({ failureRetries: 3, retryInterval: 10 }), [
      "spec.failureRetries",
      "spec.retryInterval",
    ])
    assert.deepStrictEqual(warned({ sparkConf: { "my.key": "1", "spark.app.name": "x" } }), [
      at("my.key"),
      at("spark.app.name"),
    ])
    assert.deepStrictEqual(warned({ sparkVersion: "3.3.4", driver: { serviceLabels: { a: "b" } } }), [
      "spec.driver.serviceLabels",
    ])
  })

  it("name variables that Spark overwrites on executors, but not on the driver", () => {
    const env = [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
      { name: "SPARK_USER", value: "me" },
    ]
    assert.deepStrictEqual(warned({ driver: { env, envVars: { A: "3" } } }), [])
    assert.deepStrictEqual(warned({ executor: { env, envVars: { A: "3" } } }), [
      "spec.executor.env[0]",
      "spec.executor.env[2]",
    ])
  })

  it("name secrets in clear text, but not names of Secrets", () => {
    const sparkConf = { "spark.hadoop.fs.s3a.secret.key": "x", "spark.kubernetes.driver.secrets.db": "/db" }
    assert.deepStrictEqual(warned({ sparkConf, hadoopConf: { "a.password": "y" } }), [
      at("spark.hadoop.fs.s3a.secret.key"),
      'spec.hadoopConf["a.password"]',
    ])
  })
})
