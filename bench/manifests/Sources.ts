/**
 * Published manifests with SparkApplications, each at one commit, and the mistakes of those that are refused. `node bench/manifests/Sources.ts`
 * prints, as configuration of curl, the address of each file and the path under which `render.ts` expects it.
 */

interface Source {
  readonly repository: string
  readonly commit: string
  readonly path: string
}

const from = (repository: string, files: ReadonlyArray<readonly [commit: string, path: string]>) =>
  files.map(([commit, path]): Source => ({ repository, commit, path }))

const kubeflow = "38082f3318e9d33f3e4a940c7cf165df6e40b422"

export const sources: ReadonlyArray<Source> = [
  ...from("awslabs/data-on-eks", [
    [
      "285a530fef5ffb0cc5f9f2b5c14798e012de7fd0",
      "data-stacks/spark-on-eks/examples/spark-rapids/spark-rapids-app-gpus.yaml",
    ],
    ["060ff085895b5d4aa41ebe3c3425e533aa2ecaf9", "data-stacks/spark-on-eks/examples/yunikorn-gang-scheduling.yaml"],
    ["060ff085895b5d4aa41ebe3c3425e533aa2ecaf9", "data-stacks/spark-on-eks/examples/ebs-storage-dynamic-pvc.yaml"],
    ["ba5d250cdecd01797d86df0eb120405659ed766e", "data-stacks/spark-on-eks/examples/nvme-storage.yaml"],
    [
      "f35da97d96a4534a7ad70cbbc4442fe0c147042a",
      "data-stacks/spark-on-eks/examples/s3express-mountpoints3-spark-shuffle/s3express-shuffle-example.yaml",
    ],
    [
      "318249917cf9c51705710ba926fdc9944c36fe7d",
      "data-stacks/spark-on-eks/examples/mountpoint-s3-spark/mountpoint-s3-spark-job.yaml",
    ],
    [
      "23ec9d027aa66f9e0ced3ef7b491f0df9b921110",
      "data-stacks/spark-on-eks/examples/s3-tables/s3table-spark-operator.yaml",
    ],
    [
      "e69ce7f4a5f470896196c6ec6f75994e3ea84890",
      "analytics/terraform/spark-k8s-operator/examples/karpenter/spark-app-celeborn.yaml",
    ],
    [
      "3c955b00a0d06d72663dc7f0d084681dd6269c1f",
      "analytics/terraform/spark-k8s-operator/examples/karpenter/spark-app-s3files.yaml",
    ],
    [
      "318507b2b764ef25b963d233812dbda98131e907",
      "analytics/terraform/spark-k8s-operator/examples/karpenter/nvme-yunikorn-gang-scheduling/nvme-storage-yunikorn-gang-scheduling.yaml",
    ],
    [
      "84341033e43a47de7a6724a85c86680fc0fc6e4f",
      "analytics/terraform/spark-k8s-operator/examples/karpenter/spark-mountpoint-s3/nvme-ephemeral-storage-mount-s3.yaml",
    ],
    [
      "ba0144a427385ade0e91eb63fcc1cf070477e589",
      "analytics/terraform/spark-k8s-operator/examples/spark-gluten-velox/test-gluten-velox.yaml",
    ],
    [
      "02814e832cf9a3d5ad813531a434b4854871b806",
      "analytics/terraform/spark-k8s-operator/examples/spark-sleep/spark-sleep-test.yaml",
    ],
    ["40c3b3b1b53947e6178080e65dd0f34a5980c2c1", "analytics/terraform/spark-k8s-operator/examples/beam/beamapp.yaml"],
    [
      "ba0144a427385ade0e91eb63fcc1cf070477e589",
      "analytics/terraform/spark-k8s-operator/examples/benchmark/spark-operator-benchmark-kit/spark-app-with-webhook.yaml",
    ],
    [
      "1de8e5e1ff5cb9589d7a9b3f179ff97fb6249441",
      "analytics/terraform/spark-k8s-operator/examples/benchmark/tpcds-benchmark-spark-gluten-velox/tpcds-benchmark-gluten-c5d.yaml",
    ],
  ]),
  ...from("kubeflow/spark-operator", [
    [kubeflow, "examples/spark-pi.yaml"],
    [kubeflow, "examples/spark-pi-configmap.yaml"],
    [kubeflow, "examples/spark-pi-custom-resource.yaml"],
    [kubeflow, "examples/spark-pi-dynamic-allocation.yaml"],
    [kubeflow, "examples/spark-pi-emptydir.yaml"],
    [kubeflow, "examples/spark-pi-kube-scheduler.yaml"],
    [kubeflow, "examples/spark-pi-pod-template.yaml"],
    [kubeflow, "examples/spark-pi-prometheus.yaml"],
    [kubeflow, "examples/spark-pi-prometheus-servlet.yaml"],
    [kubeflow, "examples/spark-pi-python.yaml"],
    [kubeflow, "examples/spark-pi-ttl.yaml"],
    [kubeflow, "examples/spark-pi-volcano.yaml"],
    [kubeflow, "examples/spark-pi-yunikorn.yaml"],
    ["88a18a3e909c72e2772938d36da928587eed136e", "examples/spark-pi-pod-templates.yaml"],
    ["26060a5fd9451629ea565d7eebb4a5fd914451bf", "examples/spark-fenced-restart.yaml"],
    ["7335ad48454598a93f93c5ffdd5f327e3915386f", "examples/spark-pi-kerberos.yaml"],
    ["a7509ef78bfb71c40d6b73659241d5d65e72cdb1", "examples/spark-pi-istio.yaml"],
    ["4a59ac53ad201231ea334f5f55e4af8f90bae72d", "examples/spark-pi-workload.yaml"],
    ["8041a129b3d0bd5877db9b1d5b223aa3ccd81325", "examples/fail-submission.yaml"],
  ]),
  ...from("opendatahub-io/spark-operator", [
    ["330fd9bdaba5b82a20cb72d92300b4d68dbeeba4", "examples/openshift/k8s/docling-spark-app.yaml"],
    ["2bef1bdd41339b9671105bb4da38daeae0ce6ebb", "examples/openshift/benchmark/workloads/spark-app-openshift.yaml"],
    [
      "e552ff3718ef53dc96a63ed5a153455a46f12635",
      "examples/openshift/spark-history-server/minio/spark-pi-with-eventlog.yaml",
    ],
    ["27d69dffe308a286b38cf8aadb209a94af6f95d3", "examples/openshift/tests/fixtures/invalid-sparkapplication.yaml"],
  ]),
  ...from("kubernetes-sigs/kueue", [
    ["5ac5309e785b49be49dd76314f52b9f7a18ce61d", "site/static/examples/jobs/sample-sparkapplication.yaml"],
  ]),
  ...from("apache/airflow", [
    [
      "d7c7fa07b1fc5133a401be9efa5c55bd9ef5fb91",
      "providers/cncf/kubernetes/tests/system/cncf/kubernetes/example_spark_kubernetes_spark_pi.yaml",
    ],
  ]),
]

const aws = "awslabs/data-on-eks/analytics/terraform/spark-k8s-operator/examples"

/** Files that are refused, by their path, and what is wrong with them. */
export const mistakes: ReadonlyMap<string, string> = new Map([
  [
    `${aws}/karpenter/spark-app-s3files.yaml`,
    "mounts a volume of driver.volumes and executor.volumes, which are not fields: the definition drops them, and the pods run without it",
  ],
  [
    `${aws}/spark-sleep/spark-sleep-test.yaml`,
    "sets podTemplateFile, which kubeflow's operator replaces by a file of its own: the templates are lost",
  ],
  [
    "kubeflow/spark-operator/examples/spark-pi-workload.yaml",
    "uses a batch scheduler that no release of kubeflow's operator has; it is a proposal",
  ],
  [
    "opendatahub-io/spark-operator/examples/openshift/tests/fixtures/invalid-sparkapplication.yaml",
    "has an invalid name, and is there to be refused",
  ],
  [
    "apache/airflow/providers/cncf/kubernetes/tests/system/cncf/kubernetes/example_spark_kubernetes_spark_pi.yaml",
    "is a Jinja template, and for Spark 2.4, which is not supported",
  ],
])

if (import.meta.main) {
  for (const { repository, commit, path } of sources) {
    console.log(
      `url = "https://raw.githubusercontent.com/${repository}/${commit}/${path}"\noutput = "${repository}/${path}"`,
    )
  }
}
