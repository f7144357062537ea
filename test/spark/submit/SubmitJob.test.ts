/** The Job that runs the real spark-submit: its command line, its templates and the Job itself. */

import { assert, describe, it } from "@effect/vitest"
import type { Pod } from "kubernetes-types/core/v1"
import { submitJob, submitJobName } from "../../../src/spark/submit/SubmitJob.ts"
import { application, options, submission, valid } from "../../support/SparkFixture.ts"

const job = (resource: unknown) => {
  const objects = submitJob(valid(resource), submission, options)
  const pod = objects.job.spec?.template.spec ?? assert.fail()
  const container = pod.containers[0] ?? assert.fail()
  const template = (role: string): Pod => JSON.parse(objects.configMap.data?.[`${role}-pod-template.yaml`] ?? "")
  return {
    ...objects,
    pod,
    container,
    args: container.args ?? [],
    driver: template("driver"),
    executor: template("executor"),
  }
}

const byJob = { submission: { submitter: "job" } }

describe("the arguments of spark-submit", () => {
  it("are those of kubeflow's operator for its example spark-pi, in the same order of groups", () => {
    const { args } = job(
      application(
        {
          ...byJob,
          image: "docker.io/apache/spark:4.0.4",
          imagePullPolicy: "IfNotPresent",
          sparkVersion: "4.0.4",
          arguments: ["5000"],
          driver: { cores: 1, memory: "512m", labels: { version: "4.0.0" }, serviceAccount: "spark-operator-spark" },
          executor: { instances: 1, cores: 1, memory: "512m", labels: { version: "4.0.0" } },
        },
        { name: "spark-pi" },
      ),
    )
    const id = submission.submissionId
    const labels = (role: string) => [
      `spark.kubernetes.${role}.label.sparkoperator.k8s.io/app-name=spark-pi`,
      `spark.kubernetes.${role}.label.sparkoperator.k8s.io/launched-by-spark-operator=true`,
      `spark.kubernetes.${role}.label.sparkoperator.k8s.io/submission-id=${id}`,
      `spark.kubernetes.${role}.label.version=4.0.0`,
    ]
    // Without kubeflow's label mutated-by-spark-operator, which belongs to its webhook.
    const confs = [
      "spark.kubernetes.namespace=default",
      "spark.kubernetes.container.image=docker.io/apache/spark:4.0.4",
      "spark.kubernetes.container.image.pullPolicy=IfNotPresent",
      "spark.kubernetes.submission.waitAppCompletion=false",
      "spark.kubernetes.driver.pod.name=spark-pi-driver",
      ...labels("driver"),
      "spark.kubernetes.driver.container.image=docker.io/apache/spark:4.0.4",
      "spark.driver.cores=1",
      "spark.driver.memory=512m",
      "spark.kubernetes.authenticate.driver.serviceAccountName=spark-operator-spark",
      ...labels("executor"),
      "spark.kubernetes.executor.container.image=docker.io/apache/spark:4.0.4",
      "spark.executor.instances=1",
      "spark.executor.cores=1",
      "spark.executor.memory=512m",
      `spark.kubernetes.driver.podTemplateFile=/tmp/spark/${id}/driver-pod-template.yaml`,
      "spark.kubernetes.driver.podTemplateContainerName=spark-kubernetes-driver",
      `spark.kubernetes.executor.podTemplateFile=/tmp/spark/${id}/executor-pod-template.yaml`,
      "spark.kubernetes.executor.podTemplateContainerName=spark-kubernetes-executor",
    ]
    const flags =
      "--master k8s://https://kubernetes.default.svc:443 --deploy-mode cluster --class org.apache.spark.examples.SparkPi --name spark-pi"
    assert.deepStrictEqual(args, [
      "/opt/spark/bin/spark-submit",
      ...flags.split(" "),
      ...confs.flatMap((conf) => ["--conf", conf]),
      "local:///opt/spark/examples/jars/spark-examples.jar",
      "5000",
    ])
  })

  it("name dependencies by flags, keep those of sparkConf as configuration, and end with user, file and arguments", () => {
    const { args } = job(
      application({
        ...byJob,
        deps: { jars: ["s3a://b/*.jar", "local:///a.jar"], packages: ["g:a:1"], pyFiles: ["local:///a.py"] },
        sparkConf: { "spark.files": "s3a://b/f" },
        proxyUser: "eve",
        arguments: ["--conf", "x"],
      }),
    )
    const after = (flag: string) => args[args.indexOf(flag) + 1]
    assert.strictEqual(after("--jars"), "s3a://b/*.jar,local:///a.jar")
    assert.strictEqual(after("--packages"), "g:a:1")
    assert.strictEqual(after("--py-files"), "local:///a.py")
    assert.include(args, "spark.files=s3a://b/f")
    assert.notInclude(args, "--files")
    const file = "local:///opt/spark/examples/jars/spark-examples.jar"
    assert.deepStrictEqual(args.slice(-5), ["--proxy-user", "eve", file, "--conf", "x"])
  })

  it("reach spark-submit as they are written: the kubelet expands nothing", () => {
    const { args } = job(application({ ...byJob, sparkConf: { "spark.a": "${spark.b} $(HOME) $$" } }))
    assert.include(args, "spark.a=$${spark.b} $$(HOME) $$$$")
  })
})

describe("the pod templates", () => {
  it("make the application the owner of the driver pod, and contain what has no configuration key", () => {
    const { driver, executor } = job(
      application({
        ...byJob,
        driver: { tolerations: [{ key: "spot", operator: "Exists" }], env: [{ name: "A", value: "1" }] },
        executor: { priorityClassName: "low" },
      }),
    )
    const [owner, ...others] = driver.metadata?.ownerReferences ?? []
    assert.deepStrictEqual(others, [])
    assert.strictEqual(owner?.kind, "SparkApplication")
    assert.strictEqual(owner?.controller, true)
    assert.deepStrictEqual(driver.spec?.tolerations, [{ key: "spot", operator: "Exists" }])
    assert.deepStrictEqual(driver.spec?.containers, [
      { name: "spark-kubernetes-driver", env: [{ name: "A", value: "1" }] },
    ])
    assert.strictEqual(executor.spec?.priorityClassName, "low")
    assert.isUndefined(executor.metadata?.ownerReferences)
  })
})

describe("the template of the driver", () => {
  const templateOf = (parity: "default" | "strict", hash: { readonly runSpecHash?: string }): Pod => {
    const template = { metadata: { annotations: { mine: "1" } } }
    const resource = valid(application({ ...byJob, driver: { template } }))
    const { configMap } = submitJob(resource, { ...submission, ...hash }, { ...options, parity })
    return JSON.parse(configMap.data?.["driver-pod-template.yaml"] ?? "")
  }

  it.each(["default", "strict"] as const)("has the fingerprint of the spec, parity %s", (parity) => {
    const plain = templateOf(parity, {}).metadata?.annotations
    assert.strictEqual(plain?.["mine"], "1")
    const annotations = { ...plain, "sparkoperator.k8s.io/run-spec-hash": "0123456789abcdef" }
    assert.deepStrictEqual(templateOf(parity, { runSpecHash: "0123456789abcdef" }).metadata?.annotations, annotations)
  })
})

describe("the Job", () => {
  it("runs once, with a deadline and a time to live, and reports why it failed", () => {
    const { job: made, pod, container } = job(application({ ...byJob, deadlines: { submittedSeconds: 77 } }))
    assert.strictEqual(made.spec?.backoffLimit, 0)
    assert.strictEqual(made.spec?.activeDeadlineSeconds, 77)
    assert.isAbove(made.spec?.ttlSecondsAfterFinished ?? 0, 60)
    assert.strictEqual(pod.restartPolicy, "Never")
    assert.strictEqual(container.terminationMessagePolicy, "FallbackToLogsOnError")
  })

  it("is owned by the application; its pod is found by the submission and is neither a driver nor an executor", () => {
    const { job: made, configMap } = job(application(byJob))
    assert.strictEqual(made.metadata?.ownerReferences?.[0]?.kind, "SparkApplication")
    assert.deepStrictEqual(configMap.metadata, made.metadata)
    const labels = made.spec?.template.metadata?.labels ?? {}
    assert.strictEqual(labels["sparkoperator.k8s.io/submission-id"], submission.submissionId)
    assert.strictEqual(labels["sparkoperator.k8s.io/launched-by-spark-operator"], "true")
    assert.strictEqual(labels["spark-role"], "submitter")
  })

  it("has the driver's account, image, place, secrets and volumes, but no variable that would change the configuration", () => {
    const { pod, container } = job(
      application({
        ...byJob,
        imagePullSecrets: ["registry"],
        nodeSelector: { disk: "ssd" },
        sparkConfigMap: "conf",
        volumes: [
          { name: "keys", secret: { secretName: "keys" } },
          { name: "big", ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } } },
        ],
        driver: {
          serviceAccount: "spark",
          podSecurityContext: { runAsUser: 185 },
          volumeMounts: [
            { name: "keys", mountPath: "/keys" },
            { name: "big", mountPath: "/big" },
          ],
          secrets: [{ name: "gcp", path: "/gcp", secretType: "GCPServiceAccount" }],
          envVars: { HADOOP_CONF_DIR: "/x" },
          envSecretKeyRefs: { KEY: { name: "s3", key: "k" } },
          sidecars: [{ name: "proxy", image: "proxy" }],
        },
      }),
    )
    assert.strictEqual(pod.serviceAccountName, "spark")
    assert.strictEqual(container.image, "spark:4.0.4")
    assert.deepStrictEqual(pod.imagePullSecrets, [{ name: "registry" }])
    assert.deepStrictEqual(pod.nodeSelector, { disk: "ssd" })
    assert.deepStrictEqual(pod.securityContext, { runAsUser: 185 })
    assert.strictEqual(pod.containers.length, 1)
    // No claim is made for a pod that lives for seconds.
    assert.deepStrictEqual(
      pod.volumes?.find(({ name }) => name === "big"),
      { name: "big", emptyDir: {} },
    )
    const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath)
    assert.includeMembers(mounts, ["/keys", "/gcp", `/tmp/spark/${submission.submissionId}`])
    const names = (container.env ?? []).map(({ name }) => name)
    assert.includeMembers(names, ["GOOGLE_APPLICATION_CREDENTIALS", "KEY"])
    assert.notInclude(names, "HADOOP_CONF_DIR")
    assert.notInclude(names, "SPARK_CONF_DIR")
  })

  it("is byte-equal for the same submission, and different for another", () => {
    const made = (of = submission) => JSON.stringify(submitJob(valid(application(byJob)), of, options))
    assert.strictEqual(made(), made())
    const other = { ...submission, submissionId: "1f0e0d0c-0b0a-8909-8807-060504030201" }
    assert.notStrictEqual(made(), made(other))
  })

  it("has a valid name, however long the application's is", () => {
    const name = submitJobName({ metadata: { name: "a".repeat(63) } }, submission.submissionId)
    assert.match(name, /^[a-z][-a-z0-9]{0,62}$/)
    assert.match(submitJobName({ metadata: { name: "pi" } }, submission.submissionId), /^pi-[0-9a-f]{16}-submit$/)
  })
})
