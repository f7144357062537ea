/** Cases about the templates, volumes and fields of executors. */

import { type ExecutorCase, executorConf } from "./ExecutorCase.ts"

const volumes = (
  name: string,
  shows: string,
  keys: Readonly<Record<string, string>>,
  more: Pick<ExecutorCase, "since" | "unordered"> = {},
) =>
  executorConf(
    name,
    shows,
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [`spark.kubernetes.executor.volumes.${key}`, value])),
    more,
  )

/** A template with something of everything that a driver adds to, overrides or keeps. */
const template = {
  metadata: { name: "from-template", labels: { team: "y", own: "1" }, annotations: { note: "n" } },
  spec: {
    hostname: "from-template",
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 5,
    serviceAccountName: "from-template",
    priorityClassName: "low",
    schedulerName: "from-template",
    tolerations: [{ operator: "Exists" }],
    imagePullSecrets: [{ name: "t" }],
    nodeSelector: { a: "b", c: "template" },
    enableServiceLinks: true,
    volumes: [{ name: "v", emptyDir: {} }],
    initContainers: [{ name: "prepare", image: "busybox" }],
    containers: [
      { name: "sidecar", image: "busybox" },
      {
        name: "spark-kubernetes-executor",
        image: "overridden",
        imagePullPolicy: "Never",
        command: ["/wrapper"],
        args: ["first"],
        env: [{ name: "E", value: "1" }],
        envFrom: [{ configMapRef: { name: "env" } }],
        ports: [{ name: "extra", containerPort: 9999 }],
        volumeMounts: [{ name: "v", mountPath: "/v" }],
        resources: { requests: { cpu: "1m", "ephemeral-storage": "1Gi" }, limits: { memory: "9Gi", cpu: "9" } },
        securityContext: { runAsUser: 1, allowPrivilegeEscalation: true },
        lifecycle: { preStop: { exec: { command: ["sleep", "1"] } } },
        livenessProbe: { exec: { command: ["true"] } },
      },
    ],
  },
}

const scratch = (name: string, mountPath: string) => ({ name, mountPath })

export const executorPodCases: ReadonlyArray<ExecutorCase> = [
  {
    name: "rich-template",
    shows: "a template with a sidecar, an init container and what the driver overrides, adds to and keeps",
    spec: {
      executor: { template, labels: { team: "x" } },
      imagePullSecrets: ["u"],
      nodeSelector: { c: "d" },
      sparkConf: { "spark.kubernetes.executor.node.selector.e": "f" },
    },
  },
  {
    name: "template-decommissioning",
    shows: "the hook of a template, which decommissioning replaces, and its time to stop",
    spec: { executor: { template }, sparkConf: { "spark.decommission.enabled": "true" } },
  },
  {
    name: "template-account",
    shows: "the old name of a template's service account",
    spec: {
      driver: { serviceAccount: "of-driver" },
      executor: { template: { spec: { serviceAccount: "old-name", containers: [] } } },
    },
  },
  {
    name: "executor-scratch-in-template",
    shows: "scratch space from the template of executors",
    spec: {
      executor: {
        template: {
          spec: {
            volumes: [{ name: "spark-local-dir-t", emptyDir: {} }],
            containers: [{ volumeMounts: [scratch("spark-local-dir-t", "/scratch")] }],
          },
        },
      },
    },
  },
  {
    name: "scratch-of-driver",
    shows: "scratch volumes of the driver alone, whose paths executors get as empty directories",
    spec: {
      volumes: [
        { name: "spark-local-dir-1", hostPath: { path: "/d1" } },
        { name: "spark-local-dir-2", hostPath: { path: "/d2" } },
      ],
      driver: { volumeMounts: [scratch("spark-local-dir-1", "/one"), scratch("spark-local-dir-2", "/two")] },
    },
  },
  {
    name: "scratch-of-environment",
    shows: "scratch directories that the driver has from its environment",
    spec: { driver: { env: [{ name: "SPARK_LOCAL_DIRS", value: "/mine" }] } },
  },
  {
    name: "scratch-volumes",
    shows: "scratch volumes that a sidecar and an init container use as well",
    unordered: true,
    spec: {
      volumes: [
        { name: "spark-local-dir-1", hostPath: { path: "/d1", type: "Directory" } },
        { name: "spark-local-dir-2", emptyDir: { sizeLimit: "5Gi" } },
        { name: "tools", configMap: { name: "tools" } },
      ],
      executor: {
        volumeMounts: [scratch("spark-local-dir-1", "/one"), scratch("spark-local-dir-2", "/two")],
        sidecars: [{ name: "side", image: "busybox", volumeMounts: [scratch("spark-local-dir-1", "/one")] }],
        initContainers: [{ name: "init", image: "busybox", volumeMounts: [scratch("tools", "/tools")] }],
      },
    },
  },
  {
    name: "default-scratch-in-init-container",
    shows: "an init container that mounts the empty directory which the driver adds",
    spec: {
      executor: {
        initContainers: [{ name: "init", image: "busybox", volumeMounts: [scratch("spark-local-dir-1", "/s")] }],
      },
    },
  },
  volumes(
    "executor-volumes",
    "each type of volume that Spark has",
    {
      "hostPath.h.mount.path": "/h",
      "hostPath.h.mount.readOnly": "true",
      "hostPath.h.options.path": "/on/the/node",
      "nfs.n.mount.path": "/n",
      "nfs.n.options.path": "/export",
      "nfs.n.options.server": "nfs.example.com",
      "persistentVolumeClaim.p.mount.path": "/p",
      "persistentVolumeClaim.p.mount.subPath": "data",
      "persistentVolumeClaim.p.options.claimName": "claim",
      "emptyDir.e.mount.path": "/e",
      "emptyDir.e.options.medium": "Memory",
      "emptyDir.e.options.sizeLimit": "5Gi",
    },
    { unordered: true },
  ),
  volumes("executor-rich-volumes", "the options that volumes have since Spark 4.0", {
    "hostPath.h.mount.path": "/h",
    "hostPath.h.mount.subPathExpr": "$(SPARK_EXECUTOR_ID)",
    "hostPath.h.options.path": "/on/the/node",
    "hostPath.h.options.type": "Directory",
  }),
  volumes("claim-per-executor", "a claim that the driver makes for each executor, as scratch space", {
    "persistentVolumeClaim.spark-local-dir-1.mount.path": "/scratch",
    "persistentVolumeClaim.spark-local-dir-1.options.claimName": "OnDemand",
    "persistentVolumeClaim.spark-local-dir-1.options.storageClass": "fast",
    "persistentVolumeClaim.spark-local-dir-1.options.sizeLimit": "10Gi",
  }),
  volumes("claim-with-id", "a claim whose name holds the number of the executor, and a path that does", {
    "persistentVolumeClaim.data.mount.path": "/data/SPARK_EXECUTOR_ID",
    "persistentVolumeClaim.data.options.claimName": "data-SPARK_EXECUTOR_ID",
  }),
  volumes("path-with-ids", "paths that hold the ids of application and executor", {
    "hostPath.data.mount.path": "/data/SPARK_APPLICATION_ID",
    "hostPath.data.options.path": "/mnt/SPARK_APPLICATION_ID/SPARK_EXECUTOR_ID",
  }),
  {
    name: "executor-fields",
    shows: "the fields of executors that have no configuration key",
    spec: {
      volumes: [{ name: "data", csi: { driver: "ebs" } }],
      hadoopConfigMap: "h",
      sparkConfigMap: "s",
      executor: {
        env: [{ name: "A", value: "1" }],
        envFrom: [{ secretRef: { name: "db" } }],
        configMaps: [
          { name: "shared", path: "/etc/a" },
          { name: "shared", path: "/etc/b" },
        ],
        secrets: [
          { name: "db", path: "/secret/a", secretType: "Generic" },
          { name: "db", path: "/secret/b", secretType: "Generic" },
        ],
        volumeMounts: [{ name: "data", mountPath: "/data" }],
        ports: [{ name: "jmx", protocol: "TCP", containerPort: 8090 }],
        hostNetwork: true,
        sidecars: [{ name: "log", image: "fluent-bit" }],
        priorityClassName: "high",
        schedulerName: "yunikorn",
        nodeSelector: { disk: "ssd" },
        gpu: { name: "nvidia.com/gpu", quantity: 2 },
        securityContext: { runAsNonRoot: true },
        podSecurityContext: { fsGroup: 185 },
        terminationGracePeriodSeconds: 60,
        lifecycle: { preStop: { exec: { command: ["sleep", "1"] } } },
      },
    },
  },
  {
    name: "monitored",
    shows: "executors with a metrics agent and the agent of OpenTelemetry",
    spec: {
      monitoring: {
        exposeDriverMetrics: true,
        exposeExecutorMetrics: true,
        prometheus: { jmxExporterJar: "/prometheus/exporter.jar" },
      },
      telemetry: { mode: "otlp", otlp: { endpoint: "http://collector:4318", javaAgent: { image: "agent:1" } } },
    },
  },
  {
    name: "health-checked",
    shows: "executors with health checks",
    spec: { healthChecks: { preset: "batch", decommission: true } },
  },
]
