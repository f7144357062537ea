import { assert, describe, it } from "@effect/vitest"
import { application, submit, valid, type Changes } from "../../support/SparkFixture.ts"

const conf = (changes: Changes, metadata = {}) => {
  const { conf } = valid(application(changes, metadata))
  return (key: string) => conf.get(key)?.value
}

describe("submitConf", () => {
  it("is for spark-pi what kubeflow's operator passes to spark-submit", () => {
    const { conf } = valid(
      application({
        image: "docker.io/apache/spark:4.0.4",
        imagePullPolicy: "IfNotPresent",
        arguments: ["5000"],
        driver: { labels: { version: "4.0.0" }, cores: 1, memory: "512m", serviceAccount: "spark-operator-spark" },
        executor: { labels: { version: "4.0.0" }, instances: 1, cores: 1, memory: "512m" },
      }),
    )
    assert.deepStrictEqual(
      [...conf.values()].map(({ key, value }) => `${key}=${value}`),
      [
        "spark.kubernetes.namespace=default",
        "spark.kubernetes.container.image=docker.io/apache/spark:4.0.4",
        "spark.kubernetes.container.image.pullPolicy=IfNotPresent",
        "spark.kubernetes.submission.waitAppCompletion=false",
        "spark.kubernetes.driver.pod.name=spark-pi-driver",
        "spark.kubernetes.driver.label.sparkoperator.k8s.io/app-name=spark-pi",
        "spark.kubernetes.driver.label.sparkoperator.k8s.io/launched-by-spark-operator=true",
        "spark.kubernetes.driver.label.version=4.0.0",
        "spark.kubernetes.driver.container.image=docker.io/apache/spark:4.0.4",
        "spark.driver.cores=1",
        "spark.driver.memory=512m",
        "spark.kubernetes.authenticate.driver.serviceAccountName=spark-operator-spark",
        "spark.kubernetes.executor.label.sparkoperator.k8s.io/app-name=spark-pi",
        "spark.kubernetes.executor.label.sparkoperator.k8s.io/launched-by-spark-operator=true",
        "spark.kubernetes.executor.label.version=4.0.0",
        "spark.kubernetes.executor.container.image=docker.io/apache/spark:4.0.4",
        "spark.executor.instances=1",
        "spark.executor.cores=1",
        "spark.executor.memory=512m",
        "spark.kubernetes.executor.podTemplateContainerName=spark-kubernetes-executor",
        "spark.submit.deployMode=cluster",
        "spark.app.name=spark-pi",
      ],
    )
  })

  it("gives the fields of driver and executor precedence over sparkConf", () => {
    const get = conf({
      sparkConf: { "spark.driver.memory": "3g", "spark.executor.memory": "3g", "spark.executor.instances": "7" },
      driver: { memory: "2g" },
      executor: { memory: "2g", instances: 2 },
    })
    assert.strictEqual(get("spark.driver.memory"), "2g")
    assert.strictEqual(get("spark.executor.memory"), "2g")
    assert.strictEqual(get("spark.executor.instances"), "2")
  })

  it("gives sparkConf precedence over the general fields and over defaults", () => {
    const get = conf({
      memoryOverheadFactor: "0.2",
      imagePullPolicy: "Always",
      sparkConf: {
        "spark.kubernetes.memoryOverheadFactor": "0.3",
        "spark.kubernetes.container.image.pullPolicy": "Never",
        "spark.driver.cores": "3",
      },
    })
    assert.strictEqual(get("spark.kubernetes.memoryOverheadFactor"), "0.3")
    assert.strictEqual(get("spark.kubernetes.container.image.pullPolicy"), "Never")
    assert.strictEqual(get("spark.driver.cores"), "3")
  })

  it("gives the flags of spark-submit precedence over everything", () => {
    const get = conf({
      sparkConf: { "spark.app.name": "other", "spark.jars.packages": "a:b:1", "spark.files": "local:///a" },
      deps: { packages: ["c:d:2", "e:f:3"], excludePackages: ["x:y"], repositories: ["https://repo"] },
    })
    assert.strictEqual(get("spark.app.name"), "spark-pi")
    assert.strictEqual(get("spark.jars.packages"), "c:d:2,e:f:3")
    assert.strictEqual(get("spark.jars.excludes"), "x:y")
    assert.strictEqual(get("spark.jars.repositories"), "https://repo")
    assert.strictEqual(get("spark.files"), "local:///a")
  })

  it("joins the lists of dependencies, each under its key", () => {
    const get = conf({
      pythonVersion: "3",
      deps: {
        jars: ["local:///a.jar", "s3a://bucket/b.jar"],
        files: ["local:///a.txt"],
        pyFiles: ["local:///a.py", "local:///b.zip"],
        archives: ["local:///env.tar.gz#env"],
      },
    })
    assert.strictEqual(get("spark.jars"), "local:///a.jar,s3a://bucket/b.jar")
    assert.strictEqual(get("spark.files"), "local:///a.txt")
    assert.strictEqual(get("spark.submit.pyFiles"), "local:///a.py,local:///b.zip")
    assert.strictEqual(get("spark.archives"), "local:///env.tar.gz#env")
    assert.strictEqual(get("spark.kubernetes.pyspark.pythonVersion"), "3")
  })

  it("deploys in cluster mode, whether it is set or not", () => {
    assert.strictEqual(conf({ mode: "cluster" })("spark.submit.deployMode"), "cluster")
    assert.strictEqual(conf({})("spark.submit.deployMode"), "cluster")
  })

  it("prefixes hadoopConf, always", () => {
    const get = conf({ hadoopConf: { "fs.s3a.endpoint": "http://minio", "spark.hadoop.x": "1" } })
    assert.strictEqual(get("spark.hadoop.fs.s3a.endpoint"), "http://minio")
    assert.strictEqual(get("spark.hadoop.spark.hadoop.x"), "1")
  })

  it("passes the application's labels to its pods, but not those of Kueue", () => {
    const labels = { team: "blue", "kueue.x-k8s.io/queue-name": "q" }
    const get = conf({ driver: { labels: { team: "red" } } }, { labels })
    assert.strictEqual(get("spark.kubernetes.driver.label.team"), "red")
    assert.strictEqual(get("spark.kubernetes.executor.label.team"), "blue")
    assert.isUndefined(get("spark.kubernetes.driver.label.kueue.x-k8s.io/queue-name"))
  })

  it("mounts Secrets and points their variables to the files", () => {
    const get = conf({
      driver: { secrets: [{ name: "gcp", path: "/mnt/gcp", secretType: "GCPServiceAccount" }] },
      executor: { secrets: [{ name: "hdfs", path: "/mnt/hdfs", secretType: "HadoopDelegationToken" }] },
    })
    assert.strictEqual(get("spark.kubernetes.driver.secrets.gcp"), "/mnt/gcp")
    assert.strictEqual(get("spark.kubernetes.driverEnv.GOOGLE_APPLICATION_CREDENTIALS"), "/mnt/gcp/key.json")
    assert.strictEqual(get("spark.kubernetes.executor.secrets.hdfs"), "/mnt/hdfs")
    assert.strictEqual(get("spark.executorEnv.HADOOP_TOKEN_FILE_LOCATION"), "/mnt/hdfs/hadoop.token")
  })

  it("maps the other fields of driver and executor to their keys", () => {
    const role = {
      coreRequest: "500m",
      coreLimit: "2",
      memoryOverhead: "1g",
      javaOptions: "-Dx=1",
      annotations: { note: "x" },
      envVars: { A: "1" },
      envSecretKeyRefs: { PASSWORD: { name: "db", key: "pw" } },
      serviceAccount: "sa",
    }
    const get = conf({
      driver: { ...role, kubernetesMaster: "https://api", serviceLabels: { l: "1" }, serviceAnnotations: { a: "1" } },
      executor: { ...role, deleteOnTermination: false },
    })
    const expected = {
      "spark.kubernetes.driver.request.cores": "500m",
      "spark.kubernetes.driver.limit.cores": "2",
      "spark.driver.memoryOverhead": "1g",
      "spark.driver.extraJavaOptions": "-Dx=1",
      "spark.kubernetes.driver.annotation.note": "x",
      "spark.kubernetes.driverEnv.A": "1",
      "spark.kubernetes.driver.secretKeyRef.PASSWORD": "db:pw",
      "spark.kubernetes.authenticate.driver.serviceAccountName": "sa",
      "spark.kubernetes.driver.master": "https://api",
      "spark.kubernetes.driver.service.label.l": "1",
      "spark.kubernetes.driver.service.annotation.a": "1",
      "spark.kubernetes.executor.request.cores": "500m",
      "spark.kubernetes.executor.limit.cores": "2",
      "spark.executor.memoryOverhead": "1g",
      "spark.executor.extraJavaOptions": "-Dx=1",
      "spark.kubernetes.executor.annotation.note": "x",
      "spark.executorEnv.A": "1",
      "spark.kubernetes.executor.secretKeyRef.PASSWORD": "db:pw",
      "spark.kubernetes.authenticate.executor.serviceAccountName": "sa",
      "spark.kubernetes.executor.deleteOnTermination": "false",
    }
    for (const [key, value] of Object.entries(expected)) assert.strictEqual(get(key), value, key)
  })

  it("sets nothing about dynamic allocation unless it is enabled", () => {
    assert.isUndefined(
      conf({ dynamicAllocation: { enabled: false, maxExecutors: 3 } })("spark.dynamicAllocation.enabled"),
    )
    const get = conf({
      dynamicAllocation: {
        enabled: true,
        initialExecutors: 2,
        minExecutors: 1,
        maxExecutors: 5,
        shuffleTrackingTimeout: 9,
      },
    })
    const values = [
      "enabled",
      "initialExecutors",
      "minExecutors",
      "maxExecutors",
      "shuffleTracking.enabled",
      "shuffleTracking.timeout",
    ]
    assert.deepStrictEqual(
      values.map((name) => get(`spark.dynamicAllocation.${name}`)),
      ["true", "2", "1", "5", "true", "9"],
    )
  })

  it("tracks shuffle data by default", () => {
    const sparkConf = { "spark.shuffle.service.enabled": "true" }
    const get = conf({ sparkConf, dynamicAllocation: { enabled: true, shuffleTrackingEnabled: false } })
    assert.strictEqual(get("spark.dynamicAllocation.shuffleTracking.enabled"), "false")
  })

  it("selects nodes for both roles by the field of the application", () => {
    assert.deepStrictEqual(submit(application({ nodeSelector: { disk: "ssd" } })).pod.spec?.nodeSelector, {
      disk: "ssd",
    })
  })
})
