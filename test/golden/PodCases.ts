/** Cases about templates, volumes and Secrets. */

import type { GoldenCase } from "./GoldenCase.ts"

/** The driver's volumes, in the words of Spark's configuration. */
const volumes = (
  name: string,
  shows: string,
  keys: Readonly<Record<string, string>>,
  more: Pick<GoldenCase, "unordered" | "since"> = {},
): GoldenCase => {
  const conf = Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [`spark.kubernetes.driver.volumes.${key}`, value]),
  )
  return { name, shows, spec: { sparkConf: conf }, conf, ...more }
}

/** A driver template with something of everything that Spark adds to, overrides or keeps. */
const driverTemplate = {
  metadata: { labels: { team: "y", own: "1" }, annotations: { note: "n" } },
  spec: {
    terminationGracePeriodSeconds: 5,
    serviceAccountName: "from-template",
    tolerations: [{ operator: "Exists" }],
    imagePullSecrets: [{ name: "t" }],
    nodeSelector: { a: "b", c: "template" },
    enableServiceLinks: true,
    volumes: [{ name: "v", emptyDir: {} }],
    initContainers: [{ name: "prepare", image: "busybox" }],
    containers: [
      { name: "sidecar", image: "busybox" },
      {
        name: "spark-kubernetes-driver",
        image: "overridden",
        command: ["/wrapper"],
        args: ["first"],
        env: [{ name: "E", value: "1" }],
        ports: [{ name: "extra", containerPort: 9999 }],
        volumeMounts: [{ name: "v", mountPath: "/v" }],
        resources: { requests: { cpu: "9", "ephemeral-storage": "1Gi" }, limits: { memory: "9Gi" } },
        securityContext: { runAsUser: 1 },
      },
    ],
  },
}

const executorTemplate = {
  metadata: { labels: { own: "2" } },
  spec: {
    priorityClassName: "low",
    containers: [{ name: "spark-kubernetes-executor", env: [{ name: "E", value: "x" }] }],
  },
}

export const podCases: ReadonlyArray<GoldenCase> = [
  {
    name: "driver-template",
    shows: "a driver template with a sidecar, an init container and what Spark overrides, adds to and keeps",
    spec: {
      driver: { template: driverTemplate, labels: { team: "x" } },
      imagePullSecrets: ["u"],
      nodeSelector: { c: "d" },
    },
    conf: {
      "spark.kubernetes.container.image.pullSecrets": "u",
      "spark.kubernetes.driver.label.team": "x",
      "spark.kubernetes.node.selector.c": "d",
    },
    driverTemplate,
  },
  {
    name: "executor-template",
    shows: "an executor template, which travels to the driver",
    spec: { executor: { template: executorTemplate } },
    executorTemplate,
  },
  {
    name: "template-local-dir",
    shows: "scratch space from a template",
    spec: {
      driver: {
        template: {
          spec: {
            volumes: [{ name: "spark-local-dir-t", emptyDir: {} }],
            containers: [
              {
                name: "spark-kubernetes-driver",
                volumeMounts: [{ name: "spark-local-dir-t", mountPath: "/scratch" }],
              },
            ],
          },
        },
      },
    },
    driverTemplate: {
      spec: {
        volumes: [{ name: "spark-local-dir-t", emptyDir: {} }],
        containers: [
          { name: "spark-kubernetes-driver", volumeMounts: [{ name: "spark-local-dir-t", mountPath: "/scratch" }] },
        ],
      },
    },
  },
  volumes(
    "volumes",
    "each type of volume that Spark has",
    {
      "hostPath.h.mount.path": "/h",
      "hostPath.h.mount.readOnly": "true",
      "hostPath.h.options.path": "/on/the/node",
      "nfs.n.mount.path": "/n",
      "nfs.n.options.path": "/export",
      "nfs.n.options.server": "nfs.example.com",
      "persistentVolumeClaim.p.mount.path": "/p",
      "persistentVolumeClaim.p.mount.readOnly": "true",
      "persistentVolumeClaim.p.mount.subPath": "data",
      "persistentVolumeClaim.p.options.claimName": "claim",
      "emptyDir.e.mount.path": "/e",
      "emptyDir.e.options.medium": "Memory",
      "emptyDir.e.options.sizeLimit": "5Gi",
    },
    { unordered: true },
  ),
  volumes(
    "many-volumes",
    "more than four volumes",
    Object.fromEntries(
      ["a", "b", "c", "d", "e", "f"].flatMap((name) => [
        [`hostPath.${name}.mount.path`, `/in/${name}`],
        [`hostPath.${name}.options.path`, `/out/${name}`],
      ]),
    ),
    { unordered: true },
  ),
  volumes("rich-volumes", "the options that volumes have since Spark 4.0", {
    "hostPath.h.mount.path": "/h",
    "hostPath.h.mount.subPathExpr": "$(POD)",
    "hostPath.h.options.path": "/on/the/node",
    "hostPath.h.options.type": "Directory",
  }),
  volumes("claim-on-demand", "a claim that is made with the driver", {
    "persistentVolumeClaim.data.mount.path": "/data",
    "persistentVolumeClaim.data.options.claimName": "OnDemand",
    "persistentVolumeClaim.data.options.storageClass": "fast",
    "persistentVolumeClaim.data.options.sizeLimit": "10Gi",
    "persistentVolumeClaim.data.label.team": "blue",
    "persistentVolumeClaim.data.annotation.note": "n",
  }),
  volumes("claim-by-name", "a claim of a given name that is made with the driver", {
    "persistentVolumeClaim.data.mount.path": "/data",
    "persistentVolumeClaim.data.options.claimName": "my-OnDemand-claim",
    "persistentVolumeClaim.data.options.storageClass": "fast",
    "persistentVolumeClaim.data.options.sizeLimit": "10Gi",
  }),
  {
    name: "claim-of-many",
    shows: "a claim that asks for the older access mode",
    spec: {
      sparkConf: {
        "spark.kubernetes.legacy.useReadWriteOnceAccessMode": "true",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.mount.path": "/data",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.claimName": "OnDemand",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.storageClass": "fast",
        "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.sizeLimit": "10Gi",
      },
    },
    conf: {
      "spark.kubernetes.legacy.useReadWriteOnceAccessMode": "true",
      "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.mount.path": "/data",
      "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.claimName": "OnDemand",
      "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.storageClass": "fast",
      "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.options.sizeLimit": "10Gi",
    },
  },
  {
    name: "local-dir-volume",
    shows: "a volume that is Spark's scratch space",
    spec: {
      volumes: [{ name: "spark-local-dir-1", hostPath: { path: "/fast" } }],
      driver: { volumeMounts: [{ name: "spark-local-dir-1", mountPath: "/scratch" }] },
    },
    conf: {
      "spark.kubernetes.driver.volumes.hostPath.spark-local-dir-1.mount.path": "/scratch",
      "spark.kubernetes.driver.volumes.hostPath.spark-local-dir-1.options.path": "/fast",
    },
  },
  {
    name: "local-dir-in-memory",
    shows: "a scratch directory of the user's in memory",
    spec: { sparkConf: { "spark.local.dir": "/scratch", "spark.kubernetes.local.dirs.tmpfs": "true" } },
    conf: { "spark.local.dir": "/scratch", "spark.kubernetes.local.dirs.tmpfs": "true" },
  },
  {
    name: "secrets",
    shows: "Secrets as directories, with the variables that client libraries look for",
    unordered: true,
    spec: {
      driver: {
        secrets: [
          { name: "gcp", path: "/gcp", secretType: "GCPServiceAccount" },
          { name: "hadoop", path: "/hadoop", secretType: "HadoopDelegationToken" },
          { name: "plain", path: "/plain", secretType: "Generic" },
        ],
      },
      executor: { secrets: [{ name: "gcp", path: "/gcp", secretType: "GCPServiceAccount" }] },
    },
    conf: {
      "spark.kubernetes.driver.secrets.gcp": "/gcp",
      "spark.kubernetes.driverEnv.GOOGLE_APPLICATION_CREDENTIALS": "/gcp/key.json",
      "spark.kubernetes.driver.secrets.hadoop": "/hadoop",
      "spark.kubernetes.driverEnv.HADOOP_TOKEN_FILE_LOCATION": "/hadoop/hadoop.token",
      "spark.kubernetes.driver.secrets.plain": "/plain",
      "spark.kubernetes.executor.secrets.gcp": "/gcp",
      "spark.executorEnv.GOOGLE_APPLICATION_CREDENTIALS": "/gcp/key.json",
    },
  },
  {
    name: "secret-keys",
    shows: "keys of Secrets as variables",
    spec: {
      driver: { envSecretKeyRefs: { PASSWORD: { name: "db", key: "password" } } },
      executor: { envSecretKeyRefs: { USER: { name: "db", key: "user" } } },
    },
    conf: {
      "spark.kubernetes.driver.secretKeyRef.PASSWORD": "db:password",
      "spark.kubernetes.executor.secretKeyRef.USER": "db:user",
    },
  },
  {
    name: "hadoop-and-kerberos",
    shows: "Hadoop's and Kerberos' configuration and tokens that stand in the cluster",
    spec: {
      sparkConf: {
        "spark.kubernetes.hadoop.configMapName": "hadoop",
        "spark.kubernetes.kerberos.krb5.configMapName": "krb5",
        "spark.kubernetes.kerberos.tokenSecret.name": "tokens",
        "spark.kubernetes.kerberos.tokenSecret.itemKey": "hdfs",
      },
    },
    conf: {
      "spark.kubernetes.hadoop.configMapName": "hadoop",
      "spark.kubernetes.kerberos.krb5.configMapName": "krb5",
      "spark.kubernetes.kerberos.tokenSecret.name": "tokens",
      "spark.kubernetes.kerberos.tokenSecret.itemKey": "hdfs",
    },
  },
]
