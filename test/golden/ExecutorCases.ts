/**
 * The applications whose executors are compared with those of the real driver: cases of spark-submit that reach executors, and cases of
 * what only executors have.
 */

import { configurationCases } from "./ConfigurationCases.ts"
import { type ExecutorCase, executorConf } from "./ExecutorCase.ts"
import { executorPodCases } from "./ExecutorPodCases.ts"
import { podCases } from "./PodCases.ts"

/** Cases of spark-submit whose driver makes executors that are worth a comparison. */
const shared = [
  "minimal",
  "python",
  "python-memory-factor",
  "r",
  "overrides",
  "long-name",
  "dashed-name",
  "dynamic-allocation",
  "special-characters",
  "block-manager-port",
  "node-selectors",
  "scheduler-name",
  "privileges",
  "image-placeholder",
  "proxy-user",
  "local-dir-in-memory",
  "executor-template",
  "template-local-dir",
  "local-dir-volume",
  "secrets",
  "secret-keys",
  "hadoop-and-kerberos",
]

const configured: ReadonlyArray<ExecutorCase> = [
  executorConf("memory", "every part of an executor's memory", {
    "spark.executor.memory": "3g",
    "spark.executor.memoryOverheadFactor": "0.3",
    "spark.memory.offHeap.enabled": "true",
    "spark.memory.offHeap.size": "512m",
    "spark.executor.pyspark.memory": "1g",
    "spark.executor.minMemoryOverhead": "1g",
  }),
  {
    name: "python-worker-memory",
    shows: "memory of Python workers in bytes, of an application in Python",
    spec: {
      type: "Python",
      mainClass: undefined,
      mainApplicationFile: "local:///opt/app/main.py",
      sparkConf: {
        "spark.executor.pyspark.memory": "768m",
        "spark.memory.offHeap.enabled": "true",
        "spark.memory.offHeap.size": "1073741824",
      },
    },
  },
  {
    name: "cpu",
    shows: "a request and a limit",
    spec: { executor: { cores: 3, coreRequest: "1500m", coreLimit: "4" } },
  },
  {
    name: "java-options",
    shows: "Java options with quotes and placeholders, and properties that executors need to start",
    spec: {
      executor: { javaOptions: `-Dname="a b" -Did={{EXECUTOR_ID}} -Dapp='{{APP_ID}}' -verbose:gc` },
      sparkConf: {
        "spark.network.timeout": "120s",
        "spark.rpc.numRetries": "5",
        "spark.ui.port": "4050",
        "spark.executor.extraClassPath": "/opt/extra/*",
        "spark.executor.defaultJavaOptions": "-Ddefault=1",
        "spark.port.maxRetries": "20",
      },
    },
  },
  executorConf("environment", "variables of the configuration, valid and not", {
    "spark.executorEnv.B": "2",
    "spark.executorEnv.A": "1",
    "spark.executorEnv.EMPTY": "",
    "spark.executorEnv.SPARK_CONF_DIR": "/etc/other",
    "spark.executorEnv.SPARK_EXECUTOR_DIRS": "/tmp/SPARK_APPLICATION_ID/SPARK_EXECUTOR_ID",
    "spark.executorEnv.not valid": "x",
  }),
  {
    name: "placeholders",
    shows: "placeholders in labels and annotations",
    since: "4.0",
    spec: {
      sparkConf: { "spark.kubernetes.executor.label.run": "{{APP_ID}}-{{EXECUTOR_ID}}" },
      executor: { annotations: { run: "{{APP_ID}}/{{EXECUTOR_ID}}" } },
    },
  },
  {
    name: "annotation-placeholders",
    shows: "placeholders in annotations, in every version",
    spec: { executor: { annotations: { run: "{{APP_ID}}/{{EXECUTOR_ID}}" }, labels: { team: "a" } } },
  },
  executorConf("decommissioning", "the hook of decommissioning", { "spark.decommission.enabled": "true" }),
  executorConf("decommission-script", "a script of one's own for decommissioning", {
    "spark.decommission.enabled": "true",
    "spark.kubernetes.decommission.script": "/opt/leave.sh",
  }),
  executorConf("grace", "the time that an executor may take to stop", {
    "spark.kubernetes.executor.terminationGracePeriodSeconds": "90",
  }),
  executorConf("driver-by-service", "executors that reach the driver by its Service", {
    "spark.kubernetes.executor.useDriverPodIP": "false",
  }),
  executorConf("driver-by-address", "executors that reach the driver by its address", {
    "spark.kubernetes.executor.useDriverPodIP": "true",
  }),
  executorConf("name-prefix", "a prefix of one's own for the names of executors", {
    "spark.kubernetes.executor.podNamePrefix": "etl-workers",
  }),
  executorConf("no-config-map", "executors without the ConfigMap of their configuration", {
    "spark.kubernetes.executor.disableConfigMap": "true",
  }),
  executorConf(
    "excluded-steps",
    "feature steps that are left out",
    {
      "spark.kubernetes.executor.pod.excludedFeatureSteps":
        "org.apache.spark.deploy.k8s.features.LocalDirsFeatureStep,org.apache.spark.deploy.k8s.features.EnvSecretsFeatureStep",
      "spark.kubernetes.executor.secretKeyRef.USER": "db:user",
    },
    { since: "4.1" },
  ),
  executorConf("local-dirs", "several scratch directories, which the driver passes on", {
    "spark.local.dir": "/scratch/a,/scratch/b",
  }),
  executorConf("devices", "devices of executors", {
    "spark.executor.resource.gpu.amount": "1",
    "spark.executor.resource.gpu.vendor": "nvidia.com",
    "spark.executor.resource.gpu.discoveryScript": "/opt/gpus.sh",
    "spark.task.resource.gpu.amount": "0.5",
  }),
  {
    name: "service-accounts",
    shows: "a service account of executors, next to that of the driver",
    spec: { driver: { serviceAccount: "of-driver" }, executor: { serviceAccount: "of-executors" } },
  },
  {
    name: "service-account-of-driver",
    shows: "the service account of the driver, which executors get if they have none",
    spec: { driver: { serviceAccount: "of-driver" } },
  },
]

export const executorCases: ReadonlyArray<ExecutorCase> = [
  ...[...configurationCases, ...podCases].filter(({ name }) => shared.includes(name)),
  ...configured,
  ...executorPodCases,
]

/** The versions whose drivers are recorded, oldest first. */
export const executorVersions: ReadonlyArray<string> = ["3.3.4", "3.5.9", "4.1.4", "4.3.0"]

/** Where the recordings are stored: `<version>/<case>.json`. */
export const executorFolder = `${import.meta.dirname}/executors`
